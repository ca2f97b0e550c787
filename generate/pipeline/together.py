"""Tasks side by side in processes of their own, none of which outlives the one that started it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import TypeVar

from generate.pipeline.errors import UserError
from generate.pipeline.memory import shortage
from generate.pipeline.stopping import deaf, end_children

Done = TypeVar("Done")


class WorkerLost(UserError):
    """A process at work was ended by others; the message says why they may have."""


def side_by_side(jobs: int, tasks: Sequence[Callable[[], Done]]) -> Iterator[Done]:
    """What tasks return, as they finish, ``jobs`` at once: one alone in this process, several in others.

    When this process is told to stop, or nobody waits for the rest, those at work are ended at once.

    Raises:
        Whatever a task raises; those that have not begun are then given up.
        WorkerLost: a process has ended without a word.
    """
    if min(jobs, len(tasks)) <= 1:
        for task in tasks:
            yield task()
        return
    others = active_children()
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), get_context("spawn"), initializer=_end_with_parent)
    try:
        with deaf():
            begun = [pool.submit(task) for task in tasks]
        for done in as_completed(begun):
            yield done.result()
    except BrokenExecutor as error:
        raise WorkerLost(f"{shortage(error)}. Nothing finished is lost; the same command goes on.") from error
    except (KeyboardInterrupt, GeneratorExit):
        end_children(others)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """A worker whose parent was killed would train on, beside whoever starts again."""

    def watch() -> None:
        parent = parent_process()
        if parent:
            wait([parent.sentinel])
            os._exit(1)

    Thread(target=watch, daemon=True).start()
