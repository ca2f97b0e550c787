"""Whatever stands in a data file, no element, attribute or address of it reaches a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile_site import (
    DATA,
    GLOSSARY,
    PAGE,
    Seen,
    attempt,
    converted,
    harmless,
    put,
    rewrite,
    strings,
)

from site_src.shortcodes import ShortcodeError

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[a](javascript:alert(1))",
    "![a](https://elsewhere.org/a.png)",
    "<javascript:alert(1)>",
    "<https://elsewhere.org>",
    "a {onclick=alert(1)}",
    "a\n{: onclick=alert(1) }",
    "*a*{onclick=alert(1)}",
    "`a`{onclick=alert(1)}",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" onmouseover="alert(1)',
    "\x02wzxhzdk:0\x03",
    "\x0260\x03script\x0262\x03",
    "\x02amp\x03lt;",
    "\x0299999999999\x03",
    "half a character: \ud800",
    "`$` <script>alert(1)</script> `$`",
    "$`$ <script>alert(1)</script> $`$",
    "\\\\` ` <script>alert(1)</script> `",
    "\\` <script>alert(1)</script> `",
    "{{ num a<script>alert(1)</script> }}",
    "$\\text{<script>alert(1)</script>}$",
    "`<script>alert(1)</script>`",
    "javascript:alert(1)",
    "//elsewhere.org/a.png",
    "/etc/passwd",
    "../../secret",
    "figures/../../secret",
    "data:text/html,<script>alert(1)</script>",
]


def replace(value: Any, place: tuple[Any, ...], new: str) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = new


def test_the_page_itself_is_sound(docs: Path) -> None:
    page = converted(docs, PAGE)
    harmless(page)
    assert {"figure", "table", "math", "li"} <= Seen(page).tags


@pytest.mark.parametrize("name", DATA)
def test_no_text_of_a_data_file_becomes_html(docs: Path, name: str, tally: Callable[..., None]) -> None:
    path = docs / f"data/{name}.json"
    original = path.read_text(encoding="utf-8")
    for number, place in enumerate(strings(json.loads(original))):
        for hostile in HOSTILE if "figures" in name and place[-1] == "caption" else spread(number):
            changed = json.loads(original)
            replace(changed, place, hostile)
            put(path, changed)
            harmless(attempt(docs))
            tally("hostile inputs: data files")


def spread(number: int) -> list[str]:
    """Four of the hostile texts for each string, so that every text is tried in many places."""
    return [HOSTILE[(4 * number + step) % len(HOSTILE)] for step in range(4)]


def quoted(text: str) -> str:
    """A string as TOML has it; halves of characters it cannot have."""
    return json.dumps(text.replace("\ud800", ""))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_the_lists_becomes_html(docs: Path, lists: Path, hostile: str) -> None:
    work = dict.fromkeys(("short", "authors", "title", "place"), "words") | {"link": "https://a.org/b"}
    for name in work:
        entry = "\n".join(f"{key} = {quoted(text)}" for key, text in (work | {name: hostile}).items())
        rewrite(lists / "bibliography.toml", f"[kingma2014]\n{entry}\n".encode())
        harmless(attempt(docs))
    for key, meaning in ((hostile, "words"), ("prior", hostile)):
        rewrite(lists / "glossary.toml", f"{quoted(key)} = {quoted(meaning)}\n".encode())
        for page in (
            GLOSSARY,
            f"The prior, {hostile.encode(errors='replace').decode()}" if key == "prior" else "a",
        ):
            attempt(docs, page) if page != GLOSSARY else harmless(attempt(docs, page))


def test_words_with_marks_of_their_own_are_shown_as_they_stand(docs: Path) -> None:
    path = docs / "data/numbers.json"
    put(path, {"a": "<b> & *c* [d](e) &lt;"})
    assert converted(docs, "{{ num a }}").startswith("<p>&lt;b&gt; &amp; *c* [d](e) &")


@pytest.mark.parametrize(
    "caption", ["The loss $a < b$, $x_{1}$.", "**Bold**, `<b>`, a < b.", "{{ num vae/plane.accuracy:.1% }}"]
)
def test_a_caption_may_have_emphasis_code_maths_and_numbers(docs: Path, caption: str) -> None:
    path = docs / "data/manifest/figures/vae/plane.json"
    entry = json.loads(path.read_text())
    entry["caption"] = caption
    put(path, entry)
    assert "<figcaption>" in converted(docs, "{{ figure vae/plane }}")


def test_what_is_refused_is_named(docs: Path) -> None:
    path = docs / "data/manifest/figures/vae/plane.json"
    entry = json.loads(path.read_text())
    entry["caption"] = "<script>alert(1)</script>"
    put(path, entry)
    with pytest.raises(ShortcodeError, match=r"vae/plane\.json .*caption is not Markdown without HTML"):
        converted(docs, PAGE)
