"""``python -m site_src.notebooks``: execute the scripts beside this file into docs/notebooks/."""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbclient import NotebookClient

from generate.plotting.theme import LIGHT

SCRIPTS = sorted(path for path in Path(__file__).parent.glob("*.py") if not path.name.startswith("__"))
PLACE = Path(__file__).parents[2] / "docs" / "notebooks"


def executed(script: Path) -> nbformat.NotebookNode:
    """A percent script as a notebook with outputs, the same bytes for the same outputs.

    Raises:
        CellExecutionError: a cell failed; the message has its code and its traceback.
    """
    notebook: nbformat.NotebookNode = jupytext.read(script)
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place}"
    root = {"metadata": {"path": str(PLACE.parents[1])}}
    NotebookClient(notebook, timeout=600, record_timing=False, resources=root).execute()
    return notebook


def style() -> str:
    """The site's style as a matplotlibrc, so that no notebook needs code for its looks."""
    lines = [f"{name}: {str(value).removeprefix('#')}" for name, value in LIGHT.rc().items()]
    colours = [colour.removeprefix("#") for colour in (LIGHT.ae, LIGHT.vae, LIGHT.gan)]
    return "\n".join([*lines, f"axes.prop_cycle: cycler('color', {colours})", "legend.frameon: False"])


def main() -> None:
    """Execute them all; a file is replaced only by a notebook that ran to its end."""
    PLACE.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        settings = Path(folder, "matplotlibrc")
        settings.write_text(style(), encoding="utf-8")
        os.environ["MATPLOTLIBRC"] = str(settings)
        _execute()


def _execute() -> None:
    for script in SCRIPTS:
        started = time.perf_counter()
        target = PLACE / f"{script.stem}.ipynb"
        aside = target.with_suffix(".part")
        aside.write_text(nbformat.writes(executed(script)) + "\n", encoding="utf-8")
        aside.replace(target)
        print(f"{target.name}: {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
