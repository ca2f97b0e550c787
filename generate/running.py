"""Runs: train those that are missing, several at once if asked, and read them back."""

from __future__ import annotations

import platform
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import torch
from tqdm import tqdm

from generate import data
from generate.experiments import Run
from generate.pipeline.keys import plain
from generate.pipeline.store import read_json, read_tensors, write_json
from generate.replay import replay
from generate.trainer import Trainer
from generate.training import Diverged, train
from generate.workspace import Workspace


@dataclass(frozen=True)
class Trained:
    """A finished run on disk: its model, its snapshots, and what it recorded."""

    run: Run
    folder: Path
    device: str = "cpu"

    @property
    def card(self) -> dict[str, Any]:
        """Configuration, record and provenance, as written when training ended."""
        content: dict[str, Any] = read_json(self.folder / "run.json")
        return content

    def model(self) -> Any:
        """The final averaged model, of the class that the run's configuration builds, ready to evaluate."""
        return _final_model(self)

    def snapshots(self) -> Iterator[tuple[int, Any]]:
        """Images seen and the averaged model at that moment, in order."""
        for path in sorted((self.folder / "snapshots").glob("*.safetensors")):
            yield int(path.stem), load_model(self.run, path, self.device)


@cache
def _final_model(run: Trained) -> Any:
    return load_model(run.run, run.folder / "weights.safetensors", run.device)


def load_model(run: Run, path: Path, device: str) -> Any:
    """A run's model with weights from a file, in evaluation mode and float32."""
    model = run.model.learner(run.optimisation).model
    model.load_state_dict(read_tensors(path))
    return model.to(device).eval().requires_grad_(False)


def trained(workspace: Workspace, run: Run) -> Trained | None:
    """The finished run, or None if it is missing, unfinished or of another configuration."""
    folder = workspace.folder(run)
    if not (folder / "run.json").exists():
        return None
    return Trained(workspace.run(run), folder, workspace.device)


def ensure(workspace: Workspace, runs: Iterable[Run], fresh: bool = False) -> list[Run]:
    """Train the runs that are not there, ``workspace.jobs`` at a time, and say which were trained.

    Raises:
        Diverged: a run's loss stopped being finite.
    """
    runs = list(runs)
    missing = runs if fresh else [run for run in runs if trained(workspace, run) is None]
    if not missing:
        return []
    split = workspace.dataset_images.train  # before anything is deleted: it may not be there
    if fresh:
        for run in runs:
            shutil.rmtree(workspace.folder(run), ignore_errors=True)
    names = ", ".join(run.name for run in missing)
    print(f"Training {len(missing)} of {len(runs)} runs on {len(split):,} images: {names}", flush=True)
    jobs = max(1, min(workspace.jobs, len(missing)))
    # Each process gets its share of the cores, so that two never fight over one.
    threads = max(1, torch.get_num_threads() // jobs)
    work = (joblib.delayed(_train)(workspace, run, threads, place) for place, run in enumerate(missing))
    if jobs == 1:
        for function, arguments, _ in work:
            function(*arguments)
    else:
        joblib.Parallel(n_jobs=jobs)(work)
    _final_model.cache_clear()
    return missing


def _train(workspace: Workspace, run: Run, threads: int, place: int) -> None:
    torch.set_num_threads(threads)
    here, folder, images = workspace.run(run), workspace.folder(run), workspace.dataset_images
    digits = data.load(data.DIGITS, workspace.data_folder).train
    fingerprint = replay(here.model, here.optimisation, digits)
    trainer = Trainer(here.model, here.optimisation, images.train, workspace.device)
    with _bar(run.name, here.optimisation.images_seen, place % max(1, workspace.jobs)) as bar:

        def progress(count: int, status: str) -> None:
            bar.update(count)
            if status:
                bar.set_postfix_str(status, refresh=False)

        try:
            record = train(trainer, images.validation, folder, progress)
        except Diverged as error:
            raise Diverged(f"{run.name} diverged: {error}. The last good state is in {folder}.") from None
    parts = trainer.model.named_children()
    parameters = {name: sum(weight.numel() for weight in part.parameters()) for name, part in parts}
    card = {
        "name": run.name,
        "key": workspace.run_key(run),
        "config": plain(here),
        "parameters": parameters,
        "record": vars(record),
        "replay": fingerprint,
        "provenance": provenance(workspace, threads, here, record.seconds),
    }
    write_json(folder / "run.json", card)
    (folder / "checkpoint.pt").unlink(missing_ok=True)


def provenance(workspace: Workspace, threads: int, run: Run, seconds: float) -> dict[str, Any]:
    """Where, when and with what a run was trained: recorded, and never part of its key."""
    cuda = workspace.device.startswith("cuda")
    return {
        "dataset": workspace.dataset_images.title,
        "device": torch.cuda.get_device_name() if cuda else f"CPU, {threads} thread{'s' * (threads > 1)}",
        "seconds": round(seconds, 1),
        "images_per_second": round(run.optimisation.images_seen / seconds) if seconds else 0,
        "finished": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _bar(name: str, total: int, position: int) -> Any:
    """A progress bar with images per second and time left; in a log file, a line every half minute."""
    terminal = sys.stderr.isatty()
    return tqdm(
        desc=f"{name:<10}",
        total=total,
        unit="img",
        unit_scale=True,
        position=position if terminal else None,
        mininterval=0.2 if terminal else 30,
        dynamic_ncols=terminal,
    )
