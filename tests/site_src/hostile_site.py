"""A page of every shortcode, whose data tests make hostile or damage."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

from markdown import Markdown

from site_src.shortcodes import ShortcodeError, citations, glossary

ROOT = Path(__file__).parents[2]
EXTENSIONS = ["abbr", "attr_list", "footnotes", "md_in_html", "tables", "pymdownx.superfences"]
ENTRIES = (
    "manifest/about",
    "manifest/runs/VAE_2D",
    "manifest/results/vae/plane",
    "manifest/figures/vae/plane",
    "manifest/figures/vae/film",
)
DATA = (*ENTRIES, "numbers", "scoreboard", "benchmark", "reliability")
LISTS = {"bibliography": citations, "glossary": glossary}

PAGE = """# A page with <b>HTML</b> of its own

{{ num VAE_2D.device }} **{{ num VAE_2D.device }}**{{ num VAE_2D.device }}

| a |
|---|
| b {{ num VAE_2D.device }} |

{{ figure vae/plane }}

{{ figure vae/film }}

{{ view plane vae/plane }}

{{ table runs }}

{{ table scoreboard }}

{{ table benchmark }}

{{ table reliability }}

See {{ ref vae/plane }}, {{ cite kingma2014 }}, and the prior.

{{ bibliography }}
"""
GLOSSARY = "{{ glossary }}"


MOMENTS = count(1)


def rewrite(path: Path, content: bytes) -> None:
    """Write the file, at a time of its own: that is how the site tells its versions."""
    path.write_bytes(content)
    os.utime(path, ns=(moment := next(MOMENTS), moment))


def put(path: Path, content: dict[str, Any]) -> None:
    """Write a data file."""
    rewrite(path, json.dumps(content).encode())


class Seen(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def converted(docs: Path, page: str) -> str:
    options = {"site_src.shortcodes": {"docs": str(docs)}}
    return Markdown(extensions=["site_src.shortcodes", *EXTENSIONS], extension_configs=options).convert(page)


def harmless(page: str) -> None:
    """The page has no elements but its own, and no address that leads elsewhere than its own do."""
    page.encode()
    seen = Seen(page)
    assert not seen.tags & {"script", "iframe", "object", "style", "svg"}
    for name, value in seen.attributes:
        assert not name.startswith("on"), f"{name}={value}"
        assert name != "style"
        if name == "src":
            assert re.fullmatch(r"/figures/[\w./-]+#only-(light|dark)", value)
            assert ".." not in value
        if name == "href":
            assert re.match(r"/|#|https?://", value), value
            assert not value.startswith("//")
            assert "elsewhere.org" not in value
            assert ".." not in value


def attempt(docs: Path, page: str = PAGE) -> str:
    """The page, or the words why there is none."""
    try:
        return converted(docs, page)
    except ShortcodeError as error:
        told = str(error)
        assert re.search(r"git checkout|make (figures|fuzz|bench)|did you mean|TeX|cannot format", told)
        return ""


def strings(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the strings in a file are; of each list, in its first entry."""
    if isinstance(value, str):
        yield place
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, (*place, key))
    elif isinstance(value, list) and value:
        yield from strings(value[0], (*place, 0))
