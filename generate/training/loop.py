"""One loop for every family.

A model brings its step. The loop brings batches, rates, averages, history, snapshots and resume, and
never asks what it is training.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from generate.data import Split
from generate.models.learner import Metrics
from generate.pipeline.errors import UserError
from generate.pipeline.files import DAMAGED, StoreError, faulty, set_aside, sha256
from generate.pipeline.store import JSONObject, read_checkpoint, write_checkpoint, write_tensors
from generate.training.trainer import Trainer

History = dict[str, list[float]]

HISTORY_MARKS = 96
SNAPSHOT_MARKS = 32
HELD_OUT_IMAGES = 1_000
CHECKPOINT, WEIGHTS = "checkpoint.sealed", "weights.safetensors"


class Diverged(UserError):
    """A training went where nothing can be learned from it; the message names the step."""


@dataclass
class Record:
    """What a run tells of itself: mean training metrics and held-out metrics against images seen.

    ``files`` has the SHA-256 of each file it leaves, by its name in the run's folder.
    """

    history: History = field(default_factory=dict)
    held_out: History = field(default_factory=dict)
    seconds: float = 0.0
    files: dict[str, str] = field(default_factory=dict)

    def add(self, table: str, images_seen: int, metrics: dict[str, float]) -> None:
        """Append a row to ``history`` or ``held_out``."""
        for name, value in {"images_seen": images_seen, **metrics}.items():
            getattr(self, table).setdefault(name, []).append(float(value))

    def keep(self, folder: Path, name: str, tensors: Mapping[str, Tensor]) -> None:
        """Write a file of tensors."""
        write_tensors(folder / name, tensors)
        self.files[name] = sha256(folder / name)


def train(
    trainer: Trainer, validation: Split, folder: Path, progress: Callable[[int, str], None] = lambda *_: None
) -> Record:
    """Train to the end, from the last checkpoint in ``folder`` if there is one.

    Leaves ``weights.safetensors`` and ``snapshots/<images seen>.safetensors`` (float16) in ``folder``;
    ``progress`` is called with the images of each step and a short status.

    Raises:
        Diverged: a metric or a weight stopped being a finite number, the gradient exploded, or a generator
            ended with one image for all latents. The last checkpoint before that stays.
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
            collapsed = _snapshot(trainer, validation, folder, record)
            status = f"{status}, {collapsed}" if collapsed else status
            record.seconds, started = record.seconds + time.perf_counter() - started, time.perf_counter()
            _save(trainer, record, folder)
        progress(trainer.optimisation.batch_size, status)
    trainer.recalibrate(5_000)
    record.keep(folder, WEIGHTS, trainer.model.state_dict())
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


def _snapshot(trainer: Trainer, validation: Split, folder: Path, record: Record) -> str | None:
    """Keep the averaged model, if it is worth keeping; what is wrong with it for now."""
    trainer.recalibrate()
    held_out, collapsed = trainer.held_out(validation), trainer.collapse()
    broken = (f"{name} on held-out images is {x}" for name, x in held_out.items() if not math.isfinite(x))
    fault = trainer.fault() or next(broken, None)
    if not fault and trainer.step == trainer.optimisation.steps:
        fault = collapsed  # on its way, a game may lose its variety and find it again
    if fault:
        raise Diverged(f"{fault} at step {trainer.step}")
    record.add("held_out", _images_seen(trainer), held_out)
    record.keep(
        folder, f"snapshots/{_images_seen(trainer):09d}.safetensors", halved(trainer.model.state_dict())
    )
    return collapsed


def halved(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's state with floating-point tensors in float16."""
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}


def _save(trainer: Trainer, record: Record, folder: Path) -> None:
    label: JSONObject = {"whose": folder.name, "step": trainer.step, "record": vars(record)}
    write_checkpoint(folder / CHECKPOINT, trainer.state(), label)


def _resume(trainer: Trainer, folder: Path) -> Record:
    """Go on from the checkpoint; one that is damaged or another run's is set aside."""
    path = folder / CHECKPOINT
    if not path.exists():
        return Record()
    try:
        state, label = read_checkpoint(path)
        if label["whose"] != folder.name:
            raise ValueError(f"it is of {label['whose']}")
        record = Record(**label["record"])
        if (damaged := faulty(folder, record.files)) is not None:
            raise ValueError(f"{damaged} beside it is missing or damaged")
        trainer.restore(label["step"], state)
    except (StoreError, ValueError, KeyError, TypeError) as error:
        kept = set_aside(path, folder.parent / DAMAGED)
        print(f"{path} cannot be resumed ({error}). It is now {kept}; training begins again.", flush=True)
        return Record()
    return record
