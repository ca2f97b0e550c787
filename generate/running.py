"""Runs: train those that are missing, several at once if asked, and read them back."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import joblib
import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from generate.cluster import connected, train_on
from generate.experiments import Run
from generate.job import CARD, train_run
from generate.pipeline.files import DAMAGED, RESTORE, StoreError, faulty, set_aside
from generate.pipeline.store import read_json, read_tensors
from generate.training import WEIGHTS
from generate.workspace import Workspace

Done = TypeVar("Done")


@dataclass(frozen=True)
class Trained:
    """A finished run on disk: its model, its snapshots, and what it recorded."""

    run: Run
    folder: Path
    device: str = "cpu"

    @property
    def card(self) -> dict[str, Any]:
        """Configuration, record, files and provenance, as written when training ended."""
        return read_json(self.folder / CARD)

    def model(self) -> Any:
        """The final averaged model, of the class that the run's configuration builds, ready to evaluate."""
        return _final_model(self)

    def snapshots(self) -> Iterator[tuple[int, Any]]:
        """Images seen and the averaged model at that moment, in order."""
        for name, expected in sorted(self.card["files"].items()):
            if name != WEIGHTS:
                path = self.folder / name
                yield int(path.stem), load_model(self.run, path, self.device, expected)


@cache
def _final_model(run: Trained) -> Any:
    return load_model(run.run, run.folder / WEIGHTS, run.device, run.card["files"][WEIGHTS])


def load_model(run: Run, path: Path, device: str, expected: str | None = None) -> Any:
    """A run's model with weights from a file, in evaluation mode and float32.

    Raises:
        StoreError: the file is missing, damaged, or not the one with the SHA-256 ``expected``.
    """
    model = run.model.learner(run.optimisation).model
    tensors = read_tensors(path, expected)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise StoreError(f"{path} holds the weights of another model than {run.name}. {RESTORE}") from error
    return model.to(device).to(memory_format=torch.channels_last).eval().requires_grad_(False)


def trained(workspace: Workspace, run: Run) -> Trained | None:
    """The finished run, or None if it is missing, unfinished, damaged or of another configuration."""
    folder = workspace.folder(run)
    if not (folder / CARD).exists() or damage(workspace, run):
        return None
    return Trained(workspace.run(run), folder, workspace.device)


def damage(workspace: Workspace, run: Run) -> str | None:
    """What is wrong with a run that was finished."""
    folder = workspace.folder(run)
    try:
        card = read_json(folder / CARD)
        if card["key"] != workspace.run_key(run):
            return f"{CARD} is another run's"
        name = faulty(folder, card["files"])
    except StoreError as error:
        return str(error).removesuffix(f" {RESTORE}")
    except KeyError as error:
        return f"{CARD} is of another version: it has no {error}"
    return f"{name} is missing or damaged" if name else None


def ensure(workspace: Workspace, runs: Iterable[Run], fresh: bool = False) -> list[Run]:
    """Train the runs that are not there and say which were trained.

    ``workspace.jobs`` of them at a time, or on the cluster of ``workspace.scheduler``.

    Raises:
        Diverged: a run went where nothing can be learned from it.
        ClusterError: the cluster is not there or gave up.
    """
    runs = list(runs)
    missing = runs if fresh else [run for run in runs if trained(workspace, run) is None]
    if not missing:
        return []
    split = workspace.dataset_images.train  # before anything is deleted: it may not be there
    with connected(workspace.scheduler) as client:  # before anything is deleted, too
        for run in runs:
            _make_room(workspace, run, fresh)
        names = ", ".join(run.name for run in missing)
        print(f"Training {len(missing)} of {len(runs)} runs on {len(split):,} images: {names}", flush=True)
        if client:
            train_on(client, workspace, missing, fresh)
        else:
            _train_here(workspace, missing)
    _final_model.cache_clear()
    return missing


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
    jobs, threads = shares(workspace.jobs)
    for _ in side_by_side(
        jobs, [partial(_train, workspace, run, threads, place % jobs) for place, run in enumerate(runs)]
    ):
        pass


def shares(jobs: int) -> tuple[int, int]:
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


def side_by_side(jobs: int, tasks: Sequence[Callable[[], Done]]) -> Iterator[Done]:
    """What tasks return, as they finish, ``jobs`` at once: one alone in this process, several in others.

    Raises:
        Whatever a task raises; those that have not begun are then given up.
    """
    if min(jobs, len(tasks)) <= 1:
        for task in tasks:
            yield task()
        return
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), get_context("spawn"), initializer=_end_with_parent)
    try:
        for done in as_completed([pool.submit(task) for task in tasks]):
            yield done.result()
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


def _train(workspace: Workspace, run: Run, threads: int, position: int) -> None:
    images = workspace.run(run).optimisation.images_seen
    with limited(threads), _bar(run.name, images, position) as bar:

        def progress(count: int, status: str) -> None:
            bar.update(count)
            if status:
                bar.set_postfix_str(status, refresh=False)

        train_run(workspace, run, progress)


def _bar(name: str, total: int, position: int) -> Any:
    """A progress bar with images per second and time left; in a log file, a line every half minute."""
    terminal = sys.stderr.isatty()
    return tqdm(
        desc=f"{name:<10}",
        total=total,
        unit="img",
        unit_scale=True,
        position=position if terminal else None,
        mininterval=0.2 if terminal else 30,
        dynamic_ncols=terminal,
    )
