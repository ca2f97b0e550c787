"""Builds that are killed, refused the disk, damaged and raced: they end as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.miniature import Effort

SMALL = Path(__file__).with_name("small.py")
ROOT = SMALL.parents[2]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests"))),
    "OMP_NUM_THREADS": "1",
}


def trials(experiment: str, folder: Path, *options: object) -> Iterator[dict[str, Any]]:
    """What an experiment tells, trial by trial."""
    command = [sys.executable, str(SMALL), experiment, str(folder), *map(str, options)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield from map(json.loads, process.stdout)
    assert process.returncode == 0


@pytest.mark.xdist_group("kills")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_killed_at_any_moment_ends_with_the_same_bytes(
    tmp_path: Path, tally: Any, effort: Effort, jobs: int
) -> None:
    if jobs > 1 and not effort.is_full:
        pytest.skip("processes that start processes take minutes: make fuzz kills them")
    seed = random.randrange(2**32) if effort.seed is None else effort.seed
    count = effort.times({1: 20, 2: 2}[jobs])
    moments: list[str] = []
    for trial in trials("kills", tmp_path, "--kills", count, "--seed", seed, "--jobs", jobs):
        told = f"seed {seed}: {trial}"
        assert trial["torn"] == [], told
        assert trial["code"] == 0, told
        assert trial["different"] == [], told
        moments += trial["kills"]
        tally("bytes compared", trial["bytes"])
    assert len(moments) >= count
    if jobs == 1 and effort.is_full:
        assert set(moments) == {"training", "measuring", "drawing"}
    for moment in moments:
        tally(f"killed while {moment}")


@pytest.mark.xdist_group("faults")
def test_a_fault_at_any_write_loses_nothing(tmp_path: Path, tally: Any, effort: Effort) -> None:
    tried = Counter[str]()
    for trial in trials("faults", tmp_path, "--stride", effort.stride):
        kind = trial["kind"]
        assert trial["torn"] == trial["left"] == [], trial
        if trial["code"] == 0:  # everything could be written in the end
            assert trial["different"] == [], trial
        elif kind == "torn":
            assert trial["code"] == -9
        else:
            assert trial["code"] == 2
            assert trial["told"].splitlines()[-1].startswith(f"error: cannot write {tmp_path}")
        tally(f"write faults ({kind})", trial["code"] != 0)
        tried[kind] += 1
    assert tried.keys() == {"ENOSPC", "EIO", "EACCES", "torn"}
    assert min(tried.values()) > 25 // effort.stride


@pytest.mark.xdist_group("damages")
def test_what_is_damaged_is_named_set_aside_and_made_again(
    tmp_path: Path, tally: Any, effort: Effort
) -> None:
    damaged = list(trials("damages", tmp_path, "--stride", effort.stride))
    assert len(damaged) > 30 // effort.stride
    for trial in damaged:
        assert trial["code"] == 0, trial
        assert trial["different"] == [], trial
        # Figures, and weights whose run is there, are simply made again.
        if trial["harm"] != "gone" and not trial["file"].startswith(("docs/figures", "docs/data/weights")):
            assert trial["kept"], trial
            assert Path(trial["file"]).name in trial["told"], trial
        tally("damaged files mended")


@pytest.mark.sampled(0)
@pytest.mark.xdist_group("once")
def test_two_builds_in_two_processes_have_the_same_bytes(tmp_path: Path, tally: Any) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        assert [trial["code"] for trial in trials("once", folder)] == [0]
    names = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    compared = [name for name in names if name.name not in (".lock", ".lock.json", "told")]
    assert {name.suffix for name in compared} >= {".json", ".npz", ".safetensors", ".svg", ".png", ".gif"}
    for name in compared:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
        tally("bytes compared", (one / name).stat().st_size)
