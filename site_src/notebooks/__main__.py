"""``python -m site_src.notebooks``: execute the scripts beside this file into docs/notebooks/."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from generate.pipeline.errors import UserError
from generate.pipeline.files import StoreError, read_bytes, sweep, write_bytes
from generate.plotting.theme import LIGHT

SCRIPTS = sorted(path for path in Path(__file__).parent.glob("*.py") if not path.name.startswith("__"))
PLACE = Path(__file__).parents[2] / "docs" / "notebooks"


class NotebookError(UserError):
    """A script cannot be made a notebook; the message names it and says why."""


def written(script: Path) -> nbformat.NotebookNode:
    """A percent script as a notebook without outputs.

    Raises:
        NotebookError: it is no text, or has no code.
    """
    try:
        text = read_bytes(script).decode()
        notebook: nbformat.NotebookNode = jupytext.reads(text, fmt="py:percent")
    except (StoreError, ValueError) as error:
        raise NotebookError(f"{script} cannot be read: {error}. Restore it with `git checkout`.") from error
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        raise NotebookError(f"{script} has no cell with code. Restore it with `git checkout`.")
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place}"
    return notebook


def executed(script: Path) -> nbformat.NotebookNode:
    """A script as a notebook with outputs, the same bytes for the same outputs.

    Raises:
        NotebookError: it cannot be read, or a cell failed; the message has its code and its traceback.
    """
    notebook = written(script)
    root = {"metadata": {"path": str(PLACE.parents[1])}}
    try:
        NotebookClient(notebook, timeout=600, record_timing=False, resources=root).execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(f"{script} did not run to its end. Nothing was replaced.\n{error}") from error
    return notebook


def style() -> str:
    """The site's style as a matplotlibrc, so that no notebook needs code for its looks."""
    lines = [f"{name}: {str(value).removeprefix('#')}" for name, value in LIGHT.rc().items()]
    colours = [colour.removeprefix("#") for colour in (LIGHT.ae, LIGHT.vae, LIGHT.gan)]
    return "\n".join([*lines, f"axes.prop_cycle: cycler('color', {colours})", "legend.frameon: False"])


def main() -> int:
    """Execute them all; a file is replaced only by a notebook that ran to its end. 2 if one did not."""
    sweep(PLACE)
    with TemporaryDirectory() as folder:
        settings = Path(folder, "matplotlibrc")
        settings.write_text(style(), encoding="utf-8")
        os.environ["MATPLOTLIBRC"] = str(settings)
        try:
            _execute()
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    return 0


def _execute() -> None:
    for script in SCRIPTS:
        started = time.perf_counter()
        target = PLACE / f"{script.stem}.ipynb"
        write_bytes(target, (nbformat.writes(executed(script)) + "\n").encode())
        print(f"{target.name}: {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
