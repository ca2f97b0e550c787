"""How likely does a VAE think an image is? The other families do not define it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from generate.models.vae import VAE, reparameterise


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
def bounds(model: VAE, images: Tensor, samples: int, generator: torch.Generator, chunk: int = 500) -> Bounds:
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
    for count in _parts(samples, max(1, chunk // len(images))):
        noise = torch.randn(count, *mean.shape, device=mean.device, generator=generator)
        codes = reparameterise(mean, log_variance, noise)
        weights.append(model.log_weights(images, codes, mean, log_variance).double())
    every = torch.cat(weights)
    return every.mean(0), every.logsumexp(0) - math.log(samples)


def _parts(total: int, most: int) -> list[int]:
    """``total`` in parts of at most ``most``."""
    return [min(most, total - start) for start in range(0, total, most)]
