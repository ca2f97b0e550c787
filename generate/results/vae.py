"""What the variational autoencoder learned."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import norm
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.codes import active
from generate.experiments import (
    AE_2D,
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
    VAE_2D,
    VAE_16D,
)
from generate.models.autoencoder import reconstruction_nats
from generate.models.vae import kl_divergence, reparameterise
from generate.pipeline.registry import result
from generate.results.autoencoder import autoencoder_layers, paired_reconstructions, plane
from generate.results.common import (
    decoded,
    fcd_ratio,
    fixed_digits,
    fixed_latents,
    history,
    pixel_error,
    pixels,
    rebuilt,
    test_codes,
)
from generate.results.common import (
    prior_samples as prior_images,
)
from generate.running import Trained


@result(model=VAE_16D)
def architecture(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of encoder and decoder."""
    return autoencoder_layers(data, model)


@result(model=VAE_16D)
def loss_curves(model: Trained) -> dict[str, object]:
    """The bound and its two parts against images seen, training and held-out, in nats an image."""
    training, held = history(model), history(model, "held_out")
    terms = ("bound", "reconstruction", "kl")
    values: dict[str, object] = {"images": training["images_seen"], "held_images": held["images_seen"]}
    values |= {name: training[name] for name in terms} | {f"held_{name}": held[name] for name in terms}
    return values | {f"final_{name}": held[name][-1] for name in terms}


@result(small=VAE_2D, large=VAE_16D)
def reconstructions(data: Dataset, small: Trained, large: Trained) -> dict[str, object]:
    """The fixed test digits through the 2-D and the 16-D model, and the error on the whole test set."""
    return paired_reconstructions(data, small, large)


@result(model=VAE_2D)
def latent_plane(data: Dataset, model: Trained) -> dict[str, object]:
    """All test means of the 2-D VAE, where they lie, and how wide the posteriors are."""
    x, y = _posteriors(model, data)[1].exp().mean(0).tolist()
    return plane(data, model) | {"mean_variance_x": x, "mean_variance_y": y}


@result(model=VAE_2D)
def latent_morph(model: Trained) -> dict[str, object]:
    """A 20 x 20 grid of the plane decoded at the prior's quantiles; the top row has the largest z2."""
    quantiles = norm.ppf((np.arange(20) + 0.5) / 20)
    z1, z2 = np.meshgrid(quantiles, quantiles[::-1])
    codes = torch.tensor(np.stack([z1, z2], axis=-1), dtype=torch.float32, device=model.device)
    return {"images": decoded(model.model(), codes), "z": quantiles}


@result(ae=AE_2D, vae=VAE_2D)
def latent_evolution(data: Dataset, ae: Trained, vae: Trained) -> dict[str, object]:
    """The codes of the first 2,000 test images at every snapshot of both 2-D models."""
    seen = data.test.first(2_000)
    values: dict[str, object] = {"labels": seen.labels.numpy().astype(np.uint8)}
    for name, run in (("ae", ae), ("vae", vae)):
        moments = [(images, test_codes(model, seen, run.device)) for images, model in run.snapshots()]
        values["images_seen"] = np.array([images for images, _ in moments])
        values[f"{name}_codes"] = (
            torch.stack([codes for _, codes in moments]).cpu().numpy().astype(np.float16)
        )
    return values


@result(model=VAE_16D, plane=VAE_2D, judge=CLASSIFIER)
def prior_samples(data: Dataset, model: Trained, plane: Trained, judge: Trained) -> dict[str, object]:
    """Decodes of N(0, I) by the 16-D and the 2-D model, each measured."""
    values: dict[str, object] = {}
    for name, suffix, run, shown in (("images", "", model, 100), ("plane", "_2d", plane, 50)):
        images = prior_images(run, data)
        values[name] = pixels(images[:shown])
        values[f"fcd_ratio{suffix}"] = fcd_ratio(judge.model(), images, data)
    return values


@result(model=VAE_16D)
def traversals(data: Dataset, model: Trained) -> dict[str, object]:
    """Each dimension swept alone from a test image's mean, ordered by its mean KL over the test set."""
    network = model.model()
    mean, log_variance = _posteriors(model, data)
    kl, variance = kl_divergence(mean, log_variance).mean(0), mean.var(0)
    order, values = kl.argsort(descending=True), (torch.arange(11, device=model.device) - 5) * 0.6
    start = network.encode(fixed_digits(data, model.device)[3:4])
    codes = start.repeat(len(order), len(values), 1)
    for row, dimension in enumerate(order):
        codes[row, :, dimension] = values
    in_use = active(mean)
    return {
        "images": decoded(network, codes),
        "values": values.cpu().numpy(),
        "kl": kl[order].cpu().numpy(),
        "variance": variance[order].cpu().numpy(),
        "active": in_use[order].cpu().numpy(),
        "active_units": int(in_use.sum()),
        "kl_top": kl.max().item(),
        "kl_total": kl.sum().item(),
    }


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
    values: dict[str, list[object]] = {"beta": [run.model().beta for run in runs.values()]}
    for run in runs.values():
        network = run.model()
        found = _rates(run, data, judge) | {
            "codes": test_codes(network, seen, run.device).cpu().numpy().astype(np.float16),
            "rebuilt": pixels(rebuilt(network, fixed_digits(data, run.device))),
            "samples": pixels(network.decode(fixed_latents(10, network.latent, run.device))),
        }
        for name, value in found.items():
            values.setdefault(name, []).append(value)
    shared = {"labels": seen.labels.numpy().astype(np.uint8), "originals": pixels(fixed_digits(data, "cpu"))}
    epochs = _epochs(runs["beta_1"], data)
    return {name: np.array(column) for name, column in values.items()} | shared | {"epochs": epochs}


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
    rows = [_rates(run, data, judge) | {"latent": run.model().latent} for run in runs.values()]
    values: dict[str, object] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    most = {f"most_{name}": max(row[name] for row in rows) for name in ("active", "kl")}
    return values | most | {"epochs": _epochs(runs["latent_2"], data)}


def _epochs(run: Trained, data: Dataset) -> float:
    """How often a run saw the training set."""
    return run.run.optimisation.images_seen / len(data.train)


def _rates(run: Trained, data: Dataset, judge: Trained) -> dict[str, float]:
    """What a code costs and what it buys, over the test set: nats and errors an image, and sample quality."""
    network, index = run.model(), torch.arange(len(data.test))
    mean, log_variance = _posteriors(run, data)
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
        "fcd_ratio": fcd_ratio(judge.model(), prior_images(run, data), data),
    }


def _posteriors(run: Trained, data: Dataset) -> tuple[Tensor, Tensor]:
    """Means and log-variances of the test images' posteriors, each (N, latent)."""
    network = run.model()
    index = torch.arange(len(data.test))
    both = in_chunks(lambda i: torch.stack(network.posterior(data.test.inputs(i).to(run.device)), 1), index)
    return both[:, 0], both[:, 1]
