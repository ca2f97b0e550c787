"""One process at a time in a folder; the others wait, and say for whom."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from generate.pipeline.files import StoreError
from generate.pipeline.store import read_json, write_json


@contextmanager
def alone(folder: Path, doing: str) -> Iterator[None]:
    """Have ``folder`` for oneself; while another process has it, say which and wait.

    The system takes the lock from a process that ends, however it ends, so none is ever left behind.

    Raises:
        StoreError: the folder cannot be written to.
    """
    holder = folder / ".lock.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            print(f"{_told(holder)} is at work in {folder}. Waiting until it has ended ...", flush=True)
            lock.acquire()
    except OSError as error:
        raise StoreError(f"cannot lock {folder}: {error.strerror}. Is it writable?") from error
    try:
        write_json(holder, {"doing": doing, "process": os.getpid(), "host": platform.node(), "since": _now()})
        yield
    finally:
        lock.release()


def _told(holder: Path) -> str:
    try:
        who = read_json(holder)
        return f"`{who['doing']}` (process {who['process']} on {who['host']}, since {who['since']})"
    except (StoreError, KeyError):
        return "Another process"


def _now() -> str:
    return time.strftime("%H:%M:%S")
