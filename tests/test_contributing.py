"""What the page for contributors says, done in a copy: it works, and makes nothing else stale."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/about/contributing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SMALL = "\n\nBUDGETS |= {name: Budget(1 / 40_000, 16, 8, 0.05) for name in (DIGITS, 'black-and-white')}\n"

Command = Callable[..., str]


def block(word: str) -> str:
    """The code on the page that has a word in it."""
    (found,) = (text for text in BLOCKS if word in text)
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code and what is published, without runs or data."""
    shutil.copytree(ROOT / "generate", tmp_path / "generate", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs/data", tmp_path / "docs/data")
    shutil.copytree(ROOT / "docs/figures", tmp_path / "docs/figures")
    return tmp_path


@pytest.fixture
def command(copy: Path) -> Command:
    """Calls the copy's command line."""

    def call(*words: str) -> str:
        environment = os.environ | {
            "PYTHONPATH": str(copy),
            "DATA_DIR": str(copy / "data"),
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "generate", *words]
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return call


def append(copy: Path, file: str, text: str) -> None:
    path = copy / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before.rstrip()}\n\n\n{text}".lstrip(), encoding="utf-8")


def insert(copy: Path, file: str, before: str, text: str) -> None:
    path = copy / file
    found = path.read_text(encoding="utf-8")
    assert found.count(before) == 1
    path.write_text(found.replace(before, text + before), encoding="utf-8")


def stale(command: Command) -> set[tuple[str, str]]:
    """The kind and the name of what is not up to date."""
    lines = [line.split() for line in command("list").splitlines() if not line.endswith("up to date")]
    return {(kind, name) for kind, name, *_ in lines}


def test_the_walk_throughs_work_and_make_nothing_else_stale(copy: Path, command: Command) -> None:
    append(copy, "generate/figures/data.py", block("def averages"))
    append(copy, "generate/results/vae/space.py", block("def spread"))
    insert(copy, "generate/experiments.py", "RUNS = _named", block("AE_3D") + "\n\n")
    append(copy, "generate/models/denoising.py", block("class DenoisingAutoencoder"))
    insert(copy, "generate/models/configs.py", "def narrowed", block("class DenoisingConfig") + "\n\n")
    insert(copy, "generate/experiments.py", "    GANConfig,\n", "    DenoisingConfig,\n")
    insert(copy, "generate/experiments.py", "RUNS = _named", block("DAE_2D") + "\n\n")
    append(copy, "generate/data.py", block("def _black_and_white"))
    append(copy, "generate/experiments.py", SMALL)
    assert stale(command) == {
        *(("run", "AE_3D"), ("run", "DAE_2D"), ("result", "vae/spread"), ("figure", "data/averages")),
    }
    command("figures", "--only", "data/averages")
    assert len([*(copy / "docs/figures/data").glob("averages.*.png")]) == 2
    command("train", "DAE_2D", "--dataset", "digits")
    assert [*(copy / "build/demo/runs").glob("DAE_2D-*/run.json")]
    command("train", "AE_2D", "--dataset", "black-and-white")
    assert [*(copy / "build/black-and-white/runs").glob("AE_2D-*/run.json")]
    assert stale(command) == {("run", "AE_3D"), ("run", "DAE_2D"), ("result", "vae/spread")}
