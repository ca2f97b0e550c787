"""A learner in training: batches, rates, the average of its weights, and the step it has reached."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.data import Split
from generate.graphs import Captured
from generate.models.configs import Config, Optimisation
from generate.models.learner import Batch, Metrics, recalibrate, reduced

_BATCHES, _NOISE, _HELD_OUT = range(3)
AVERAGE_EVERY = 4  # steps; an update of the average reads every weight, 2 % of a small model's step


class Trainer:
    """A learner, its averaged weights and the step it has reached.

    All randomness is a function of (seed, step), so a resumed run needs no generator state. Steps
    are recorded as graphs unless ``eager``, as they are by default wherever there is no GPU.
    """

    def __init__(
        self,
        config: Config,
        optimisation: Optimisation,
        data: Split,
        device: str,
        eager: bool | None = None,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(optimisation.seed)
            self.learner = config.learner(optimisation)
        self.learner.model.to(device=device).to(memory_format=torch.channels_last)
        self.model = copy.deepcopy(self.learner.model)
        self.optimisation = optimisation
        self.data = data.to(device)
        self.device = device
        self.step = 0
        self._noise = torch.Generator(device)
        self._rate = torch.zeros((), device=device)
        self._eager = torch.device(device).type != "cuda" if eager is None else eager
        self._begin()

    def advance(self) -> Metrics:
        """Take the next optimisation step and move the average after it."""
        self._set_rate(self.optimisation.learning_rate * rate(self.step, self.optimisation))
        self._noise.manual_seed(mixed_seed(self.optimisation.seed, _NOISE, self.step))
        metrics = self._take(self._index(), self.step)
        self.step += 1
        if self.step % AVERAGE_EVERY == 0:
            self._average()
        return metrics

    def settle(self, images: int = 512) -> None:
        """Give the averaged model batch-norm statistics of its own, from the first training images."""
        index = slice(0, images)
        batch = Batch(self.data.inputs(index), self.data.labels[index], self._generator(_HELD_OUT, 0))
        with reduced(self.optimisation.precision, batch.images.device):
            recalibrate(self.model, batch)

    @torch.no_grad()
    def held_out(self, split: Split, chunk: int = 250) -> dict[str, float]:
        """The averaged model's losses on images it was not trained on."""
        noise = self._generator(_HELD_OUT, 1)
        sums: dict[str, float] = {}
        for start in range(0, len(split), chunk):
            index = slice(start, start + chunk)
            images, labels = split.inputs(index), split.labels[index]
            batch = Batch(images.to(self.device), labels.to(self.device), noise)
            with reduced(self.optimisation.precision, batch.images.device):
                losses = self.model.losses(batch)
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + value.item() * len(images) / len(split)
        return sums

    def state(self) -> dict[str, Any]:
        """Everything a resumed run needs."""
        return {
            "step": self.step,
            "learner": self.learner.model.state_dict(),
            "average": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.learner.optimizers],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.step = state["step"]
        self.learner.model.load_state_dict(state["learner"])
        self.model.load_state_dict(state["average"])
        for optimizer, saved in zip(self.learner.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self._begin()

    def _begin(self) -> None:
        """Take steps with the tensors that learner and optimisers hold now."""
        self._take = self._learn if self._eager else Captured(self._learn, self.learner, self._noise)

    def _learn(self, index: Tensor, number: int) -> Metrics:
        batch = Batch(self.data.inputs(index), self.data.labels[index], self._noise, number)
        return self.learner.step(batch)

    def _set_rate(self, value: float) -> None:
        for optimizer in self.learner.optimizers:
            for group in optimizer.param_groups:
                # A graph reads the rate from memory, where a tensor keeps its place.
                group["lr"] = value if self._eager else self._rate.fill_(value)

    def _index(self) -> Tensor:
        """The places (batch,) of the next batch's images; every epoch in an order of its own."""
        size = min(self.optimisation.batch_size, len(self.data))
        epoch, place = divmod(self.step, len(self.data) // size)
        if place == 0 or not hasattr(self, "_order"):
            shuffle = torch.Generator().manual_seed(mixed_seed(self.optimisation.seed, _BATCHES, epoch))
            self._order = torch.randperm(len(self.data), generator=shuffle).to(self.device)
        return self._order[place * size : (place + 1) * size]

    @torch.no_grad()
    def _average(self) -> None:
        # A short memory at first, so that the average does not drag the initial weights along.
        decay = min(self.optimisation.average, (1 + self.step) / (10 + self.step)) ** AVERAGE_EVERY
        ours: list[Tensor] = list(self.model.parameters())
        theirs: list[Tensor] = list(self.learner.model.parameters())
        torch._foreach_lerp_(ours, theirs, 1 - decay)

    def _generator(self, stream: int, index: int) -> torch.Generator:
        seed = mixed_seed(self.optimisation.seed, stream, index)
        return torch.Generator(self.device).manual_seed(seed)


def mixed_seed(*parts: int) -> int:
    """One 32-bit seed for a tuple of small numbers, well mixed."""
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def rate(step: int, optimisation: Optimisation) -> float:
    """The learning rate's factor in (0, 1]: linear warm-up, then cosine decay to 2 %."""
    warmup = max(1, round(optimisation.warmup * optimisation.steps))
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, optimisation.steps - warmup)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
