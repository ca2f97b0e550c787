"""Runs: train those that are missing, several at once if asked, and read them back."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import RLock
from typing import Any

import joblib
import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from generate.cluster import connected, train_on
from generate.data import Split
from generate.device import measuring_device, precision_on
from generate.estimate import in_words, training_seconds
from generate.experiments import Run
from generate.job import CARD, train_run
from generate.pipeline.files import DAMAGED, RESTORE, StoreError, faulty, set_aside
from generate.pipeline.store import read_json, read_tensors
from generate.pipeline.together import side_by_side
from generate.training import WEIGHTS
from generate.workspace import Workspace

FEWEST = 10  # samples that a small budget leaves
WORTH_ASKING = 20_000  # images to train on, before it is found out how long that will take


@dataclass(frozen=True)
class Trained:
    """A finished run on disk: its model, its snapshots, and what it recorded."""

    run: Run
    folder: Path
    device: str = "cpu"
    effort: float = 1.0

    @property
    def card(self) -> dict[str, Any]:
        """Configuration, record, files and provenance, as written when training ended."""
        return read_json(self.folder / CARD)

    def some(self, count: int) -> int:
        """How many of ``count`` samples, codes or steps to measure it by: fewer where the budget is small."""
        return max(min(count, FEWEST), round(count * self.effort))

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
    return Trained(workspace.run(run), folder, measuring_device(workspace.device), workspace.budget.effort)


def damage(workspace: Workspace, run: Run) -> str | None:
    """What is wrong with a run that was finished."""
    folder = workspace.folder(run)
    try:
        card = read_json(folder / CARD)
        if told := workspace.changed(run, card):
            return told
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
            _forecast(workspace, missing, split)
            _train_here(workspace, missing)
    _final_model.cache_clear()
    return missing


def _forecast(workspace: Workspace, runs: list[Run], split: Split) -> None:
    """Say about how long trainings will take, unless they take no longer than to find out."""
    here = [workspace.run(run) for run in runs]
    if sum(run.optimisation.images_seen for run in here) < WORTH_ASKING:
        return
    jobs, threads = shares(workspace.jobs)
    jobs = min(jobs, len(runs))
    with limited(threads):
        seconds = training_seconds(here, split, workspace.device, jobs)
    precision = precision_on(workspace.device)
    print(f"This will take about {in_words(seconds)} here, in {precision}, {jobs} at once.", flush=True)


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
