"""Train runs that are missing, several at once if asked."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from functools import partial
from threading import RLock

import joblib
import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from generate.data import Split
from generate.device import precision_on
from generate.experiments import Run
from generate.pipeline.errors import UserError
from generate.pipeline.files import DAMAGED, set_aside
from generate.pipeline.together import side_by_side
from generate.training.cluster import connected, train_on
from generate.training.estimate import in_words, training_seconds
from generate.training.finished import damage, finished
from generate.training.job import CARD, train_run
from generate.workspace import Workspace

WORTH_ASKING = 20_000  # images to train on, before it is found out how long that will take
LONG = 600.0  # seconds of training that nobody should be surprised by


class NotAgreed(UserError):
    """A long training was not begun; the message says how to."""


def ensure(
    workspace: Workspace,
    runs: Iterable[Run],
    fresh: bool = False,
    agreed: Callable[[], bool] = lambda: True,
    then: str = "",
) -> list[Run]:
    """Train the runs that are not there and say which were trained.

    ``workspace.jobs`` of them at a time, or on the cluster of ``workspace.scheduler``. What is to be done is
    said before, with what comes ``then``; more than ten minutes must be ``agreed`` to.

    Raises:
        NotAgreed: they were not; nothing has been done.
        Diverged: a run went where nothing can be learned from it.
        ClusterError: the cluster is not there or gave up.
    """
    runs = list(runs)
    missing = runs if fresh else [run for run in runs if finished(workspace, run) is None]
    if not missing:
        return []
    split = workspace.dataset_images.train  # before anything is deleted: it may not be there
    with connected(workspace.scheduler) as client:  # before anything is deleted, too
        names = ", ".join(run.name for run in missing)
        after = f"; then {then}" if then else ""
        print(f"{counted(missing, 'run')} to train on {len(split):,} images{after}: {names}", flush=True)
        if not client and _forecast(workspace, missing, split) > LONG and not agreed():
            raise NotAgreed("more than ten minutes of training are begun with --yes, or YES=1 to make.")
        for run in runs:
            _make_room(workspace, run, fresh)
        if client:
            train_on(client, workspace, missing, fresh)
        else:
            _train_here(workspace, missing)
    return missing


def counted(things: Sized, name: str) -> str:
    """So many things of a name."""
    return f"{len(things)} {name}{'s' * (len(things) != 1)}"


def _forecast(workspace: Workspace, runs: list[Run], split: Split) -> float:
    """Say about how many seconds trainings will take, unless they take no longer than to find out."""
    here = [workspace.within_budget(run) for run in runs]
    if sum(run.optimisation.images_seen for run in here) < WORTH_ASKING:
        return 0.0
    jobs, threads = processes_and_threads(workspace.jobs)
    jobs = min(jobs, len(runs))
    with limited(threads):
        seconds = training_seconds(here, split, workspace.device, jobs)
    precision = precision_on(workspace.device)
    print(f"This will take about {in_words(seconds)} here, in {precision}, {jobs} at once.", flush=True)
    return seconds


def _make_room(workspace: Workspace, run: Run, fresh: bool) -> None:
    """Take out of the way what must not be resumed."""
    folder = workspace.folder(run)
    card = folder / CARD
    if fresh:  # the card first, so that nothing half-deleted looks finished
        card.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    elif card.exists() and (told := damage(workspace, run)):
        kept = set_aside(folder, workspace.runs / DAMAGED)
        print(f"{run.name} is damaged: {told}. It is now in {kept} and is trained again.", flush=True)


def _train_here(workspace: Workspace, runs: list[Run]) -> None:
    jobs, threads = processes_and_threads(workspace.jobs)
    for _ in side_by_side(
        jobs, [partial(_train, workspace, run, threads, place % jobs) for place, run in enumerate(runs)]
    ):
        pass


def processes_and_threads(jobs: int) -> tuple[int, int]:
    """How many processes work at once, and the threads of each: together never more than there are cores.

    However little there is to do: the number of threads decides in which order sums are taken, and what
    is left after an interruption must come out as if there had been none.
    """
    cores = joblib.cpu_count()
    jobs = max(1, min(jobs or cores, cores))
    return jobs, max(1, min(torch.get_num_threads(), cores) // jobs)


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Compute with so many threads, in PyTorch and in the libraries that it does not speak for."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads):
            yield
    finally:
        torch.set_num_threads(before)


def _train(workspace: Workspace, run: Run, threads: int, position: int) -> None:
    images = workspace.within_budget(run).optimisation.images_seen
    with limited(threads), _bar(run.name, images, position) as bar:

        def progress(count: int, status: str) -> None:
            bar.update(count)
            if status:
                bar.set_postfix_str(status, refresh=False)

        train_run(workspace, run, progress)


def _bar(name: str, total: int, position: int) -> tqdm:
    """A progress bar with images per second and time left; in a log file, a line every half minute."""
    terminal = sys.stderr.isatty()
    tqdm.set_lock(RLock())  # its own is shared with processes, and a warning says so if one is killed
    return tqdm(
        desc=f"{name:<10}",
        total=total,
        unit="img",
        unit_scale=True,
        position=position if terminal else None,
        mininterval=0.2 if terminal else 30,
        dynamic_ncols=terminal,
    )
