"""How long trainings will take here: a few steps of each kind of model are taken, and thrown away."""

from __future__ import annotations

import time
from collections.abc import Iterable

from generate.data import Split
from generate.experiments import Run
from generate.models.configs import Config
from generate.training.trainer import Trainer

WARM_UP = {"cpu": 1}  # steps; elsewhere those in which graphs are recorded
TIMED = 4  # steps; a GAN's penalty falls due every fourth
UPKEEP = 1.05  # times the steps alone: snapshots and checkpoints
SHARED_CORE = 1.2  # times longer that a step takes beside another


def training_seconds(runs: Iterable[Run], images: Split, device: str, jobs: int) -> float:
    """About how long runs will train, ``jobs`` at once.

    A model's size hardly matters beside its family and its batch size, so one of each stands for all.
    """
    known: dict[tuple[type[Config], int], float] = {}
    total = 0.0
    for run in runs:
        kind = type(run.model), run.optimisation.batch_size
        if kind not in known:
            known[kind] = _step_seconds(run, images, device)
        total += known[kind] * run.optimisation.steps
    return total * UPKEEP * (SHARED_CORE if jobs > 1 else 1) / jobs


def _step_seconds(run: Run, images: Split, device: str) -> float:
    trainer = Trainer(run.model, run.optimisation, images, device)
    for _ in range(WARM_UP.get(device, 16)):
        trainer.advance()
    started = time.perf_counter()
    steps = [trainer.advance() for _ in range(TIMED)]
    _ = [value.item() for value in steps[-1].values()]  # on a GPU this waits for the work
    return (time.perf_counter() - started) / TIMED


def in_words(seconds: float) -> str:
    """A length of time as one says it."""
    if seconds < 90:
        return f"{max(2, round(seconds, -1 if seconds > 20 else 0)):.0f} seconds"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
