"""A project in small, in a process of its own: built, killed, refused the disk, damaged, and built again.

``python small.py EXPERIMENT FOLDER [options]`` prints one line of JSON for each trial. Every build is a
forked child that runs the command line as a person does: it can be killed, and costs no imports.
The clock stands still: two builds then differ in nothing but what they did wrong.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from generate import commands
from generate.__main__ import main
from generate.build import draw
from generate.build.catalogue import FIGURES, RESULTS
from generate.build.draw import _drawn
from generate.build.freshness import read_manifest, states
from generate.build.measure import function
from generate.experiments import RUNS, SHARED, Budget
from generate.pipeline.manifest import entry_files
from generate.pipeline.store import read_checkpoint, read_json
from generate.training import job
from generate.training.loop import CHECKPOINT
from generate.workspace import Workspace, open_workspace
from tests.harms import flip

time.perf_counter = lambda: 0.0  # in spawned workers too: they import this file
time.strftime = lambda *_: "never"
job.commit = draw.commit = lambda: "commit"  # which whoever works on the code changes meanwhile

KEPT = {"AE_2D", "GAN_16D"}
QUICK = {"gan/loss_curves", "data/class_counts", "site/mark"}
DRAWN = QUICK | {"autoencoder/latent_plane", "gan/progress"}
BUDGET = Budget(share=4 * 16 / SHARED.images_seen, batch_size=16, channels=8, effort=0.05)
CHANGING = {"numbers.json", "scoreboard.json"}  # rewritten in the course of a build

Files = dict[str, bytes]


def small(folder: Path, jobs: int = 1) -> Workspace:
    """A workspace with two runs and the few figures that need no others."""
    place = {"docs": folder / "docs", "runs": folder / "runs"}
    return replace(open_workspace("digits", device="cpu", jobs=jobs), **place, budget=BUDGET)


def forget_the_rest(drawn: set[str]) -> None:
    """Leave in the catalogue what the small project has."""
    measured = {name for figure in drawn for name in FIGURES[figure].needs.values()}
    for known, kept in ((RUNS, KEPT), (RESULTS, measured), (FIGURES, drawn)):
        for name in known.keys() - kept:
            del known[name]


def warm_up(workspace: Workspace) -> None:
    """Do once what every child would do again; no gradients, though: they do not fork."""
    import torch._dynamo  # noqa: F401 (which every optimiser imports)

    for node in (*RESULTS.values(), *FIGURES.values()):
        function(node)
    list(states(workspace, read_manifest(workspace)))
    assert len(workspace.dataset_images.train)
    _drawn(workspace, FIGURES["site/mark"], {})


# --- Builds as children. ---


def begin(workspace: Workspace, prepare: Callable[[], None] = lambda: None) -> int:
    """Fork a child that runs ``make figures`` and ends with its exit code; what it prints goes to a file."""
    child = os.fork()
    if child:
        return child
    with (workspace.docs.parent / "told").open("w") as told, redirect_stdout(told), redirect_stderr(told):
        commands.open_workspace = lambda *_, **__: workspace
        prepare()
        code = main(["figures"])
    os._exit(code)


def ended(child: int) -> int:
    """Wait for a child; its exit code, negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def built(workspace: Workspace, prepare: Callable[[], None] = lambda: None) -> tuple[int, str]:
    """Run a build to its end: its exit code, and what it said."""
    workspace.docs.parent.mkdir(parents=True, exist_ok=True)
    code = ended(begin(workspace, prepare))
    return code, (workspace.docs.parent / "told").read_text()


def files(workspace: Workspace) -> Files:
    """Everything that a build has made."""
    found = (path for top in (workspace.docs, workspace.runs) for path in top.rglob("*") if path.is_file())
    here = workspace.docs.parent
    return {str(path.relative_to(here)): path.read_bytes() for path in found if ".lock" not in path.name}


def half_written(workspace: Workspace, whole: Files) -> list[str]:
    """Files under a final name that are neither as they will be in the end nor a whole earlier version."""
    return [
        name for name, content in files(workspace).items() if not _is_whole(workspace, whole, name, content)
    ]


def _is_whole(workspace: Workspace, whole: Files, name: str, content: bytes) -> bool:
    path = workspace.docs.parent / name
    if path.suffix == ".part":
        return True  # not a final name
    if path.name in CHANGING:
        return bool(read_json(path)) or path.name == "scoreboard.json"
    if path.name == CHECKPOINT:
        return bool(read_checkpoint(path))
    return content == whole.get(name)


def difference(workspace: Workspace, whole: Files) -> list[str]:
    """Names of files that are not as an uninterrupted build leaves them."""
    found = files(workspace)
    return sorted(name for name in found.keys() | whole.keys() if found.get(name) != whole.get(name))


# --- Experiments. ---


def kills(folder: Path, wanted: int, chance: random.Random, jobs: int) -> Iterator[dict[str, Any]]:
    """Kill a build at random moments, up to four times, and let it end; again, until so many were killed."""
    reference = small(folder / "whole", jobs)
    started = time.monotonic()
    assert built(reference)[0] == 0
    length, whole = time.monotonic() - started, files(reference)
    while wanted > 0:
        workspace = small(folder / "killed", jobs)
        workspace.docs.parent.mkdir()
        moments: list[str] = []
        torn: list[str] = []
        for number in range(chance.randint(1, 4)):
            child = begin(workspace)
            # The first comes early, while there is something to train.
            await_moment(workspace, chance, length if number else length / 3)
            os.kill(child, signal.SIGKILL)
            if ended(child) == -signal.SIGKILL:
                moments.append(phase(workspace))
            torn += half_written(workspace, whole)
        wanted -= len(moments)
        code, told = built(workspace)
        yield {
            "kills": moments,
            "torn": torn,
            "code": code,
            "told": told,
            "different": difference(workspace, whole),
            "bytes": sum(map(len, whole.values())),
        }
        shutil.rmtree(workspace.docs.parent)


def await_moment(workspace: Workspace, chance: random.Random, length: float) -> None:
    """Let a build come to a moment by chance; every third time, one in the shortest phase."""
    end = time.monotonic() + chance.uniform(0, length)
    if chance.random() < 1 / 3:
        while phase(workspace) == "training" and time.monotonic() < end + length:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
    else:
        time.sleep(max(0, end - time.monotonic()))


def phase(workspace: Workspace) -> str:
    """How far a build had come, as far as its files tell."""
    if any(not (workspace.folder(run) / "run.json").exists() for run in RUNS.values()):
        return "training"
    measured = entry_files(workspace.manifest, "results")
    return "drawing" if measured.keys() >= RESULTS.keys() else "measuring"


def faults(folder: Path, stride: int) -> Iterator[dict[str, Any]]:
    """Let writes fail in every way there is, every ``stride``-th of a build."""
    whole_one = small(folder / "whole")
    assert built(whole_one)[0] == 0
    for kind in FAULTS:
        yield from _faults(kind, small(folder / kind), files(whole_one), stride)


def _faults(kind: str, workspace: Workspace, whole: Files, stride: int) -> Iterator[dict[str, Any]]:
    """Build by a few writes at a time: each child gets further, and the next write fails, to the end."""
    code = 1
    while code:
        # The first write says who holds the lock, the second is the one that failed before.
        code, told = built(workspace, lambda: refuse(kind, at=2 + stride))
        left = [name for name in files(workspace) if name.endswith(".part")]
        yield {
            "kind": kind,
            "code": code,
            "told": told,
            "torn": half_written(workspace, whole),
            "left": left if kind != "torn" else [],
            "different": difference(workspace, whole) if code == 0 else [],
        }


def refuse(kind: str, at: int) -> None:
    """Let the write number ``at`` of this process, counted from 1, fail in the way of ``kind``."""
    begun = tempfile.mkstemp
    count = 0

    def mkstemp(*words: Any, **names: Any) -> tuple[int, str]:
        nonlocal count
        count += 1
        if count == at:
            FAULTS[kind]()
        return begun(*words, **names)

    tempfile.mkstemp = mkstemp


def _fail_writing(then: Callable[[], None]) -> None:
    opened = os.fdopen

    def fdopen(handle: int, mode: str) -> Any:
        file = opened(handle, mode)

        class Failing:
            def __enter__(self) -> Any:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def write(self, content: bytes) -> None:
                file.write(content[: len(content) // 2])
                file.flush()
                then()

        return Failing()

    os.fdopen = fdopen


def _full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _broken_disk() -> None:
    def fsync(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    os.fsync = fsync


def _refused() -> None:
    raise OSError(errno.EACCES, os.strerror(errno.EACCES))


FAULTS: dict[str, Callable[[], None]] = {
    "EACCES": _refused,
    "ENOSPC": lambda: _fail_writing(_full),
    "EIO": _broken_disk,
    "torn": lambda: _fail_writing(lambda: os.kill(os.getpid(), signal.SIGKILL)),
}


def damages(folder: Path, stride: int) -> Iterator[dict[str, Any]]:
    """Damage one file after another of what a build has made, or every few of them, and build again."""
    workspace = small(folder)
    assert built(workspace)[0] == 0
    whole = files(workspace)
    harms = {"flipped": flip, "cut": cut, "gone": Path.unlink}
    measured = folder / "docs/data/results/gan/loss_curves.npz"
    unused = workspace.folder(RUNS["AE_2D"]).name
    readable = (*CHANGING, "docs/data/manifest/", unused)  # what a person mends, and what nobody looks at
    names = sorted(name for name in whole if not any(part in name for part in readable))
    cases = [
        (name, harm)
        for name in names
        for harm in harms
        if harm == "flipped" or not name.startswith("docs/figures")
    ]
    for name, harm in cases[::stride]:
        harms[harm](folder / name)
        if name.startswith("runs"):  # a run is looked at when something of it has to be measured
            measured.unlink()
        code, told = built(workspace)
        aside = workspace.runs / "damaged"
        kept = [path.name for path in aside.iterdir()] if aside.exists() else []
        shutil.rmtree(aside, ignore_errors=True)
        different = difference(workspace, whole)
        yield {"file": name, "harm": harm, "code": code, "told": told, "kept": kept, "different": different}


def cut(path: Path) -> None:
    """Lose the second half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def once(folder: Path) -> Iterator[dict[str, Any]]:
    """One build, and nothing else."""
    code, told = built(small(folder))
    yield {"code": code, "told": told}


def run() -> None:
    """Choose an experiment."""
    parser = argparse.ArgumentParser()
    parser.add_argument("experiment", choices=("kills", "faults", "damages", "once"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--stride", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    forget_the_rest(QUICK if options.experiment in ("faults", "damages") else DRAWN)
    warm_up(small(options.folder / "warm"))
    trials = {
        "kills": lambda: kills(options.folder, options.kills, random.Random(options.seed), options.jobs),
        "faults": lambda: faults(options.folder, options.stride),
        "damages": lambda: damages(options.folder, options.stride),
        "once": lambda: once(options.folder),
    }[options.experiment]
    for trial in trials():
        print(json.dumps(trial), flush=True)


if __name__ == "__main__":
    sys.exit(run())
