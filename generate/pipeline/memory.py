"""How much memory is left, and what to say when it has run out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
# As PyTorch words it, on a CPU and on GPUs, and whoever loads it.
_WORDS = (
    *("allocate memory", "not enough memory", "out of memory", "alloc_failed", "storage size calculation"),
    *("failed to map segment", "can't start new thread"),
)


def free() -> int:
    """The bytes that may still be taken: what the system has left, within what a container is allowed."""
    return min(_bounds())


def shortage(error: Exception) -> str | None:
    """What to say of an error if memory has run out; None if it is another."""
    told = f"{type(error).__name__}: {error}".lower()
    if isinstance(error, BrokenExecutor):
        what = "a process at work has ended without a word, as they do where memory runs out"
    elif not isinstance(error, MemoryError) and not any(words in told for words in _WORDS):
        return None
    else:
        on_gpu = any(words in told for words in ("outofmemoryerror", "cublas", "mps backend"))
        what = "the GPU's memory has run out" if on_gpu else "memory has run out"
    return f"{what}. Ask for less at once, with --jobs 1 (JOBS=1) or a smaller --count, or end other programs"


def _bounds() -> Iterator[int]:
    yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for name in _LIMITS:
        text = _read(name).strip()
        if text.isdigit():  # "max" where there is no limit
            yield int(text)
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield 1024 * int(line.split()[1])


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError:  # another system, or another version of this one
        return ""
