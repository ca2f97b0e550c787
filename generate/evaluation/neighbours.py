"""Do two sets of samples lie in the same places? Measures by nearest neighbours, in any feature space."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

CHUNK = 1_000


@dataclass(frozen=True)
class Overlap:
    """How well generated samples and real ones cover each other; density has no upper bound, the rest 1.

    ``precision`` is the share of generated samples inside a real one's neighbourhood and ``recall`` the
    share of real samples inside a generated one's (Kynkäänniemi et al. 2019). ``density`` counts real
    neighbourhoods around a generated sample, over ``k``, and ``coverage`` is the share of real
    neighbourhoods with a generated sample in them (Naeem et al. 2020); outliers sway these two less.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def overlap(real: Tensor, generated: Tensor, k: int = 5) -> Overlap:
    """Compare features of real (N, D) and of generated (M, D) samples.

    A sample's neighbourhood is the open ball that reaches to its ``k``-th neighbour in its own set.
    """
    real, generated = real.double(), generated.double()
    reach, own_reach = _reach(real, k), _reach(generated, k)
    inside, hits = 0, 0
    reached = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    covered = reached.clone()
    for some, radius in zip(torch.split(generated, CHUNK), torch.split(own_reach, CHUNK), strict=True):
        distance = torch.cdist(some, real)
        within = distance < reach
        inside += int(within.any(1).sum())
        hits += int(within.sum())
        covered |= within.any(0)
        reached |= (distance < radius[:, None]).any(0)
    count = len(generated)
    return Overlap(
        precision=inside / count,
        recall=reached.float().mean().item(),
        density=hits / (k * count),
        coverage=covered.float().mean().item(),
    )


def nearest(points: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """For each of ``points`` (N, D), the distance to the nearest of ``others`` (M, D), and its place.

    Distances come from a matrix product and are good to about 1e-3 of the vectors' length.
    """
    found = [torch.cdist(some, others).min(1) for some in torch.split(points, CHUNK // 2)]
    return torch.cat([pair.values for pair in found]), torch.cat([pair.indices for pair in found])


def nearer_share(samples: Tensor, known: Tensor, held_out: Tensor) -> tuple[float, float]:
    """The share of samples (N, D) nearer to a known image than to a held-out one, and its standard error.

    Of known (M, D) and held-out (M, D) images there are as many, so that the share is 0.5 if nothing is
    memorised and 1 if all is (Platzer & Reutterer 2021). Where the two were not drawn alike, other fresh
    images say what chance gives. To the error, samples with the same nearest image are one cluster: they
    change sides together.

    Raises:
        ValueError: there are more of the one than of the other.
    """
    if len(known) != len(held_out):
        raise ValueError(f"{len(known)} known images and {len(held_out)} held out: chance is not one half")
    (near, place), (far, other) = nearest(samples, known), nearest(samples, held_out)
    nearer = (near < far).double()
    share = nearer.mean()
    won = torch.where(near < far, place, len(known) + other)
    clusters = torch.zeros(2 * len(known)).to(nearer).index_add(0, won, nearer - share)
    error = clusters.norm() / len(samples)
    return share.item(), error.item()


def _reach(points: Tensor, k: int) -> Tensor:
    """Each point's distance to its ``k``-th nearest neighbour; the nearest of all is the point itself."""
    distances = (torch.cdist(some, points) for some in torch.split(points, CHUNK))
    return torch.cat([found.topk(k + 1, largest=False).values[:, -1] for found in distances])
