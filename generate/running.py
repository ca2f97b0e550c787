"""Runs: train those that are missing, several at once if asked, and read them back."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import joblib
import torch
from tqdm import tqdm

from generate.cluster import connected, train_on
from generate.experiments import Run
from generate.job import train_run
from generate.pipeline.store import read_json, read_tensors
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
        """Configuration, record and provenance, as written when training ended."""
        content: dict[str, Any] = read_json(self.folder / "run.json")
        return content

    def model(self) -> Any:
        """The final averaged model, of the class that the run's configuration builds, ready to evaluate."""
        return _final_model(self)

    def snapshots(self) -> Iterator[tuple[int, Any]]:
        """Images seen and the averaged model at that moment, in order."""
        for path in sorted((self.folder / "snapshots").glob("*.safetensors")):
            yield int(path.stem), load_model(self.run, path, self.device)


@cache
def _final_model(run: Trained) -> Any:
    return load_model(run.run, run.folder / "weights.safetensors", run.device)


def load_model(run: Run, path: Path, device: str) -> Any:
    """A run's model with weights from a file, in evaluation mode and float32."""
    model = run.model.learner(run.optimisation).model
    model.load_state_dict(read_tensors(path))
    return model.to(device).to(memory_format=torch.channels_last).eval().requires_grad_(False)


def trained(workspace: Workspace, run: Run) -> Trained | None:
    """The finished run, or None if it is missing, unfinished or of another configuration."""
    folder = workspace.folder(run)
    if not (folder / "run.json").exists():
        return None
    return Trained(workspace.run(run), folder, workspace.device)


def ensure(workspace: Workspace, runs: Iterable[Run], fresh: bool = False) -> list[Run]:
    """Train the runs that are not there and say which were trained.

    ``workspace.jobs`` of them at a time, or on the cluster of ``workspace.scheduler``.

    Raises:
        Diverged: a run's loss stopped being finite.
        ClusterError: the cluster is not there or gave up.
    """
    runs = list(runs)
    missing = runs if fresh else [run for run in runs if trained(workspace, run) is None]
    if not missing:
        return []
    split = workspace.dataset_images.train  # before anything is deleted: it may not be there
    with connected(workspace.scheduler) as client:  # before anything is deleted, too
        if fresh:
            for run in runs:
                shutil.rmtree(workspace.folder(run), ignore_errors=True)
        names = ", ".join(run.name for run in missing)
        print(f"Training {len(missing)} of {len(runs)} runs on {len(split):,} images: {names}", flush=True)
        if client:
            train_on(client, workspace, missing, fresh)
        else:
            _train_here(workspace, missing)
    _final_model.cache_clear()
    return missing


def _train_here(workspace: Workspace, runs: list[Run]) -> None:
    jobs, threads = shares(workspace.jobs, len(runs))
    for _ in side_by_side(
        jobs, [partial(_train, workspace, run, threads, place % jobs) for place, run in enumerate(runs)]
    ):
        pass


def shares(jobs: int, tasks: int) -> tuple[int, int]:
    """How many processes work at once, and the threads of each: together never more than there are cores."""
    cores = joblib.cpu_count()
    jobs = max(1, min(jobs or cores, tasks, cores))
    return jobs, max(1, min(torch.get_num_threads(), cores) // jobs)


def side_by_side(jobs: int, tasks: Sequence[Callable[[], Done]]) -> Iterator[Done]:
    """What tasks return, as they finish, ``jobs`` at once: one alone in this process, several in others.

    Raises:
        Whatever a task raises; those that have not begun are then given up.
    """
    if jobs == 1:
        for task in tasks:
            yield task()
        return
    pool = ProcessPoolExecutor(jobs, get_context("spawn"))
    try:
        for done in as_completed([pool.submit(task) for task in tasks]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _train(workspace: Workspace, run: Run, threads: int, position: int) -> None:
    torch.set_num_threads(threads)
    with _bar(run.name, workspace.run(run).optimisation.images_seen, position) as bar:

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
