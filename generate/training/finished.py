"""Trained runs: their networks, wherever the weights are, and how training went where it was done here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from generate.device import measuring_device
from generate.experiments import Run
from generate.pipeline.files import RESTORE, StoreError, faulty
from generate.pipeline.store import JSONObject, read_json, read_tensors
from generate.training.job import CARD
from generate.training.loop import WEIGHTS
from generate.workspace import Workspace

FEWEST = 10  # samples that a small budget leaves


@dataclass(frozen=True)
class Trained:
    """A trained run: where its weights are, and by how much it is measured.

    ``sha256`` is the checksum of the weights' file; ``effort`` the share of samples that a budget leaves.
    """

    run: Run
    weights: Path
    sha256: str
    device: str = "cpu"
    effort: float = 1.0

    @property
    def network(self) -> Any:
        """The averaged model, of the class that the run's configuration builds, ready to evaluate."""
        return _network(self.run, self.weights, self.device, self.sha256)

    def some(self, count: int) -> int:
        """How many of ``count`` samples, codes or steps to measure it by: fewer where the budget is small."""
        return max(min(count, FEWEST), round(count * self.effort))


@dataclass(frozen=True)
class Course(Trained):
    """A run that was trained here: also what it recorded, and its snapshots."""

    @property
    def folder(self) -> Path:
        """Where it was trained."""
        return self.weights.parent

    @property
    def card(self) -> JSONObject:
        """Configuration, record, files and provenance, as written when training ended."""
        return read_json(self.folder / CARD)

    def snapshots(self) -> Iterator[tuple[int, Any]]:
        """Images seen and the averaged model at that moment, in order."""
        for name, expected in sorted(self.card["files"].items()):
            if name != WEIGHTS:
                path = self.folder / name
                yield int(path.stem), load_network(self.run, path, self.device, expected)


def load_network(run: Run, path: Path, device: str, expected: str | None = None) -> Any:
    """A run's model with weights from a file, in evaluation mode and float32.

    Raises:
        StoreError: the file is missing, damaged, or not the one with the SHA-256 ``expected``.
    """
    model = run.model.learner(run.optimisation).model
    tensors = read_tensors(path, expected)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise StoreError(f"{path} holds the weights of another model than {run.name}. {RESTORE}") from error
    return model.to(device).to(memory_format=torch.channels_last).eval().requires_grad_(False)


_network = cache(load_network)


def finished(workspace: Workspace, run: Run) -> Course | None:
    """A run that was trained here to its end, or None: it is missing, damaged or of another configuration."""
    folder = workspace.folder(run)
    if not (folder / CARD).exists() or damage(workspace, run):
        return None
    sums = read_json(folder / CARD)["files"]
    return Course(**_means(workspace, run), weights=folder / WEIGHTS, sha256=sums[WEIGHTS])


def published(workspace: Workspace, run: Run, sha256: str) -> Trained:
    """A run by its published weights, whose checksum is known."""
    return Trained(**_means(workspace, run), weights=workspace.weights(run), sha256=sha256)


def damage(workspace: Workspace, run: Run) -> str | None:
    """What is wrong with a run that was finished."""
    folder = workspace.folder(run)
    try:
        card = read_json(folder / CARD)
        if told := workspace.changed(run, card):
            return told
        name = faulty(folder, card["files"])
    except StoreError as error:
        return str(error).removesuffix(f" {RESTORE}")
    except KeyError as error:
        return f"{CARD} is of another version: it has no {error}"
    return f"{name} is missing or damaged" if name else None


def _means(workspace: Workspace, run: Run) -> dict[str, Any]:
    device, effort = measuring_device(workspace.device), workspace.budget.effort
    return {"run": workspace.within_budget(run), "device": device, "effort": effort}
