"""Several processes at once: one builds, the others wait or read; and nobody waits for the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from generate.pipeline.files import PART, StoreError, sweep, write_bytes
from generate.pipeline.lock import alone
from generate.pipeline.store import read_json, write_json

HOLD = """
import sys, time
from pathlib import Path
from generate.pipeline.lock import alone
with alone(Path(sys.argv[1]), "python -m generate figures"):
    print("held", flush=True)
    {hold}
print("let go", flush=True)
"""
ROOT = Path(__file__).parents[2]


def holding(folder: Path, hold: str) -> subprocess.Popen[str]:
    """A process that has taken the lock, or waits for it."""
    command = [sys.executable, "-c", HOLD.format(hold=hold), str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_the_second_waits_for_the_first_and_says_for_whom(tmp_path: Path, tally: Any) -> None:
    with holding(tmp_path, "time.sleep(1)") as first:
        assert line(first) == "held"
        with holding(tmp_path, "pass") as second:
            told = line(second)
            assert f"`python -m generate figures` (process {first.pid} on " in told
            assert f"is at work in {tmp_path}. Waiting" in told
            assert line(second) == "held"
            assert line(first) == "let go"  # it had, before the second got it
    tally("processes that waited for a lock")


def test_a_dead_process_blocks_nobody(tmp_path: Path, tally: Any) -> None:
    for _ in range(3):
        with holding(tmp_path, "time.sleep(60)") as dead:
            assert line(dead) == "held"
            os.kill(dead.pid, signal.SIGKILL)
        started = time.monotonic()
        with alone(tmp_path, "a test"):
            assert time.monotonic() - started < 1
        tally("locks taken from the dead")


def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot lock"), alone(tmp_path / "file" / "runs", "a test"):
        pass


def test_a_reader_never_sees_half_a_file(tmp_path: Path, tally: Any) -> None:
    path, done = tmp_path / "manifest.json", threading.Event()
    write_json(path, {"entry": 0})

    def write() -> None:
        for number in range(150):
            write_json(path, {"entry": number, "filling": ["x" * 100] * (number % 7 * 300)})
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while not done.is_set():
        assert "entry" in read_json(path)  # which would refuse half of one, and a mixture of two
        reads += 1
    writer.join()
    assert reads > 20
    tally("reads while a file was rewritten", reads)


def test_what_the_dead_left_half_written_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        pass
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as living:
        left, written = (tmp_path / "deep" / f".a.npz.{process.pid}.x7{PART}" for process in (gone, living))
        write_bytes(tmp_path / "deep" / "a.npz", b"whole")
        left.write_bytes(b"half")
        written.write_bytes(b"half")
        assert sweep(tmp_path) == 1
        assert not left.exists()
        assert written.exists()
        living.kill()
    assert sweep(tmp_path) == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.npz"]


ORPHAN = """
import sys, time
from functools import partial
from generate.pipeline.together import side_by_side

def busy(path):
    while True:
        open(path, "w").write(str(time.time()))
        time.sleep(0.05)

if __name__ == "__main__":
    list(side_by_side(2, [partial(busy, path) for path in sys.argv[1:]]))
"""


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path, tally: Any) -> None:
    script, signs = tmp_path / "orphan.py", [tmp_path / "one", tmp_path / "two"]
    script.write_text(ORPHAN)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(script), *map(str, signs)], env=environment) as parent:
        until(lambda: all(sign.exists() for sign in signs))
        parent.kill()
    time.sleep(1)
    before = [sign.read_text() for sign in signs]
    time.sleep(0.5)
    assert [sign.read_text() for sign in signs] == before
    tally("workers that ended with their parent", 2)


def until(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
