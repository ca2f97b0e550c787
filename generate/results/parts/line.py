"""What the results on a line share: how models are trained there, and how points of the plane are judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.stats import norm
from torch import Tensor

from generate.models.line import DATA, LineAE, LineGAN, LineModel, LineVAE

MODELS: dict[str, Callable[[int], LineModel]] = {"ae": LineAE, "vae": LineVAE, "gan": LineGAN}
TRAININGS = 5  # of every family, from different random starts
DRAWS = 4_000  # points or latents that a share is counted of
AWAY = 3.0  # standard deviations of the noise; farther from the skeleton there are hardly any data
EXTENT = 1.75  # of the plane that is shown, each way
SPAN = 3.0  # of the line whose image is drawn as the decoder's curve, each way
BINS = np.linspace(-4, 4, 65)  # of codes on the line

LINE = torch.linspace(-SPAN, SPAN, 181)[:, None]  # codes (181, 1)

Encoding = LineAE | LineVAE


def chances(seed: int) -> torch.Generator:
    """A generator of its own for what is measured, apart from those that train."""
    return torch.Generator().manual_seed(1_000 + seed)


def fresh(data: str, count: int, seed: int = 0) -> Tensor:
    """Points that no model was trained on: (count, 2)."""
    return DATA[data].draw(count, chances(seed))


def latents(count: int = DRAWS) -> Tensor:
    """Draws of the prior N(0, 1), the same for every model: (count, 1)."""
    return torch.randn(count, 1, generator=chances(1))


def off(points: Tensor, data: str) -> Tensor:
    """Whether points (..., 2) lie farther than ``AWAY`` from the skeleton of their data: (...)."""
    cloud = DATA[data]
    skeleton = cloud.skeleton(DRAWS, chances(2))
    return nearest(points, skeleton) > AWAY * cloud.noise


def nearest(points: Tensor, others: Tensor) -> Tensor:
    """The distance of each of points (..., 2) from the nearest of others (M, 2) or (..., M, 2): (...)."""
    return torch.cdist(points, others.expand(*points.shape[:-2], *others.shape[-2:])).amin(-1)


def own_codes(model: Encoding, points: Tensor) -> Tensor:
    """A code of each of points (N, 2) for every member, as the decoder met them in training: (K, N, 1)."""
    with torch.no_grad():
        mean, deviation = model.posterior(points.expand(model.members, -1, -1))
    return mean + deviation * torch.randn(mean.shape, generator=chances(3))


def from_bell(codes: Tensor) -> Tensor:
    """How far codes (K, N, 1) would have to be moved, on average, to be distributed as N(0, 1): (K,)."""
    count = codes.shape[1]
    bell = torch.tensor(norm.ppf((np.arange(count) + 0.5) / count)).float()
    return (codes[..., 0].sort(1).values - bell).abs().mean(1)


def histogram(codes: Tensor) -> np.ndarray:
    """The density of codes (N, 1) over ``BINS``; those outside count in the outermost."""
    inside = codes.clamp(float(BINS[0]), float(BINS[-1])).numpy()
    return np.histogram(inside, BINS, density=True)[0]


def score_map(model: LineGAN, member: int = 0, cells: int = 36) -> np.ndarray:
    """What the discriminator believes, (cells, cells) in 0..1, over the plane shown; row 0 is the lowest."""
    ticks = torch.linspace(-EXTENT, EXTENT, cells)
    points = torch.cartesian_prod(ticks, ticks).flip(1)  # x runs fastest
    logits = model.slopes(points.expand(model.members, -1, -1))[0]
    return compact(logits[member, :, 0].sigmoid().view(cells, cells))


def compact(values: Tensor) -> np.ndarray:
    """For drawing: 16 bits are finer than any pixel."""
    return np.asarray(values.detach().numpy().astype(np.float16))


def across(name: str, values: Tensor) -> dict[str, object]:
    """A number of each training, (K,): each, their mean, the least and the most."""
    known = values.double()
    mean, low, high = known.mean().item(), known.min().item(), known.max().item()
    return {name: mean, f"{name}_low": low, f"{name}_high": high, f"{name}_each": known.numpy()}
