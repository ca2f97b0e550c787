"""Group ``gpu``: steps captured as a CUDA graph against steps launched one kernel at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import torch

from generate.training.trainer import Trainer
from tests.benchmarks.context import Context
from tests.benchmarks.rows import Row
from tests.benchmarks.timing import side_by_side
from tests.benchmarks.training import FAMILIES, trainer_block, trainer_of

BATCH, LOSSES = 128, 20


def gpu(context: Context) -> Iterator[Row]:
    """Milliseconds a step at batch 128, and how far the first losses of the two are apart."""
    device = torch.cuda.get_device_name()
    for run in FAMILIES:
        context.say(f"{run.name} on {device}")
        wide = replace(run, optimisation=replace(run.optimisation, batch_size=BATCH))
        captured = trainer_of(wide, context, "cuda")
        launched = trainer_of(wide, context, "cuda", eager=True)
        apart = largest_difference(first_losses(captured), first_losses(launched))
        ours, theirs = (trainer_block(trainer, context.steps) for trainer in (captured, launched))
        pairs = side_by_side(ours, theirs, context.blocks)
        quick, slow = (1e3 * median(found) / context.steps for found in (pairs.ours, pairs.baseline))
        yield Row(run.name, quick, "ms", slow, pairs.speedup, ">= 4 x", device=device)
        yield Row(f"{run.name}, largest relative difference", apart, device=device)


def first_losses(trainer: Trainer, count: int = LOSSES) -> list[float]:
    """The first loss of each of the next steps."""
    return [next(iter(trainer.advance().values())).item() for _ in range(count)]


def largest_difference(ours: list[float], theirs: list[float]) -> float:
    """The largest relative difference of two lists of losses."""
    return max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))
