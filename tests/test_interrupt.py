"""Told to stop, by Ctrl-C or by whoever started it: everything ends at once, in words, and can go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from generate.experiments import AE_2D, SHARED, VAE_2D, Budget
from generate.training.loop import CHECKPOINT
from generate.training.runs import ensure
from generate.workspace import Workspace, open_workspace

ROOT = Path(__file__).parents[1]
SOON = 20  # seconds, on a busy machine; otherwise it takes one
STOPPED = "\nStopped. The same command goes on from the last checkpoint.\n"
WORK = """
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from generate import commands
from generate.__main__ import main
from generate.pipeline.together import side_by_side

def busy(sign):
    sign.touch()
    while True:
        sum(range(100_000))

def waiting(signs):  # for what comes of the tasks
    list(side_by_side(2, [partial(busy, sign) for sign in signs]))

def looking(signs):  # at what has come of one
    for _ in side_by_side(2, [partial(signs[0].touch), partial(busy, signs[1])]):
        busy(signs[0])

def elsewhere(signs):  # in a pool that is not ours
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        [future.result() for future in [pool.submit(busy, sign) for sign in signs]]

def alone(signs):
    signs[1].touch()
    busy(signs[0])

if __name__ == "__main__":
    way, *signs = sys.argv[1:]
    commands.check = lambda _: globals()[way]([Path(sign) for sign in signs])
    print("begun", flush=True)
    sys.exit(main(["check"]))
"""


TRAINING = """
import sys
from pathlib import Path

from generate import commands
from generate.__main__ import main

if __name__ == "__main__":
    print("begun", flush=True)
    from test_interrupt import trainings
    commands.open_workspace = lambda *_, **__: trainings(Path(sys.argv[1]))
    sys.exit(main(["train", "AE_2D", "VAE_2D"]))
"""


@dataclass(frozen=True)
class Work:
    """A command at work, in a process group of its own."""

    process: subprocess.Popen[str]
    signs: list[Path]

    @property
    def others(self) -> list[psutil.Process]:
        """The processes it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def started(self) -> None:
        """Wait until both tasks are at work."""
        until(lambda: all(sign.exists() for sign in self.signs))

    def after(self, reach: Callable[[int, int], None], demand: int) -> str:
        """What it says when it is told to stop, once nothing of it is left."""
        others = self.others
        reach(self.process.pid, demand)
        _, told = self.process.communicate(timeout=SOON)
        until(lambda: not any(is_at_work(other) for other in others), SOON)
        return told


@contextmanager
def begun(folder: Path, *arguments: str, script: str = WORK, **means: Any) -> Iterator[Work]:
    file, signs = folder / "work.py", [folder / "one", folder / "two"]
    file.write_text(script)
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, str(file), *arguments, *map(str, signs)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **means,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "begun\n"
            yield Work(process, signs)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def is_at_work(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def until(condition: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("demand", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("way", ["waiting", "looking", "elsewhere", "alone"])
@pytest.mark.parametrize("reach", [os.kill, os.killpg], ids=["the first process", "all of them"])
def test_it_stops_at_once_and_says_so(
    tmp_path: Path, reach: Callable[[int, int], None], way: str, demand: signal.Signals
) -> None:
    with begun(tmp_path, way) as work:
        work.started()
        assert work.after(reach, demand) == STOPPED
    assert work.process.returncode == 128 + demand


@pytest.mark.sampled(1)
@pytest.mark.parametrize("moment", [0, 0.1, 0.3])
def test_ctrl_c_while_workers_start_prints_no_traceback(tmp_path: Path, moment: float) -> None:
    with begun(tmp_path, "waiting") as work:
        until(lambda: len(work.others) >= 3)  # two, and the tracker of their semaphores
        time.sleep(moment)
        assert work.after(os.killpg, signal.SIGINT) == STOPPED
    assert work.process.returncode == 130


def test_ctrl_c_by_somebody_impatient_prints_no_traceback(tmp_path: Path) -> None:
    def press(group: int, demand: int) -> None:
        for _ in range(30):
            with suppress(ProcessLookupError):
                os.killpg(group, demand)
            time.sleep(0.02)

    with begun(tmp_path, "waiting") as work:
        work.started()
        assert "Traceback" not in work.after(press, signal.SIGINT)
    assert work.process.returncode == 130


def test_it_hears_what_a_shell_keeps_from_background_jobs(tmp_path: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with begun(tmp_path, "waiting", preexec_fn=ignore) as work:
        work.started()
        assert work.after(os.kill, signal.SIGINT) == STOPPED
    assert work.process.returncode == 130


def test_a_worker_that_others_end_is_said_in_words(tmp_path: Path) -> None:
    with begun(tmp_path, "waiting") as work:
        work.started()
        workers = [other for other in work.others if "spawn_main" in " ".join(other.cmdline())]
        assert len(workers) == 2
        told = work.after(lambda *_: workers[0].kill(), 0)  # as the system does when memory is short
    assert told.startswith("error: a process at work has ended without a word")
    assert "JOBS=1" in told
    assert told.count("\n") == 1
    assert work.process.returncode == 2


def trainings(folder: Path) -> Workspace:
    """Where two small runs are trained, one of them at a time in this process."""
    small = Budget(60 * 16 / SHARED.images_seen, batch_size=16, channels=8)
    here = open_workspace("digits", device="cpu", jobs=2)
    return replace(here, docs=folder / "docs", runs=folder / "runs", budget=small)


def test_trainings_that_were_stopped_go_on_to_the_same_bytes(tmp_path: Path) -> None:
    runs = [AE_2D, VAE_2D]
    stopped, never = trainings(tmp_path / "stopped"), replace(trainings(tmp_path / "never"), jobs=1)
    with begun(tmp_path, str(tmp_path / "stopped"), script=TRAINING) as work:
        until(lambda: any((stopped.folder(run) / CHECKPOINT).exists() for run in runs))
        assert work.after(os.kill, signal.SIGINT).endswith(STOPPED)
    assert ensure(never, runs) == runs
    assert ensure(replace(stopped, jobs=1), runs)  # there is something left to do
    for run in runs:
        whole = sorted(never.folder(run).rglob("*.safetensors"))
        assert len(whole) > 4
        for path in whole:
            assert (stopped.runs / path.relative_to(never.runs)).read_bytes() == path.read_bytes()
