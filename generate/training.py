"""One loop for every family.

A model brings its step. The loop brings batches, rates, averages, history, snapshots and resume, and
never asks what it is training.
"""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from generate.data import Split
from generate.models.learner import Metrics, Model
from generate.pipeline.errors import UserError
from generate.pipeline.store import StoreError, write_bytes, write_tensors
from generate.trainer import Trainer

History = dict[str, list[float]]

HISTORY_MARKS = 96
SNAPSHOT_MARKS = 32
HELD_OUT_IMAGES = 1_000


class Diverged(UserError):
    """A loss stopped being a finite number; the message names the step."""


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
    """The steps after which history is kept, evenly spaced, and those with a snapshot, denser early.

    A snapshot costs as much as a few steps, so a short run has fewer of them.
    """
    marks = sorted({math.ceil(steps * (i + 1) / HISTORY_MARKS) for i in range(HISTORY_MARKS)})
    last, count = len(marks) - 1, min(SNAPSHOT_MARKS, max(4, steps // 8))
    chosen = {marks[round(last * (i / (count - 1)) ** 2)] for i in range(count)}
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
