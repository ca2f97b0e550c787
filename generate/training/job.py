"""One run from its first step to its card, in whichever process and on whichever machine."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable

import numpy as np
import torch

from generate import data
from generate.device import device_title, precision_on
from generate.experiments import Run
from generate.pipeline.history import commit
from generate.pipeline.keys import plain
from generate.pipeline.store import JSON, JSONObject, write_json
from generate.training.fingerprint import replay
from generate.training.loop import CHECKPOINT, Diverged, train
from generate.training.trainer import Trainer
from generate.workspace import Workspace

CARD = "run.json"


def train_run(workspace: Workspace, run: Run, progress: Callable[[int, str], None]) -> JSONObject:
    """Train a run into its folder, from its last checkpoint if there is one; the card that tells of it.

    The card is written last, as ``run.json``: a folder that has one is finished.

    Raises:
        Diverged: it went where nothing can be learned from it; the message names the run and the step.
    """
    here, folder, images = workspace.within_budget(run), workspace.folder(run), workspace.dataset_images
    digits = data.load(data.DIGITS, workspace.data_folder).train
    fingerprint = replay(here.model, here.optimisation, digits)
    trainer = Trainer(here.model, here.optimisation, images.train, workspace.device)
    try:
        record = train(trainer, images.validation, folder, progress)
    except Diverged as error:
        raise Diverged(
            f"{run.name} diverged: {error}. Nothing is published of it. The last good state is in {folder}; "
            "what it is trained with is in generate/experiments.py."
        ) from None
    parts = trainer.model.named_children()
    parameters = {name: sum(weight.numel() for weight in part.parameters()) for name, part in parts}
    card: JSONObject = {
        "name": run.name,
        "key": workspace.run_key(run),
        "config": plain(here),
        "parameters": parameters,
        "record": {name: getattr(record, name) for name in ("history", "held_out", "seconds")},
        "files": record.files,
        "replay": fingerprint,
        "provenance": provenance(workspace, here, record.seconds),
    }
    write_json(folder / CARD, card)
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return card


def provenance(workspace: Workspace, run: Run, seconds: float) -> dict[str, JSON]:
    """Where, when and with what a run was trained: recorded, and never part of its key."""
    return {
        "commit": commit(),
        "dataset": workspace.dataset_images.title,
        "data": data.checksum(workspace.dataset),
        "device": device_title(workspace.device),
        "precision": precision_on(workspace.device, run.optimisation.precision),
        "seconds": round(seconds, 1),
        "images_per_second": round(run.optimisation.images_seen / seconds) if seconds else 0,
        "finished": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }
