"""What the files that the site is made from look like, and where one departs from it.

Words of these files end up in pages, so a shape also says what a text may not hold: nothing in it may become
an element, an attribute or a link. Escaping is not enough. Python-Markdown takes ``{onclick=...}`` at the end
of a cell for attributes, and characters of control for the places where it keeps finished HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeAlias

from site_src.shortcodes.inline import INLINE_MATHS

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # and halves of characters, which no page can hold


@dataclass(frozen=True)
class Text:
    """A string that a test accepts, and what it is in words."""

    accepts: Callable[[str], object]
    words: str


@dataclass(frozen=True)
class Maybe:
    """The key of something that an object may lack."""

    name: str


# A type; a text; a list of such; an object by its keys, or by what all of its keys are; or one of several.
Shape: TypeAlias = "type | Text | list[Shape] | dict[Any, Shape] | tuple[Shape, ...]"


def faults(value: object, shape: Shape, place: str = "it") -> Iterator[str]:
    """Each place where a value departs from its shape, in words."""
    match shape:
        case Text():
            if not isinstance(value, str) or CONTROL.search(value) or not shape.accepts(value):
                yield f"{place} is not {shape.words}: {_start(value)}"
        case tuple():
            if all(any(faults(value, one, place)) for one in shape):
                yield f"{place} is of no known kind: {_start(value)}"
        case list():
            yield from _of_type(value, list, place)
            for number, one in enumerate(value if isinstance(value, list) else []):
                yield from faults(one, shape[0], f"{place}[{number}]")
        case dict():
            yield from _of_type(value, dict, place)
            for key, inner in shape.items() if isinstance(value, dict) else []:
                yield from _keyed(value, key, inner, place)
        case _:
            yield from _of_type(value, shape, place)


def _keyed(value: Any, key: str | Text | Maybe, inner: Shape, place: str) -> Iterator[str]:
    if isinstance(key, Text):
        for name, one in value.items():
            yield from faults(name, key, f"a name in {place}")
            yield from faults(one, inner, f"{place}.{name}")
    elif isinstance(key, Maybe):
        if key.name in value:
            yield from faults(value[key.name], inner, f"{place}.{key.name}")
    elif key in value:
        yield from faults(value[key], inner, f"{place}.{key}")
    else:
        yield f"{place} lacks '{key}'"


def _of_type(value: object, kind: type, place: str) -> Iterator[str]:
    """A whole number may stand for any number, but a truth value for none."""
    if type(value) is not kind and (kind is not float or type(value) is not int):
        yield f"{place} is no {kind.__name__}: {_start(value)}"


def _start(value: object) -> str:
    return ascii(value)[:80]


def harmless(caption: str) -> bool:
    """Whether Markdown makes of this no HTML, links or attributes, but only emphasis, code and maths.

    What is code and what is maths has to be told here as Python-Markdown tells it. A backslash before a
    backtick is what this does not follow, so it is refused.
    """
    rest = caption
    for pattern in (r"(`+)(.+?)(?<!`)\1(?!`)", INLINE_MATHS, r"\{\{[^{}<>]*\}\}"):
        rest = re.sub(pattern, "x", rest, flags=re.DOTALL)
    return "\\`" not in caption and re.search(r"<(?! )|\]\(|[{&]", rest) is None


def _text(pattern: str, words: str) -> Text:
    return Text(re.compile(pattern).fullmatch, words)


LINE = _text(r"[^{}]*", "text without braces and characters of control")
TERM = _text(r"[^{}]*\w[^{}]*", LINE.words)
NAME = _text(r"[\w./-]+", "a name")
KEY = _text(r"[\w-]+", "a key")
COUNTED = _text(r"[\w ():']+", "a name of what was counted")
PATH = _text(r"(?:figures|data)(?:/\w[\w.-]*)+", "a path within figures/ or data/")
ADDRESS = _text(r"https?://[\w./?=&%#:~+@,;()-]+", "an address that begins with https://")
CAPTION = Text(harmless, "Markdown without HTML, links and attributes (in it, a space follows <)")
FORMAT = _text("png|svg|gif", "png, svg or gif")
PRECISION = _text("bfloat16|float32", "bfloat16 or float32")
BETTER = _text("lower|higher|", "lower, higher or nothing")

FILES: Shape = {FORMAT: {"path": PATH, "sha256": LINE, "width": int, "height": int}}
FIGURE: Shape = {
    "alt": LINE,
    "caption": CAPTION,
    "files": {"light": FILES, "dark": FILES},
    "results": [NAME],
    "runs": [NAME],
    "source": LINE,
    "made": {"commit": (LINE, NoneType), "versions": {NAME: LINE}},
}
RUN: Shape = {
    "config": {
        "model": {"type": LINE, NAME: (bool, float, LINE, [LINE])},
        "optimisation": {"batch_size": int, "images_seen": int, "learning_rate": float, "seed": int},
    },
    "key": LINE,
    "parameters": {NAME: int},
    "weights": {"sha256": LINE},
    "provenance": {
        **dict.fromkeys(("data", "dataset", "device", "finished", "numpy", "python", "torch"), LINE),
        "commit": (LINE, NoneType),
        "seconds": float,
        Maybe("precision"): PRECISION,  # of runs trained before it was recorded, nothing says it
    },
}
RESULT: Shape = {"file": PATH, "sha256": LINE}
ABOUT: Shape = {"dataset": LINE}
NUMBERS: Shape = {NAME: (float, LINE)}
SCOREBOARD: Shape = {
    "columns": [LINE],
    "sections": [
        {
            "title": LINE,
            "rows": [
                {
                    "title": LINE,
                    "about": LINE,
                    "better": BETTER,
                    "cells": [{"best": bool, "spread": LINE, "text": LINE}],
                }
            ],
        }
    ],
}
MACHINE: Shape = {
    **dict.fromkeys(("cpu", "system", "python", "torch"), LINE),
    **dict.fromkeys(("cores", "memory_gb", "threads"), float),
}
BENCHMARK: Shape = {
    "groups": {NAME: LINE},
    "machine": MACHINE,
    "rows": [
        {
            **dict.fromkeys(("name", "note", "limit", "unit", "group", "measured", "commit", "device"), LINE),
            **dict.fromkeys(("ours", "baseline", "ratio"), (float, NoneType)),
            "met": (bool, NoneType),
        }
    ],
}
RELIABILITY: Shape = {
    "commit": LINE,
    "counts": {COUNTED: int},
    "machine": MACHINE,
    "measured": LINE,
}
WORKS: Shape = {
    KEY: {**dict.fromkeys(("short", "authors", "title", "place"), LINE), "link": ADDRESS},
}
TERMS: Shape = {TERM: LINE}
