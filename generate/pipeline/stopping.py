"""A process that is told to end takes those along that it has started."""

from __future__ import annotations

import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from threading import current_thread, main_thread
from types import FrameType

DEMANDS = (signal.SIGINT, signal.SIGTERM)  # Ctrl-C or a stop button; a supervisor, or `kill`


class Stopped(KeyboardInterrupt):
    """A signal has told this process to end; ``code`` is the exit code that says so to a shell."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Answer a demand to end by ending every process started meanwhile, and then with ``Stopped``.

    The demand may have reached this process alone. Whoever waits for a process must not wait for its work.
    """
    if current_thread() is not main_thread():  # which signals do not reach
        yield
        return
    others = active_children()

    def stop(number: int, _: FrameType | None) -> None:
        end_children(others)
        raise Stopped(number)

    # SIGINT too: a shell that starts a process in the background has it ignored.
    before = {number: signal.signal(number, stop) for number in DEMANDS}
    try:
        yield
    except Stopped:
        # This process is ending. Somebody impatient shall not read a traceback for it.
        before = dict.fromkeys(DEMANDS, signal.SIG_IGN)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def end_children(spared: Collection[BaseProcess] = ()) -> None:
    """Kill the processes that this one has started: their files are whole or not there at all."""
    for child in active_children():
        if child not in spared:
            child.kill()


@contextmanager
def deaf() -> Iterator[None]:
    """Have the processes that are started meanwhile not hear Ctrl-C, which a terminal sends to all at once.

    Each would answer with a traceback of its own. The process that started them hears it, and ends them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
