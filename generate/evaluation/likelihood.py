"""How likely does a VAE think an image is? The other families do not define it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from generate.models.vae import VAE

LOG_TWO_PI = math.log(2 * math.pi)


@dataclass(frozen=True)
class Bounds:
    """Lower bounds on log p(x) for each image, in nats: (N,). On average ``importance`` is the tighter."""

    elbo: Tensor
    importance: Tensor


def binarised(images: Tensor, generator: torch.Generator) -> Tensor:
    """Images (N, 1, 28, 28) with every pixel drawn as 0 or 1, its intensity being the chance of 1.

    Salakhutdinov & Murray 2008. Only for such pixels is a cross-entropy a likelihood.
    """
    return torch.bernoulli(images, generator=generator)


@torch.no_grad()
def bounds(
    model: VAE, images: Tensor, samples: int, generator: torch.Generator, chunk: int = 1_000
) -> Bounds:
    """The ELBO and the importance-weighted bound (Burda et al. 2016, eq. 8) of binary images (N, 1, 28, 28).

    ``samples`` of q(z|x) are weighted by p(x, z) / q(z|x); the log of their mean is below log p(x) on
    average, and rises to it with their number. ``chunk`` decodes are held at a time.
    """
    group = max(1, chunk // samples)
    found = [_bounds(model, some, samples, generator, chunk) for some in torch.split(images, group)]
    elbo, importance = (torch.cat(parts) for parts in zip(*found, strict=True))
    return Bounds(elbo, importance)


def _bounds(
    model: VAE, images: Tensor, samples: int, generator: torch.Generator, chunk: int
) -> tuple[Tensor, Tensor]:
    mean, log_variance = model.posterior(images)
    weights = []
    for start in range(0, samples, max(1, chunk // len(images))):
        count = min(max(1, chunk // len(images)), samples - start)
        noise = torch.randn(count, *mean.shape, device=mean.device, generator=generator)
        codes = mean + (0.5 * log_variance).exp() * noise
        prior = -0.5 * (codes.square() + LOG_TWO_PI).sum(-1)
        posterior = -0.5 * (noise.square() + log_variance + LOG_TWO_PI).sum(-1)
        weights.append(_log_likelihood(model, images, codes) + prior - posterior)
    log_weights = torch.cat(weights).double()
    return log_weights.mean(0), log_weights.logsumexp(0) - math.log(samples)


def _log_likelihood(model: VAE, images: Tensor, codes: Tensor) -> Tensor:
    """Log p(x|z) of images (N, 1, 28, 28) under codes (K, N, d), in nats: (K, N)."""
    logits = model.decoder(codes.flatten(0, 1)).float().view(*codes.shape[:2], *images.shape[1:])
    losses = functional.binary_cross_entropy_with_logits(logits, images.expand_as(logits), reduction="none")
    return -losses.sum((-3, -2, -1))
