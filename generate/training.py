"""One loop for every family.

A model brings its step. The loop brings batches, rates, averages, history, snapshots and resume, and
never asks what it is training.
"""

from __future__ import annotations

import copy
import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.data import Split
from generate.models.configs import Config, Optimisation
from generate.models.learner import Batch, Metrics, Model, recalibrate, reduced
from generate.pipeline.errors import UserError
from generate.pipeline.store import StoreError, write_bytes, write_tensors

History = dict[str, list[float]]

HISTORY_MARKS = 96
SNAPSHOT_MARKS = 32
HELD_OUT_IMAGES = 2_000
_BATCHES, _NOISE, _HELD_OUT = range(3)


class Diverged(UserError):
    """A loss stopped being a finite number; the message names the step."""


class Trainer:
    """A learner, its averaged weights and the step it has reached.

    All randomness is a function of (seed, step), so a resumed run needs no generator state.
    """

    def __init__(self, config: Config, optimisation: Optimisation, data: Split, device: str) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(optimisation.seed)
            self.learner = config.learner(optimisation)
        self.learner.model.to(device=device).to(memory_format=torch.channels_last)
        self.model = copy.deepcopy(self.learner.model)
        self.optimisation = optimisation
        self.data = data.to(device)
        self.device = device
        self.step = 0

    def advance(self) -> Metrics:
        """Take the next optimisation step and move the average after it."""
        scale = rate(self.step, self.optimisation)
        for optimizer in self.learner.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.optimisation.learning_rate * scale
        metrics = self.learner.step(self._batch())
        self.step += 1
        self._average()
        return metrics

    def settle(self, images: int = 512) -> None:
        """Give the averaged model batch-norm statistics of its own, from the first training images."""
        index = slice(0, images)
        batch = Batch(self.data.inputs(index), self.data.labels[index], self._generator(_HELD_OUT, 0))
        with reduced(self.optimisation.precision, batch.images.device):
            recalibrate(self.model, batch)

    @torch.no_grad()
    def held_out(self, split: Split, chunk: int = 1_000) -> dict[str, float]:
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

    def _batch(self) -> Batch:
        size = min(self.optimisation.batch_size, len(self.data))
        epoch, place = divmod(self.step, len(self.data) // size)
        if place == 0 or not hasattr(self, "_order"):
            shuffle = torch.Generator().manual_seed(mixed_seed(self.optimisation.seed, _BATCHES, epoch))
            self._order = torch.randperm(len(self.data), generator=shuffle).to(self.device)
        index = self._order[place * size : (place + 1) * size]
        noise = self._generator(_NOISE, self.step)
        return Batch(self.data.inputs(index), self.data.labels[index], noise, self.step)

    @torch.no_grad()
    def _average(self) -> None:
        # A short memory at first, so that the average does not drag the initial weights along.
        decay = min(self.optimisation.average, (1 + self.step) / (10 + self.step))
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


@dataclass
class Record:
    """What a run tells of itself: mean training metrics and held-out metrics against images seen."""

    history: History = field(default_factory=dict)
    held_out: History = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, table: str, images_seen: int, metrics: dict[str, float]) -> None:
        """Append a row to ``history`` or ``held_out``."""
        for name, value in {"images_seen": images_seen, **metrics}.items():
            getattr(self, table).setdefault(name, []).append(float(value))


def train(
    trainer: Trainer, validation: Split, folder: Path, progress: Callable[[int, str], None] = lambda *_: None
) -> Record:
    """Train to the end, from the last checkpoint in ``folder`` if there is one.

    Leaves ``weights.safetensors`` and ``snapshots/<images seen>.safetensors`` (float16) in ``folder``;
    ``progress`` is called with the images of each step and a short status.

    Raises:
        Diverged: a metric became NaN or infinite. The last checkpoint stays.
    """
    record = _resume(trainer, folder)
    validation = validation.first(HELD_OUT_IMAGES)
    marks, snapshots = schedule(trainer.optimisation.steps)
    progress(trainer.step * trainer.optimisation.batch_size, "")
    window: list[Metrics] = []
    started = time.perf_counter()
    while trainer.step < trainer.optimisation.steps:
        window.append(trainer.advance())
        status = ""
        if trainer.step in marks:
            means = summarise(window, trainer.step)
            record.add("history", _images_seen(trainer), means)
            status, window = ", ".join(f"{name} {value:.4g}" for name, value in means.items()), []
        if trainer.step in snapshots:
            _snapshot(trainer, validation, folder, record)
            record.seconds, started = record.seconds + time.perf_counter() - started, time.perf_counter()
            _save(trainer, record, folder)
        progress(trainer.optimisation.batch_size, status)
    trainer.settle(5_000)
    write_tensors(folder / "weights.safetensors", trainer.model.state_dict())
    return record


def schedule(steps: int) -> tuple[set[int], set[int]]:
    """The steps after which history is kept, evenly spaced, and those with a snapshot, denser early."""
    marks = sorted({math.ceil(steps * (i + 1) / HISTORY_MARKS) for i in range(HISTORY_MARKS)})
    last = len(marks) - 1
    chosen = {marks[round(last * (i / (SNAPSHOT_MARKS - 1)) ** 2)] for i in range(SNAPSHOT_MARKS)}
    return set(marks), chosen


def summarise(window: list[Metrics], step: int) -> dict[str, float]:
    """The mean of each metric over the steps before ``step``.

    Raises:
        Diverged: one of them is not finite.
    """
    means = {}
    for name in window[0]:
        values = torch.stack([metrics[name].float() for metrics in window])
        broken = (~values.isfinite()).nonzero()
        if len(broken):
            first = step - len(window) + 1 + int(broken[0])
            raise Diverged(f"{name} became {values[broken[0]].item()} at step {first}")
        means[name] = values.mean().item()
    return means


def _images_seen(trainer: Trainer) -> int:
    return trainer.step * trainer.optimisation.batch_size


def _snapshot(trainer: Trainer, validation: Split, folder: Path, record: Record) -> None:
    trainer.settle()
    record.add("held_out", _images_seen(trainer), trainer.held_out(validation))
    write_tensors(folder / "snapshots" / f"{_images_seen(trainer):09d}.safetensors", halved(trainer.model))


def halved(model: Model) -> dict[str, Tensor]:
    """The model's state with floating-point tensors in float16."""
    state = model.state_dict()
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}


def _save(trainer: Trainer, record: Record, folder: Path) -> None:
    buffer = io.BytesIO()
    torch.save({"trainer": trainer.state(), "record": vars(record)}, buffer)
    write_bytes(folder / "checkpoint.pt", buffer.getvalue())


def _resume(trainer: Trainer, folder: Path) -> Record:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return Record()
    try:
        saved = torch.load(path, map_location=trainer.device, weights_only=True)
        trainer.restore(saved["trainer"])
    except Exception as error:  # torch raises half a dozen kinds for damaged files
        raise StoreError(f"the checkpoint {path} is damaged ({error}); delete it to train afresh") from error
    return Record(**saved["record"])
