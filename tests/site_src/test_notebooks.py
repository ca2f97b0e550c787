"""The notebooks: they run on the built-in digits, are published as they are written, and become pages."""

import json
import random
import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jupytext
import pytest
from matplotlib import pyplot
from nbmake.nb_run import NotebookRun
from PIL import Image

from site_src.notebooks import __main__ as notebooks
from site_src.notebooks.__main__ import PLACE, SCRIPTS, NotebookError, written
from site_src.plugins.notebook_pages import NotebookPages, Options, pictures
from site_src.shortcodes import ShortcodeError
from tests.harms import cut, empty, flipped, longer, pickled, random_bytes, shuffled, zeroed
from tests.miniature import Effort

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


def shortened(source: str) -> str:
    """Code that does by the dozen what it did by the thousand: numbers with an underscore, and steps."""
    few = re.sub(r"\b\d+(_\d{3})+\b|(?<=steps=)\d+", lambda found: str(max(20, int(found[0]) // 20)), source)
    return re.sub(r"(?m)^assert .*$", "", few)  # that something is learned cannot be expected then


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without data."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.sampled(2)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_its_code_runs_on_the_built_in_digits(
    script: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(pyplot, "show", lambda: pyplot.close("all"))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in jupytext.read(script).cells:
        if cell.cell_type == "code":
            exec(compile(shortened(cell.source), script.name, "exec"), names)
    assert "scikit-learn's digits" in capsys.readouterr().out


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_it_runs_whole_and_learns_on_the_built_in_digits(
    script: Path, elsewhere: Path, effort: Effort
) -> None:
    if not effort.is_full:
        pytest.skip("four notebooks take minutes: make fuzz runs them whole, as a reader does")
    (elsewhere / script.name).write_bytes((PLACE / f"{script.stem}.ipynb").read_bytes())
    done = NotebookRun(elsewhere / script.name, default_timeout=600, verbose=False).execute()
    assert done.error is None, done.error
    assert "Using scikit-learn's digits" in json.dumps(done.nb)


def test_a_damaged_script_is_named_or_is_a_script(tmp_path: Path, tally: Callable[..., None]) -> None:
    script, chance = tmp_path / "notebook.py", random.Random(0)
    content = SCRIPTS[0].read_bytes()
    for damage in [cut, flipped, zeroed, longer, shuffled] * 20 + [empty, random_bytes, pickled]:
        script.write_bytes(damage(content, content, chance))
        with suppress(NotebookError):
            assert written(script).cells
        tally("damaged inputs: scripts of notebooks")
    script.write_bytes(content[:-1] + b"\xff")
    with pytest.raises(NotebookError, match=r"notebook\.py cannot be read.*git checkout"):
        written(script)
    script.write_bytes(b"")
    with pytest.raises(NotebookError, match=r"notebook\.py has no cell with code"):
        written(script)


def test_a_script_that_fails_is_named_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong.py").write_text("# %%\nthis is no Python\n")
    (tmp_path / "wrong.ipynb").write_text("as it was")
    monkeypatch.setattr(notebooks, "SCRIPTS", [tmp_path / "wrong.py"])
    monkeypatch.setattr(notebooks, "PLACE", tmp_path)
    assert notebooks.main() == 2
    assert re.search(r"error: .*wrong\.py did not run.*SyntaxError", capsys.readouterr().err, re.DOTALL)
    assert (tmp_path / "wrong.ipynb").read_text() == "as it was"


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
