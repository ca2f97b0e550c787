"""What training costs, and what it buys."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.data import Dataset, Split
from generate.evaluation.chunks import in_chunks
from generate.experiments import AE_16D, CLASSIFIER, GAN_16D, VAE_16D, Run
from generate.latent.densities import sample_fitted
from generate.models.roles import Encoding, Generative
from generate.pipeline.registry import result
from generate.pipeline.spread import evenly
from generate.results.parts.common import COMPONENTS, codes_of, fcd_ratio, fixed_latents
from generate.training.finished import Course, Trained
from generate.training.trainer import Trainer

STEPS_UP = (1, 2, 4, 8)  # times an eighth of the data: as epochs over it, or as a larger share for one epoch
MOMENTS = 10  # of training at which sample quality is measured
WARM_UP = 5  # steps before the clock starts, in which libraries choose and prepare their kernels

Plan = Sequence[tuple[int, Sequence[int]]]


@result(alone=True, ae=AE_16D, vae=VAE_16D, gan=GAN_16D)
def scaling(data: Dataset, ae: Trained, vae: Trained, gan: Trained) -> dict[str, object]:
    """Seconds and peak memory of training: more epochs over few images, and one epoch over more images.

    Arrays are over ``images_seen``, which both ways of growing share. Memory is the whole process's, in MB.
    """
    images = data.development.first(ae.some(len(data.development)))
    eighth = len(images) // STEPS_UP[-1]
    plan = [(eighth, STEPS_UP), *((eighth * times, (1,)) for times in STEPS_UP[1:])]
    seen = eighth * np.array(STEPS_UP)
    values: dict[str, Any] = {"images_seen": seen, "fewest": seen[0], "most": seen[-1]}
    values |= {"machine": _machine(ae.device), "data_megabytes": images.images.nbytes / 1e6}
    for name, run in (("ae", ae), ("vae", vae), ("gan", gan)):
        costs = np.array(in_own_process(run.run, run.device, images, plan))
        epochs, sizes = costs[: len(STEPS_UP)], np.concatenate([costs[:1], costs[len(STEPS_UP) :]])
        for grown, (seconds, memory) in (("epochs", epochs.T), ("sizes", sizes.T)):
            values |= {f"{name}_seconds_{grown}": seconds, f"{name}_memory_{grown}": memory}
        values |= _line(name, seen, epochs[:, 0], sizes[:, 0])
        values[f"{name}_memory_growth"] = float(epochs[-1, 1] - epochs[0, 1])
    for name in ("off_line", "memory_growth"):
        values[name] = max(values[f"{family}_{name}"] for family in ("ae", "vae", "gan"))
    values["gan_times_ae"] = values["gan_seconds_per_image"] / values["ae_seconds_per_image"]
    return values


def _line(name: str, images: np.ndarray, *seconds: np.ndarray) -> dict[str, float]:
    """The slope of the straight line through the origin, and how far a measurement is from it at most."""
    x, y = np.tile(images, len(seconds)), np.concatenate(seconds)
    slope = float((x * y).sum() / (x * x).sum())
    worst = float(np.abs(y / (slope * x) - 1).max())
    return {f"{name}_seconds_per_image": slope, f"{name}_off_line": worst}


def _machine(device: str) -> str:
    if device.startswith("cuda"):
        return torch.cuda.get_device_name()
    cores = torch.get_num_threads()
    return f"{cores} CPU core{'s' * (cores > 1)}"


def in_own_process(run: Run, device: str, split: Split, plan: Plan) -> list[tuple[float, float]]:
    """Train as planned where nothing else has used memory yet; see ``training_costs``."""
    with TemporaryDirectory() as folder, ProcessPoolExecutor(1, get_context("spawn")) as pool:
        path = Path(folder, "images.npz")
        np.savez(path, images=split.images.numpy(), labels=split.labels.numpy())
        return pool.submit(training_costs, run, device, path, plan).result()


def training_costs(run: Run, device: str, path: Path, plan: Plan) -> list[tuple[float, float]]:
    """Seconds since its first step and peak megabytes so far, for every number of epochs in the plan.

    A plan is a list of how many images to train on, and after how many epochs to look.
    """
    with np.load(path) as file:
        everything = Split(torch.from_numpy(file["images"]), torch.from_numpy(file["labels"]))
    costs = []
    for count, looks in plan:
        optimisation = replace(run.optimisation, images_seen=count * looks[-1])
        trainer = Trainer(run.model, optimisation, everything.first(count), device)
        for _ in range(WARM_UP):
            trainer.advance()
        started = time.perf_counter()
        for epochs in looks:
            for _ in range(WARM_UP + optimisation.steps * epochs // looks[-1] - trainer.step):
                metrics = trainer.advance()
            _ = [value.item() for value in metrics.values()]  # on a GPU this waits for the work
            costs.append((time.perf_counter() - started, peak_megabytes()))
    return costs


def peak_megabytes() -> float:
    """The most memory that this process has held at once."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    # Elsewhere a process may inherit its parent's peak; macOS counts in bytes.
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def quality(data: Dataset, ae: Course, vae: Course, gan: Course, judge: Trained) -> dict[str, object]:
    """The FCD ratio of each family's samples at some moments of training, each drawn as suits it best.

    The VAE and the GAN decode N(0, I), the AE a mixture fitted to its codes of training images.
    """
    values: dict[str, object] = {}
    for name, run, draw in (("ae", ae, _mixture), ("vae", vae, _prior), ("gan", gan, _prior)):
        moments = evenly(run.snapshots(), MOMENTS)
        samples = (in_chunks(network.decode, draw(network, data, run.device)) for _, network in moments)
        ratios = [fcd_ratio(judge.network, images, data) for images in samples]
        values |= {f"{name}_fcd_ratio": np.array(ratios), f"{name}_final": ratios[-1]}
        values |= {"images_seen": np.array([seen for seen, _ in moments]), "images": moments[-1][0]}
    return values


def _prior(network: Generative, data: Dataset, device: str) -> Tensor:
    return fixed_latents(len(data.test), network.latent, device)


def _mixture(network: Encoding, data: Dataset, device: str) -> Tensor:
    codes = codes_of(network, data.train.first(len(data.test)), device)
    return sample_fitted(codes, COMPONENTS, len(data.test))
