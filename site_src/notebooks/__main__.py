"""``python -m site_src.notebooks``: execute the scripts beside this file into docs/notebooks/."""

from __future__ import annotations

import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

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


def main() -> None:
    """Execute them all; a file is replaced only by a notebook that ran to its end."""
    PLACE.mkdir(exist_ok=True)
    for script in SCRIPTS:
        started = time.perf_counter()
        target = PLACE / f"{script.stem}.ipynb"
        aside = target.with_suffix(".part")
        aside.write_text(nbformat.writes(executed(script)) + "\n", encoding="utf-8")
        aside.replace(target)
        print(f"{target.name}: {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
