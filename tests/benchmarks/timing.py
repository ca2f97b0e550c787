"""How things are timed: blocks side by side, whole commands, the memory of a process and its children."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks.rows import BenchmarkError

Clock = Callable[[], float]
Block = Callable[[], object]


@dataclass(frozen=True)
class Pairs:
    """Seconds of blocks of ours and of the baseline that ran next to each other."""

    ours: tuple[float, ...]
    baseline: tuple[float, ...]

    @property
    def slowdown(self) -> float:
        """How many times longer ours takes: the median over pairs, in which a noisy moment drops out."""
        return median(ours / baseline for ours, baseline in zip(self.ours, self.baseline, strict=True))

    @property
    def speedup(self) -> float:
        """How many times longer the baseline takes, likewise."""
        return median(baseline / ours for ours, baseline in zip(self.ours, self.baseline, strict=True))


def side_by_side(ours: Block, baseline: Block, blocks: int, clock: Clock = time.perf_counter) -> Pairs:
    """Time blocks of both, each going first every other time, after one of each that does not count."""
    ours()
    baseline()
    pairs = []
    for turn in range(blocks):
        if turn % 2 == 0:
            first = timed(ours, clock)
            pairs.append((first, timed(baseline, clock)))
        else:
            first = timed(baseline, clock)
            pairs.append((timed(ours, clock), first))
    mine, theirs = zip(*pairs, strict=True)
    return Pairs(mine, theirs)


def median_seconds(block: Block, blocks: int, clock: Clock = time.perf_counter) -> float:
    """The median time of a block, after one that does not count."""
    block()
    return median(timed(block, clock) for _ in range(blocks))


def timed(block: Block, clock: Clock = time.perf_counter) -> float:
    """Seconds that one call takes."""
    started = clock()
    block()
    return clock() - started


def run_command(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Seconds that a whole process takes, its start included.

    Raises:
        BenchmarkError: the command failed; the message ends with its last lines.
    """
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise BenchmarkError(f"`{' '.join(command)}` failed:\n{done.stdout[-2_000:]}")
    return seconds


def watch_command(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], pause: float = 1.0
) -> tuple[float, int]:
    """Seconds that a process takes and the most bytes it held with its children; its output is shown.

    Raises:
        BenchmarkError: the command failed.
    """
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen(command, cwd=folder, env=dict(environment))
    try:
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            try:
                process.wait(timeout=pause)
            except subprocess.TimeoutExpired:
                continue
    finally:
        process.terminate()
    if process.returncode:
        raise BenchmarkError(f"`{' '.join(command)}` failed; its own words are above")
    return time.perf_counter() - started, peak


def tree_memory(pid: int) -> int:
    """Bytes that a process and its children hold now; shared pages count once where that is known."""
    try:
        parent = psutil.Process(pid)
        return sum(_memory(process) for process in (parent, *parent.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def _memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.uss))
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:  # it ended while the others were counted
        return 0
