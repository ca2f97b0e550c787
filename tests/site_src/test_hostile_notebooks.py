"""What a notebook may not bring to the site: HTML that acts, and files that are none."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from site_src.plugins.notebook_files import pictures
from site_src.plugins.notebook_pages import NotebookPages
from site_src.plugins.schema import refused
from site_src.shortcodes import ShortcodeError
from site_src.shortcodes.published import LARGEST


def png(width: int = 3, height: int = 2) -> bytes:
    drawn = BytesIO()
    Image.new("L", (width, height)).save(drawn, "png")
    return drawn.getvalue()


def notebook(shown: dict[str, str] | None = None) -> dict[str, Any]:
    """A notebook of one cell, which shows something."""
    shown = {"image/png": b64encode(png()).decode()} if shown is None else shown
    output = {"output_type": "display_data", "metadata": {}, "data": shown}
    cell = {"cell_type": "code", "source": "plot()", "metadata": {"alt": "A line."}, "outputs": [output]}
    cells = [cell | {"execution_count": None}]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}


def rewritten(content: str, path: Path) -> str:
    page = SimpleNamespace(file=SimpleNamespace(abs_src_path=str(path)))
    return NotebookPages().on_page_content(content, page=page)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A notebook that shows one picture."""
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook()))
    return path


PICTURE = '<div class="jp-RenderedImage"><img></div>'
HOSTILE = [
    "<script>alert(1)</script>",
    "<style>p {}</style>",
    "<iframe src='https://elsewhere.org'></iframe>",
    "<object data='a'></object>",
    "<img src='https://elsewhere.org/a.png'>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "<math><mtext></mtext></math>",
    "<form action='https://elsewhere.org'></form>",
    "<input autofocus onfocus=alert(1)>",
    "<meta http-equiv=refresh content='0;url=https://elsewhere.org'>",
    "<base href='https://elsewhere.org'>",
    "<p onclick=alert(1)>a</p>",
    "<p style='position: fixed'>a</p>",
    "<p class='md-search'>a</p>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=' JavaScript:alert(1)'>a</a>",
    "<a href='java&#9;script:alert(1)'>a</a>",
    "<a href='data:text/html,a'>a</a>",
    "<a href='//elsewhere.org'>a</a>",
    "<a href='/\\elsewhere.org'>a</a>",
    "<a href='https://a.org/$x$'>a</a>",
    "<a href='b.html' target='_blank'>a</a>",
    "<!-- a comment -->",
    "<![CDATA[<script>]]>",
    "<?php ?>",
    "<template><script>alert(1)</script></template>",
    "<div class='jp-RenderedImage'></div>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "place",
    [
        '<div class="jp-MarkdownOutput"><p>A</p>{}</div>',
        '<div class="jp-MarkdownOutput"></div></div><div class="jp-MarkdownOutput">{}</div>',
        '<div class="jp-RenderedText"><pre>{}</pre></div>',
        '<div class="highlight-ipynb"><pre><span>{}</span></pre></div>',
    ],
)
def test_html_that_acts_ends_the_build(path: Path, place: str, hostile: str) -> None:
    with pytest.raises(
        ShortcodeError, match=r"a\.ipynb: (a page must not have|HTML that).* run `make notebooks`"
    ):
        rewritten(PICTURE + place.format(hostile), path)


def test_pictures_that_are_forged_or_left_out_end_the_build(path: Path) -> None:
    with pytest.raises(ShortcodeError, match="passes for a picture"):
        rewritten(PICTURE + '<div class="jp-RenderedHTML"><div class="jp-RenderedImage"></div></div>', path)
    with pytest.raises(ShortcodeError, match=r"shown in another form: A line\."):
        rewritten('<div class="jp-RenderedHTML">a</div>', path)


@pytest.mark.parametrize(
    "kept",
    [
        '<p>A <em>b</em>, <a href="https://a.org/b:c?d=e#f" title="g">h</a> and <a href="../i/#j">k</a>.</p>',
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
        '<table><tbody><tr><td class="right">b</td></tr></tbody></table>',
        '<div class="highlight"><pre><span class="kn">import</span></pre></div>',
        "<p>a &lt;script&gt; b</p>",
    ],
)
def test_what_markdown_makes_is_kept(path: Path, kept: str) -> None:
    given = kept.replace('class="right"', 'style="text-align:right"')
    assert kept in rewritten(f'{PICTURE}<div class="jp-MarkdownOutput">{given}</div>', path)


def test_maths_with_html_in_it_stays_maths(path: Path) -> None:
    page = rewritten(
        PICTURE + '<div class="jp-MarkdownOutput"><p>$\\text{&lt;script&gt;a&lt;/script&gt;}$</p></div>', path
    )
    assert "<mtext>&lt;script&gt;a&lt;/script&gt;</mtext>" in page


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*HOSTILE, "<p>", "</p>", "<", ">", '"', "a", "<pre>", "$", "&lt;", "-->"])))
def test_no_heap_of_tags_brings_a_script_through(pieces: list[str]) -> None:
    part = BeautifulSoup(f"<div>{''.join(pieces)}</div>", "html.parser").div
    assert part
    if not any(refused(part)):
        again = BeautifulSoup(part.decode_contents(), "html.parser")
        assert not any(refused(again))


def changed(**keys: Any) -> Callable[[bytes], bytes]:
    return lambda _: json.dumps(notebook() | keys).encode()


def showing(data: bytes) -> Callable[[bytes], bytes]:
    return lambda _: json.dumps(notebook({"image/png": b64encode(data).decode()})).encode()


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be of another size."""
    small = png()
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + small[24:29]
    return small[:12] + head + zlib.crc32(head).to_bytes(4, "big") + small[33:]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda content: content[: len(content) // 2],
    "a list": lambda _: b"[]",
    "null": lambda _: b"null",
    "no keys": lambda _: b"{}",
    "another format": changed(nbformat=3),
    "a format that is none": changed(nbformat="4"),
    "cells that are none": changed(cells=3),
    "a cell that is none": changed(cells=[1]),
    "a cell of no kind": changed(cells=[{"cell_type": "a", "source": "", "metadata": {}}]),
    "not UTF-8": lambda content: content.replace(b"A", b"\xff", 1),
    "nested without end": lambda _: b"[" * 200_000,
    "large": lambda content: content + b" " * LARGEST,
    "broken base64": lambda _: json.dumps(notebook({"image/png": "%%%"})).encode(),
    "no PNG": showing(b"<svg></svg>"),
    "a truncated PNG": showing(png()[:50]),
    "a flipped PNG": showing(png().replace(b"IDAT\x78", b"IDAT\x79")),
    "a GIF": showing(b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==")),
    "a bomb": showing(claiming(60_000, 60_000)),
    "a large picture": showing(claiming(6_000, 6_000)),
    "another kind of picture": lambda _: json.dumps(notebook({"image/jpeg": "AA"})).encode(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_notebook_is_named_with_what_to_do(path: Path, damage: str) -> None:
    assert len(pictures(path)) == 1
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(
        ShortcodeError,
        match=r"a\.ipynb is malformed .* `git checkout`, or delete it and run `make notebooks`",
    ):
        pictures(path)
