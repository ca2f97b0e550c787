"""Groups ``commands``, ``pipeline`` and ``parallel``: whole processes, as a person starts them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from generate.experiments import AE_16D
from generate.training.runs import ensure
from generate.workspace import ROOT, Workspace
from tests.benchmarks.context import Context
from tests.benchmarks.rows import BenchmarkError, Row
from tests.benchmarks.timing import run_command, timed, watch_command

# Name, arguments after `python -m`, limit, whether once is enough.
COMMANDS = (
    ("generate --help", "generate --help", "<= 0.5 s", False),
    ("generate list", "generate list", "<= 0.5 s", False),
    ("generate check", "generate check", "<= 30 s", False),
    ("one figure: vae/latent_plane", "generate figures --only vae/latent_plane", "<= 6 s", False),
    ("every figure, from committed results", "generate figures", "<= 90 s", False),
    ("mkdocs build", "mkdocs build --quiet --site-dir build/benchmark", "<= 20 s", False),
    ("generate demo", "generate demo", "<= 240 s", True),
)


def commands(context: Context) -> Iterator[Row]:
    """Every command in a clean copy that has no trained runs and no MNIST."""
    with clean_copy() as folder:
        # A folder that cannot be: a command that wants to train fails at once instead of being timed.
        environment = surroundings(folder, folder / "mkdocs.yml" / "none")
        for name, arguments, limit, once in COMMANDS:
            context.say(name)
            command = [sys.executable, "-m", *arguments.split()]
            repeats = 1 if once else context.repeats
            seconds = median(run_command(command, folder, environment) for _ in range(repeats))
            yield Row(name, seconds, "s", limit=limit)


def pipeline(context: Context) -> Iterator[Row]:
    """Training, measuring and drawing everything from nothing on MNIST."""
    context.say(f"the whole pipeline from nothing on {context.images.title}, for hours")
    command = [sys.executable, "-m", "generate", "figures", "--fresh"]
    with clean_copy() as folder:
        seconds, peak = watch_command(command, folder, surroundings(folder, context.data_folder))
    yield Row("figures --fresh, time", seconds / 60, "min", limit="<= 150 min")
    yield Row("figures --fresh, peak memory", peak / 1e9, "GB", limit="<= 6 GB")


def parallel(context: Context, steps: int = 300) -> Iterator[Row]:
    """Two equal runs at once, against one after the other."""
    shared = replace(AE_16D.optimisation, images_seen=steps * AE_16D.optimisation.batch_size)
    runs = [replace(AE_16D, name=f"TWIN_{n}", optimisation=replace(shared, seed=n)) for n in (1, 2)]
    seconds = {}
    for jobs in (1, 2):
        context.say(f"two runs on {context.images.title}, {jobs} at once")
        with TemporaryDirectory() as place:
            folder = Path(place)
            workspace = Workspace(
                context.dataset, folder / "docs", folder / "runs", context.data_folder, jobs=jobs
            )
            seconds[jobs] = timed(lambda workspace=workspace: ensure(workspace, runs))  # type: ignore[misc]
    yield Row("two runs at once", seconds[2], "s", seconds[1], seconds[1] / seconds[2])


@contextmanager
def clean_copy() -> Iterator[Path]:
    """A copy of the working tree without anything that git ignores: no trained runs, no data.

    Raises:
        BenchmarkError: this is no git checkout, so nothing says what belongs to it.
    """
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"whole commands are measured in a copy that git lists: {done.stderr.strip()}")
    with TemporaryDirectory(prefix="benchmark-") as place:
        for name in filter(None, done.stdout.split("\0")):
            if (ROOT / name).is_file():
                (Path(place) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, Path(place) / name)
        yield Path(place)


def surroundings(folder: Path, data_folder: Path) -> Mapping[str, str]:
    """The environment in which the copy's own code is found, and MNIST looked for in ``data_folder``."""
    ours = {"PYTHONPATH": str(folder), "DATA_DIR": str(data_folder), "NO_MKDOCS_2_WARNING": "1"}
    return os.environ | ours
