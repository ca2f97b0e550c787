"""What a model brings to the training loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from generate.device import precision_on
from generate.models.optimisation import Optimisation

Metrics = dict[str, Tensor]


@dataclass(frozen=True)
class Batch:
    """Images (N, 1, 28, 28) in [0, 1], labels (N,), the generator all noise must come from, and the step."""

    images: Tensor
    labels: Tensor
    noise: torch.Generator
    step: int = 0

    def normal(self, *shape: int) -> Tensor:
        """Standard normal noise on the images' device."""
        return torch.randn(*shape, device=self.images.device, generator=self.noise)


class Model(nn.Module, ABC):
    """Networks with an objective; what is averaged, measured and kept."""

    @abstractmethod
    def losses(self, batch: Batch) -> Metrics:
        """Scalars for a batch; the first is what is minimised or followed."""

    @abstractmethod
    def exercise(self, batch: Batch) -> None:
        """Pass typical inputs through every batch-norm layer, so that its statistics can be renewed."""

    def collapse(self, _: Batch) -> str | None:
        """What is wrong with the variety of what the model generates, if it could have lost it."""
        return None


class Learner(Protocol):
    """A model with its optimisers; ``step`` is one optimisation step and returns its metrics."""

    @property
    def model(self) -> Model:
        """The networks being trained."""

    optimizers: list[torch.optim.Optimizer]

    def step(self, batch: Batch) -> Metrics:
        """Take one step."""

    def kind(self, step: int) -> int:
        """Which of its few kinds of step comes at ``step``; those of a kind run the same operations."""


class Descent:
    """One objective, one optimiser: the learner of the AE, the VAE and the classifier."""

    def __init__(self, model: Model, optimisation: Optimisation) -> None:
        self.model = model
        self.optimizers = [adam(model, optimisation)]
        self._precision = optimisation.precision

    def step(self, batch: Batch) -> Metrics:
        """Minimise the model's first loss by one Adam step."""
        with autocast(self._precision, batch.images.device):
            losses = self.model.losses(batch)
        self.optimizers[0].zero_grad()
        torch.autograd.backward(next(iter(losses.values())))
        self.optimizers[0].step()
        return {name: value.detach() for name, value in losses.items()}

    def kind(self, _: int) -> int:
        """Every step is alike."""
        return 0


def adam(module: nn.Module, optimisation: Optimisation) -> torch.optim.Optimizer:
    """Adam (Kingma & Ba 2015) as every family uses it."""
    return torch.optim.Adam(
        module.parameters(), lr=optimisation.learning_rate, betas=optimisation.betas, fused=True
    )


def autocast(precision: str, device: torch.device) -> torch.autocast:
    """A context in which convolutions and products run in ``precision``, where the device is made for it."""
    dtype = getattr(torch, precision_on(device, precision))
    return torch.autocast(device.type, dtype=dtype, enabled=dtype is not torch.float32)


def recalibrate(model: Model, batch: Batch) -> None:
    """Renew batch-norm statistics for weights they were not gathered with (averaged weights)."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    with torch.no_grad(), _cumulative(norms):
        model.train()
        model.exercise(batch)
    model.eval()


@contextmanager
def _cumulative(norms: list[nn.BatchNorm2d]) -> Iterator[None]:
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    yield
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
