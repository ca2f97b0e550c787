"""A damaged data file, a malformed shortcode: the page is shown, or an error says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_site import DATA, LISTS, PAGE, attempt, converted, harmless, put, rewrite, strings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from site_src.shortcodes import ShortcodeError
from site_src.shortcodes.published import LARGEST

Convert = Callable[[str], str]
Tally = Callable[..., None]

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda content: content[: len(content) // 2],
    "a list": lambda _: b"[]",
    "a number": lambda _: b"1",
    "null": lambda _: b"null",
    "no keys": lambda _: b'{"columns": 1, "a b": 1}',
    "not UTF-8": lambda content: content.replace(b"a", b"\xff", 1),
    "a mark of the byte order": lambda content: b"\xef\xbb\xbf" + content,
    "zeros": lambda content: bytes(len(content)),
    "nested without end": lambda _: b'{"a":' * 100_000,
    "a number without end": lambda _: b'{"a": ' + b"1" * 10_000 + b"}",
    "large": lambda content: content + b" " * LARGEST,
    "a conflict": lambda content: b"<<<<<<< HEAD\n" + content,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", DATA)
def test_a_damaged_data_file_is_named_with_what_to_do(
    docs: Path, name: str, damage: str, tally: Tally
) -> None:
    path = docs / f"data/{name}.json"
    rewrite(path, DAMAGES[damage](path.read_bytes()))
    with pytest.raises(
        ShortcodeError, match=rf"{name}\.json is malformed .* `git checkout`, or delete it and run `make"
    ):
        converted(docs, PAGE)
    tally("damaged inputs: the site's data")


@pytest.mark.parametrize("damage", ["truncated", "not UTF-8", "zeros", "large", "a conflict"])
@pytest.mark.parametrize("name", LISTS)
def test_a_damaged_list_is_named_with_what_to_do(docs: Path, lists: Path, name: str, damage: str) -> None:
    path = lists / f"{name}.toml"
    rewrite(path, DAMAGES[damage](path.read_bytes()))
    with pytest.raises(ShortcodeError, match=rf"{name}\.toml is malformed .* `git checkout`, or mend it"):
        converted(docs, PAGE)


@pytest.mark.parametrize("name", DATA)
def test_without_any_one_of_its_keys_a_file_is_shown_or_named(docs: Path, name: str, tally: Tally) -> None:
    path = docs / f"data/{name}.json"
    original = path.read_text(encoding="utf-8")
    for *parents, key in strings(json.loads(original)):
        for new in (None, 7, [], {}, [None], {"a": 1}, True, -1e999):
            changed = inner = json.loads(original)
            for parent in parents:
                inner = inner[parent]
            inner[key] = new
            put(path, changed)
            harmless(attempt(docs))
            tally("damaged inputs: the site's data")


@settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=st.sampled_from(DATA), place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_shown_or_named(docs: Path, tally: Tally, name: str, place: float, bit: int) -> None:
    tally("damaged inputs: the site's data")
    path = docs / f"data/{name}.json"
    original = path.read_bytes()
    content = bytearray(original)
    content[int(place * len(content))] ^= 1 << bit
    rewrite(path, bytes(content))
    try:
        harmless(attempt(docs))
    finally:
        rewrite(path, original)


def test_a_damaged_animation_is_named(docs: Path) -> None:
    path = docs / "figures/vae/film.light.gif"
    original = path.read_bytes()
    page = "{{ figure vae/film }}"
    for content in (b"", original[:20], original[:-1], b"<svg/>;", b"GIF89a" + bytes(40) + b";"):
        path.write_bytes(content)
        with pytest.raises(ShortcodeError, match=r"film\.light\.gif is malformed .*make figures"):
            converted(docs, page)
    path.unlink()
    with pytest.raises(ShortcodeError, match=r"film\.light\.gif is malformed .*No such file"):
        converted(docs, page)
    for place in range(len(original)):
        path.write_bytes(original[:place] + bytes([original[place] ^ 255]) + original[place + 1 :])
        attempt(docs, page)


WORDS = st.sampled_from(
    [
        *("num", "figure", "ref", "view", "table", "cite", "bibliography", "glossary", "runs", "kingma2014"),
        *(
            "VAE_2D.parameters",
            "vae/plane",
            "vae/film",
            "plane",
            ":",
            ",",
            ".2f",
            "%",
            "999999999d",
            "c",
            "=<9",
        ),
        *("{", "}", "$", "`", "<b>", "|", "\n", " ", "\x02", "\\", "\ud800", "\N{NO-BREAK SPACE}"),
    ]
)
INSIDE = st.one_of(
    st.text(max_size=30), st.lists(WORDS, max_size=6).map(" ".join), st.lists(WORDS, max_size=6).map("".join)
)


@settings(
    derandomize=True,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(inside=INSIDE, alone=st.booleans())
def test_a_shortcode_of_any_kind_is_shown_or_refused(
    docs: Path, tally: Tally, inside: str, alone: bool
) -> None:
    tally("hostile inputs: shortcodes")
    shortcode = f"{{{{ {inside} }}}}"
    try:
        page = converted(docs, shortcode if alone else f"See {shortcode}.")
    except ShortcodeError:
        return
    assert len(page) < 100_000


@pytest.mark.parametrize("spec", ["999999999d", ".999999999f", "100d", "c", "<<9", "x" * 99, "=+9,.2%f"])
def test_a_number_cannot_be_wider_than_a_page(html: Convert, spec: str) -> None:
    with pytest.raises(ShortcodeError, match=r"cannot format VAE_2D\.parameters"):
        html(f"{{{{ num VAE_2D.parameters:{spec} }}}}")


@pytest.mark.parametrize(
    "tex", ["{" * 100_000, "\\sqrt" * 400, "\\textcolor{red}{x}", "\\href{javascript:a}{b}"]
)
def test_formulas_that_would_break_the_build_are_refused(html: Convert, tex: str) -> None:
    with pytest.raises(ShortcodeError, match="TeX"):
        html(f"${tex}$")
