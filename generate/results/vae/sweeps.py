"""VAEs that differ in one setting, each trained briefly."""

from __future__ import annotations

import numpy as np
import torch

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.codes import active
from generate.experiments import (
    BETA_0,
    BETA_1,
    BETA_4,
    BETA_8,
    BETA_16,
    BETA_QUARTER,
    CLASSIFIER,
    LATENT_4,
    LATENT_8,
    LATENT_16,
    LATENT_32,
    LATENT_64,
)
from generate.models.autoencoder import reconstruction_nats
from generate.models.vae import kl_divergence, reparameterise
from generate.pipeline.registry import result
from generate.results.parts.common import (
    codes_of,
    fcd_ratio,
    fixed_digits,
    fixed_latents,
    pixel_error,
    pixels,
    posteriors,
    prior_samples,
    rebuilt,
)
from generate.training.finished import Trained


@result(
    beta_0=BETA_0,
    beta_quarter=BETA_QUARTER,
    beta_1=BETA_1,
    beta_4=BETA_4,
    beta_8=BETA_8,
    beta_16=BETA_16,
    judge=CLASSIFIER,
)
def beta_sweep(data: Dataset, judge: Trained, **runs: Trained) -> dict[str, object]:
    """2-D VAEs in order of beta: planes, the fixed digits rebuilt, samples, and rate against distortion."""
    seen = data.test.first(2_000)
    rates = {name: _rates(run, data, judge) for name, run in runs.items()}
    values: dict[str, list[object]] = {"beta": [run.network.beta for run in runs.values()]}
    for name, run in runs.items():
        network = run.network
        found = rates[name] | {
            "codes": codes_of(network, seen, run.device).cpu().numpy().astype(np.float16),
            "rebuilt": pixels(rebuilt(network, fixed_digits(data, run.device))),
            "samples": pixels(network.decode(fixed_latents(10, network.latent, run.device))),
        }
        for key, value in found.items():
            values.setdefault(key, []).append(value)
    shared = {"labels": seen.labels.numpy().astype(np.uint8), "originals": pixels(fixed_digits(data, "cpu"))}
    epochs = _epochs(runs["beta_1"], data)
    columns: dict[str, object] = {name: np.array(column) for name, column in values.items()}
    return columns | shared | _each(rates) | {"epochs": epochs}


@result(
    latent_2=BETA_1,
    latent_4=LATENT_4,
    latent_8=LATENT_8,
    latent_16=LATENT_16,
    latent_32=LATENT_32,
    latent_64=LATENT_64,
    judge=CLASSIFIER,
)
def latent_size_sweep(data: Dataset, judge: Trained, **runs: Trained) -> dict[str, object]:
    """VAEs in order of latent size."""
    rates = {name: _rates(run, data, judge) for name, run in runs.items()}
    rows = [rates[name] | {"latent": run.network.latent} for name, run in runs.items()]
    values: dict[str, object] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    most = {f"most_{name}": max(row[name] for row in rows) for name in ("active", "kl")}
    return values | most | _each(rates) | {"epochs": _epochs(runs["latent_2"], data)}


def _each(rates: dict[str, dict[str, float]]) -> dict[str, float]:
    """Every rate of every run by a name of its own, for prose."""
    return {f"{name}_{key}": value for name, found in rates.items() for key, value in found.items()}


def _epochs(run: Trained, data: Dataset) -> float:
    """How often a run saw the training set."""
    return run.run.optimisation.images_seen / len(data.train)


def _rates(run: Trained, data: Dataset, judge: Trained) -> dict[str, float]:
    """What a code costs and what it buys, over the test set: nats and errors an image, and sample quality."""
    network, index = run.network, torch.arange(len(data.test))
    mean, log_variance = posteriors(run, data)
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(0)).to(mean)
    codes = reparameterise(mean, log_variance, noise)
    images = data.test.inputs().to(run.device)
    nats = in_chunks(
        lambda i: reconstruction_nats(network.decoder(codes[i]), images[i])[None] * len(i), index
    )
    return {
        "kl": kl_divergence(mean, log_variance).sum(1).mean().item(),
        "distortion": nats.sum().item() / len(index),
        "mse": pixel_error(rebuilt(network, images), images),
        "active": int(active(mean).sum()),
        "fcd_ratio": fcd_ratio(judge.network, prior_samples(run, data), data),
    }
