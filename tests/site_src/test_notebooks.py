"""The notebooks: they run on the built-in digits, are published as they are written, and become pages."""

import json
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jupytext
import pytest
from nbmake.nb_run import NotebookRun
from PIL import Image

from site_src.notebook_pages import NotebookPages, Options, pictures
from site_src.notebooks.__main__ import PLACE, SCRIPTS
from site_src.shortcodes import ShortcodeError

RENDERED = """<style>p {}</style><script>alert(1)</script>
<div class="jp-MarkdownOutput"><h2 id="a">A<a class="anchor-link" href="#a">¶</a></h2>
<p>Draw $z &lt; 1$, pay <code>$5</code>.</p><p>$$ x^2 $$</p></div>
<div class="highlight-ipynb"><pre><span class="k">print</span>("$x$")</pre></div>
<div class="jp-RenderedText"><pre>$x$ nats</pre></div>
<div class="jp-RenderedImage"><img alt="No description" src="data:image/png;base64,AA"/></div>"""


def notebook(path: Path, **metadata: str) -> Path:
    drawn = BytesIO()
    Image.new("L", (30, 20)).save(drawn, "png")
    picture = {"image/png": b64encode(drawn.getvalue()).decode()}
    output = {"output_type": "display_data", "metadata": {}, "data": picture}
    cell = {"cell_type": "code", "source": ["plot()"], "metadata": metadata, "outputs": [output]}
    cells = [cell | {"execution_count": None}]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}))
    return path


def page(path: Path) -> Any:
    return SimpleNamespace(file=SimpleNamespace(abs_src_path=str(path)))


def rewritten(path: Path) -> str:
    plugin = NotebookPages()
    plugin.config = Options()
    return plugin.on_page_content(RENDERED, page=page(path))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_is_published_is_what_is_written(script: Path) -> None:
    published = json.loads((PLACE / f"{script.stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    written = jupytext.read(script).cells
    assert [
        (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("alt")) for cell in published
    ] == [(cell.cell_type, cell.source, cell.metadata.get("alt")) for cell in written]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_it_was_published_with_its_outputs_on_mnist(script: Path) -> None:
    path = PLACE / f"{script.stem}.ipynb"
    assert "Using MNIST" in path.read_text(encoding="utf-8")
    assert all(picture.alt.endswith(".") for picture in pictures(path))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_it_runs_on_the_built_in_digits(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    done = NotebookRun(PLACE / f"{script.stem}.ipynb", default_timeout=300, verbose=False).execute()
    assert done.error is None, done.error
    assert "Using scikit-learn's digits" in json.dumps(done.nb)


def test_a_page_has_maths_code_text_and_pictures_and_no_styles_of_its_own(tmp_path: Path) -> None:
    html = rewritten(notebook(tmp_path / "a.ipynb", alt="A line."))
    assert "<style" not in html
    assert "<script" not in html
    assert html.count("<math") == 2
    assert "<code>$5</code>" in html
    assert '<code><span class="k">print</span>("$x$")</code>' in html
    assert "<code>$x$ nats</code>" in html
    assert '<img class="output" alt="A line." src="1.png" width="30" height="20" loading="lazy">' in html
    assert '<a href="a.ipynb" download>' in html


def test_a_picture_without_words_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(ShortcodeError, match=r"a\.ipynb: this cell draws and has no alt.*plot\(\)"):
        rewritten(notebook(tmp_path / "a.ipynb"))


def test_other_pages_stay_as_they_are(tmp_path: Path) -> None:
    assert NotebookPages().on_page_content(RENDERED, page=page(tmp_path / "a.md")) == RENDERED
