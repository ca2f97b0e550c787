"""A learner in training: batches, rates, the average of its weights, and the step it has reached."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from generate.data import Split
from generate.models.configs import Config
from generate.models.learner import Batch, Metrics, autocast, recalibrate
from generate.models.optimisation import Optimisation
from generate.training.graphs import Captured

_BATCHES, _NOISE, _HELD_OUT = range(3)
MOMENTS = ("exp_avg", "exp_avg_sq")  # what Adam remembers of each weight
EXPLODED = 1e6  # no run here has had a gradient with a norm above 1,300, and that at its first step
RECALIBRATED_ON, SHOWN = 8, 4  # batches: what statistics are gathered from, and what variety is looked for in
EMA_EVERY = 4  # steps; an update of the average reads every weight, 2 % of a small model's step


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
        if self.step % EMA_EVERY == 0:
            self._update_ema()
        return metrics

    def recalibrate(self, images: int | None = None) -> None:
        """Give the averaged model batch-norm statistics of its own, from the first training images."""
        batch = self._first(images or RECALIBRATED_ON * self.optimisation.batch_size)
        with autocast(self.optimisation.precision, batch.images.device):
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
            with autocast(self.optimisation.precision, batch.images.device):
                losses = self.model.losses(batch)
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + value.item() * len(images) / len(split)
        return sums

    def state(self) -> dict[str, Tensor]:
        """Every tensor that a resumed run needs, by name."""
        found = {f"learner.{name}": value for name, value in self.learner.model.state_dict().items()}
        found |= {f"ema.{name}": value for name, value in self.model.state_dict().items()}
        for place, optimizer in enumerate(self.learner.optimizers):
            for number, memory in optimizer.state_dict()["state"].items():
                found |= {f"optimizer.{place}.{number}.{name}": value for name, value in memory.items()}
        return found

    def restore(self, step: int, state: Mapping[str, Tensor]) -> None:
        """Go back to a saved state.

        Raises:
            ValueError: it is not a state of this model; nothing was changed.
        """
        models = {"learner.": self.learner.model, "ema.": self.model}
        for prefix, model in models.items():
            if _shapes(_below(state, prefix)) != _shapes(model.state_dict()):
                raise ValueError("it is of another model")
        memories = [
            (optimizer, parameter, _below(state, f"optimizer.{place}.{number}."))
            for place, optimizer in enumerate(self.learner.optimizers)
            for number, parameter in enumerate(_parameters(optimizer))
        ]
        if not all(_remembers(memory, parameter) for _, parameter, memory in memories):
            raise ValueError("it is of another optimiser")
        for prefix, model in models.items():
            model.load_state_dict(_below(state, prefix))
        for optimizer, parameter, memory in memories:
            optimizer.state[parameter] = {name: _like(parameter, value) for name, value in memory.items()}
        self.step = step
        self._begin()

    def fault(self) -> str | None:
        """What has gone wrong with the weights or with the last gradient, if anything has."""
        for owner, model in (("learner", self.learner.model), ("average", self.model)):
            for name, weights in model.named_parameters():
                if not weights.isfinite().all():
                    return f"a weight of the {owner}'s {name} is not a finite number"
        parameters = [one for optimizer in self.learner.optimizers for one in _parameters(optimizer)]
        gradients = [one.grad.norm() for one in parameters if one.grad is not None]
        norm = torch.stack(gradients).norm().item() if gradients else 0.0
        return None if norm <= EXPLODED else f"the gradient has exploded: its norm is {norm:.3g}"

    def collapse(self) -> str | None:
        """Whether what the averaged model generates has come to be one and the same, and how far."""
        with torch.no_grad(), autocast(self.optimisation.precision, torch.device(self.device)):
            return self.model.collapse(self._first(SHOWN * self.optimisation.batch_size))

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
    def _update_ema(self) -> None:
        # A short memory at first, so that the average does not drag the initial weights along.
        decay = min(self.optimisation.ema_decay, (1 + self.step) / (10 + self.step)) ** EMA_EVERY
        ours: list[Tensor] = list(self.model.parameters())
        theirs: list[Tensor] = list(self.learner.model.parameters())
        torch._foreach_lerp_(ours, theirs, 1 - decay)

    def _first(self, images: int) -> Batch:
        index = slice(0, images)
        return Batch(self.data.inputs(index), self.data.labels[index], self._generator(_HELD_OUT, 0))

    def _generator(self, stream: int, index: int) -> torch.Generator:
        seed = mixed_seed(self.optimisation.seed, stream, index)
        return torch.Generator(self.device).manual_seed(seed)


def _below(state: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def _shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in state.items()}


def _parameters(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _remembers(memory: Mapping[str, Tensor], parameter: Tensor) -> bool:
    """Whether a memory is Adam's of this parameter."""
    return _shapes(memory) == {"step": torch.Size(), **dict.fromkeys(MOMENTS, parameter.shape)}


def _like(parameter: Tensor, value: Tensor) -> Tensor:
    """A memory beside its parameter and in its layout, which Adam's fused kernel takes for granted."""
    if value.shape == parameter.shape:
        return torch.empty_like(parameter).copy_(value)
    return value.to(parameter.device)


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
