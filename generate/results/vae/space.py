"""The VAE's latent space: where images lie in it, how it fills its prior, what its dimensions do."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import norm
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.codes import active
from generate.experiments import AE_2D, VAE_2D, VAE_16D
from generate.models.vae import kl_divergence, reparameterise
from generate.pipeline.registry import result
from generate.pipeline.spread import evenly
from generate.results.autoencoder import plane, projections
from generate.results.parts.common import codes_of, decoded, fixed_digits, posteriors
from generate.training.finished import Course, Trained

SWEPT = 6  # dimensions in motion
MOMENTS = 24  # of the training of the decoded plane


@result(model=VAE_2D)
def latent_plane(data: Dataset, model: Trained) -> dict[str, object]:
    """All test means of the 2-D VAE, where they lie, and how wide the posteriors are."""
    x, y = posteriors(model, data)[1].exp().mean(0).tolist()
    return plane(data, model) | {"mean_variance_x": x, "mean_variance_y": y}


@result(model=VAE_2D)
def latent_morph(model: Trained) -> dict[str, object]:
    """A 20 x 20 grid of the plane decoded at the prior's quantiles; the top row has the largest z2."""
    codes, quantiles = _quantile_grid(20, model.device)
    return {"images": decoded(model.network, codes), "z": quantiles}


@result(model=VAE_2D)
def morph_evolution(model: Course) -> dict[str, object]:
    """A 12 x 12 grid of the plane, decoded again and again while the VAE trains."""
    codes, _ = _quantile_grid(12, model.device)
    moments = [(seen, decoded(network, codes)) for seen, network in evenly(model.snapshots(), MOMENTS)]
    return {
        "images_seen": np.array([seen for seen, _ in moments]),
        "images": np.stack([images for _, images in moments]),
    }


@result(ae=AE_2D, vae=VAE_2D)
def latent_evolution(data: Dataset, ae: Course, vae: Course) -> dict[str, object]:
    """The codes of the first 2,000 test images at every snapshot of both 2-D models."""
    seen = data.test.first(2_000)
    values: dict[str, object] = {"labels": seen.labels.numpy().astype(np.uint8)}
    for name, run in (("ae", ae), ("vae", vae)):
        moments = [(images, codes_of(model, seen, run.device)) for images, model in run.snapshots()]
        values["images_seen"] = np.array([images for images, _ in moments])
        values[f"{name}_codes"] = (
            torch.stack([codes for _, codes in moments]).cpu().numpy().astype(np.float16)
        )
    return values


@result(model=VAE_16D)
def traversals(data: Dataset, model: Trained) -> dict[str, object]:
    """Each dimension swept alone from a test image's mean, ordered by its mean KL over the test set."""
    network = model.network
    mean, log_variance = posteriors(model, data)
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


@result(model=VAE_16D)
def traversal(data: Dataset, model: Trained) -> dict[str, object]:
    """The dimensions with the largest KL, each swept from -3 to 3 in eight test images.

    Images (dimension, value, test image, 28, 28).
    """
    network, (mean, log_variance) = model.network, posteriors(model, data)
    order = kl_divergence(mean, log_variance).mean(0).argsort(descending=True)[:SWEPT]
    starts, sweep = network.encode(fixed_digits(data, model.device)[:8]), torch.linspace(-3, 3, 16)
    codes = starts.repeat(SWEPT, len(sweep), 1, 1)
    for row, dimension in enumerate(order):
        codes[row, :, :, dimension] = sweep.to(codes)[:, None]
    return {"images": decoded(network, codes), "values": sweep.numpy(), "dimensions": order.cpu().numpy()}


@result(model=VAE_16D)
def projection(data: Dataset, model: Trained) -> dict[str, object]:
    """Posterior means of test images by PCA and by t-SNE."""
    return projections(data, model)


@result(model=VAE_16D)
def posterior_vs_prior(data: Dataset, model: Trained) -> dict[str, object]:
    """Each dimension's codes over the whole test set against N(0, 1), in order of their KL.

    ``density`` (dimension, bin) is that of codes drawn from the posteriors; ``off`` (dimension,) is its
    divergence from N(0, 1) in nats. Each dimension may fit while all of them together do not.
    """
    mean, log_variance = posteriors(model, data)
    kl = kl_divergence(mean, log_variance).mean(0)
    order = kl.argsort(descending=True)
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(0)).to(mean)
    codes = reparameterise(mean, log_variance, noise)[:, order].cpu().numpy()
    edges = np.linspace(-4, 4, 49)
    shares = np.stack([np.histogram(column, edges)[0] / len(codes) for column in codes.T])
    return {
        "density": shares / np.diff(edges),
        "edges": edges,
        "kl": kl[order].cpu().numpy(),
        "mean": codes.mean(0),
        "std": codes.std(0),
        "off": _divergence_from_normal(shares, edges),
        "off_total": _divergence_from_normal(shares, edges).sum(),
        "off_most": _divergence_from_normal(shares, edges).max(),
        "kl_total": kl.sum().item(),
    }


def _divergence_from_normal(shares: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """KL of histograms (K, bins) from N(0, 1), in nats: (K,)."""
    expected = np.diff(norm.cdf(edges))
    terms = np.where(shares > 0, shares * np.log(np.maximum(shares, 1e-12) / expected), 0)
    return np.asarray(terms.sum(1))


def _quantile_grid(side: int, device: str) -> tuple[Tensor, np.ndarray]:
    """Codes (side, side, 2) at the prior's quantiles, the largest z2 on top, and those quantiles (side,)."""
    quantiles = norm.ppf((np.arange(side) + 0.5) / side)
    z1, z2 = np.meshgrid(quantiles, quantiles[::-1])
    codes = torch.tensor(np.stack([z1, z2], axis=-1), dtype=torch.float32, device=device)
    return codes, quantiles
