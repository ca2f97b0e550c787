"""A run's first steps as a fingerprint of what it learns."""

from __future__ import annotations

import math

from generate.data import Split
from generate.models.configs import Config
from generate.models.optimisation import Optimisation
from generate.training.trainer import Trainer

# Relative. Other kernels and thread counts were measured to change losses by up to 6e-6 and the distance
# moved by 1e-3, where a short warm-up starts with large steps; taking the variety channel from the
# discriminator changes its first losses by 1e-4.
TOLERANCES = {"losses": 3e-5, "moved": 5e-3, "held_out": 5e-3}

STEPS, RECALIBRATED_ON, HELD_OUT = 5, 64, 64  # optimisation steps, images, images


def replay(
    config: Config, optimisation: Optimisation, data: Split, steps: int = STEPS
) -> dict[str, list[float]]:
    """The first steps of a run on a small data set, in float32 on the CPU: a fingerprint of its behaviour.

    Losses tell whether objective, networks and initialisation are as they were; the distance the
    weights moved tells the same of the optimiser and its schedule, even where warm-up keeps it small; what
    the averaged model loses on other images tells it of the average and of its batch-norm statistics.
    """
    small = Optimisation(**{**vars(optimisation), "precision": "float32", "batch_size": 16})
    trainer = Trainer(config, small, data, "cpu")
    before = [weight.clone() for weight in trainer.learner.model.parameters()]
    losses = [next(iter(trainer.advance().values())).item() for _ in range(steps)]
    after = trainer.learner.model.parameters()
    moved = sum((new - old).square().sum().item() for new, old in zip(after, before, strict=True))
    trainer.recalibrate(RECALIBRATED_ON)
    found = trainer.held_out(Split(data.images[-HELD_OUT:], data.labels[-HELD_OUT:]))
    return {"losses": losses, "moved": [math.sqrt(moved)], "held_out": [next(iter(found.values()))]}
