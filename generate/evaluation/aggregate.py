"""Where the codes of a whole set of images lie, and what that makes of a VAE's KL."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from generate.evaluation.chunks import in_chunks
from generate.models.prior import log_normal
from generate.models.vae import reparameterise


@dataclass(frozen=True)
class Split:
    """KL(q(z|x) || N(0, I)), averaged over N images, in three parts whose means add up to it; in nats.

    ``information`` (M,) averages to the mutual information of an image's number and its code, and no value is
    above ln N. ``correlation`` (M,) averages to the total correlation KL(q(z) || prod_j q(z_j)), and column j
    of ``marginals`` (M, d) to KL(q(z_j) || N(0, 1)).
    """

    information: Tensor
    correlation: Tensor
    marginals: Tensor


def aggregate_draws(mean: Tensor, log_variance: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Codes (count, d) of the aggregate posterior q(z) = mean_n q(z|x_n), whose parameters are (N, d)."""
    return _drawn(mean, log_variance, count, generator)[0]


def aggregate_log_density(codes: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Log q(z) of the same mixture at codes (M, d), exact, all N components counted: (M,), in nats.

    Squares are multiplied out, so that it takes one matrix product; float64 bears the cancellation.
    """
    mean, log_variance = mean.double(), log_variance.double()
    precision = (-log_variance).exp()
    constant = (mean.square() * precision + log_variance + math.log(2 * math.pi)).sum(1, keepdim=True)
    weights = torch.cat([mean * precision, -0.5 * precision, -0.5 * constant], dim=1).T  # (2d + 1, N)

    def density(some: Tensor) -> Tensor:
        terms = torch.cat([some, some.square(), torch.ones_like(some[:, :1])], dim=1) @ weights
        return terms.logsumexp(1)

    return in_chunks(density, codes.double(), 100) - math.log(len(mean))


def split_kl(mean: Tensor, log_variance: Tensor, draws: int, generator: torch.Generator) -> Split:
    """Split the KL of posteriors (N, d) at ``draws`` codes of the aggregate posterior.

    Hoffman & Johnson 2016 part the information from the rest, Chen et al. 2018, eq. 2, the rest in two. The
    mixture is evaluated exactly, so that the estimates are unbiased, whatever the number of draws.
    """
    codes, own = _drawn(mean, log_variance, draws, generator)
    whole = aggregate_log_density(codes, mean, log_variance)
    columns = (torch.split(part, 1, dim=1) for part in (codes, mean, log_variance))
    each = torch.stack([aggregate_log_density(*column) for column in zip(*columns, strict=True)], dim=1)
    return Split(own - whole, whole - each.sum(1), each - log_normal(codes[..., None]))


def _drawn(
    mean: Tensor, log_variance: Tensor, count: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Codes of posteriors picked at random (count, d), and each one's log-density under its own: (count,)."""
    mean, log_variance = mean.double(), log_variance.double()
    picked = torch.randint(len(mean), (count,), device=mean.device, generator=generator)
    noise = torch.randn(count, mean.shape[1], device=mean.device, generator=generator, dtype=torch.float64)
    codes = reparameterise(mean[picked], log_variance[picked], noise)
    return codes, log_normal(noise) - 0.5 * log_variance[picked].sum(1)
