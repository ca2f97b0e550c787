"""How things are timed, on clocks that do as told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.rows import BenchmarkError
from tests.benchmarks.timing import (
    Clock,
    median_seconds,
    run_command,
    side_by_side,
    tree_memory,
    watch_command,
)


class Machine:
    """A clock that advances by what each call costs; ``slow`` turns take ten times as long."""

    def __init__(self, slow: tuple[int, ...] = ()) -> None:
        self.now = 0.0
        self.order: list[str] = []
        self.slow = slow

    def block(self, name: str, seconds: float) -> Clock:
        def run() -> float:
            turn = len(self.order) // 2
            self.now += seconds * (10 if turn in self.slow else 1)
            self.order.append(name)
            return self.now

        return run

    def clock(self) -> float:
        return self.now


def test_blocks_alternate_and_the_first_of_each_does_not_count() -> None:
    machine = Machine()
    pairs = side_by_side(machine.block("o", 2.0), machine.block("b", 6.0), 3, machine.clock)
    assert "".join(machine.order) == "ob" + "ob" + "bo" + "ob"
    assert pairs.ours == (2.0, 2.0, 2.0)
    assert pairs.baseline == (6.0, 6.0, 6.0)
    assert pairs.speedup == 3.0
    assert pairs.slowdown == pytest.approx(1 / 3)


def test_a_noisy_moment_changes_no_ratio() -> None:
    machine = Machine(slow=(0, 2, 3))
    pairs = side_by_side(machine.block("o", 2.0), machine.block("b", 6.0), 4, machine.clock)
    assert max(pairs.ours) == 20.0
    assert pairs.speedup == pytest.approx(3.0)


def test_noise_that_meets_one_block_alone_drops_out() -> None:
    times = iter([0.0, 2.0, 2.0, 8.0, 8.0, 14.0, 14.0, 34.0, 34.0, 36.0, 36.0, 42.0])
    pairs = side_by_side(lambda: None, lambda: None, 3, lambda: next(times))
    assert pairs.ours == (2.0, 20.0, 2.0)
    assert pairs.speedup == 3.0


def test_a_median_leaves_out_the_first_call() -> None:
    def clocks() -> Iterator[float]:
        yield from (0.0, 1.0, 5.0, 14.0, 20.0, 22.0)

    times = clocks()
    assert median_seconds(lambda: None, 3, lambda: next(times)) == 2.0


def test_a_command_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="no such verb"):
        run_command([sys.executable, "-c", "raise SystemExit('no such verb')"], tmp_path, os.environ)


def test_memory_counts_children(tmp_path: Path) -> None:
    held = 60_000_000
    child = f"import time; held = bytearray(b'x') * {held}; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    seconds, peak = watch_command([sys.executable, "-c", parent], tmp_path, os.environ, pause=0.05)
    assert seconds > 0.5
    assert held < peak < 10 * held


def test_a_process_that_is_gone_holds_nothing() -> None:
    assert tree_memory(os.getpid()) > 1_000_000
    assert tree_memory(2**30) == 0
