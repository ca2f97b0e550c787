"""Bounds on a likelihood that can also be computed exactly."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from generate.evaluation.likelihood import binarised, bounds
from generate.models.vae import VAE

BIAS = torch.linspace(-2, 2, 784).view(1, 1, 28, 28)
SLOPE = torch.linspace(-0.2, 0.3, 784).view(1, 1, 28, 28)


class Toy(VAE):
    """One latent dimension moves every pixel's logit; the posterior is off on purpose."""

    def __init__(self, mean: float, log_variance: float) -> None:
        super().__init__(latent=1)
        self.decoder = Line()
        self.parameters_of_q = (mean, log_variance)

    def posterior(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_variance = (torch.full((len(images), 1), value) for value in self.parameters_of_q)
        return mean, log_variance


class Line(nn.Module):
    """Logits that move along a straight line."""

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        return BIAS + SLOPE * codes.view(-1, 1, 1, 1)


def exact(images: torch.Tensor) -> torch.Tensor:
    """log p(x) by summing over a fine grid of the latent."""
    grid = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    logits = (BIAS + SLOPE * grid.view(-1, 1, 1, 1)).double()
    fits = torch.stack([(image * logits - nn.functional.softplus(logits)).sum((1, 2, 3)) for image in images])
    prior = -0.5 * (grid.square() + math.log(2 * math.pi))
    return (fits + prior).logsumexp(1) + math.log(grid[1] - grid[0])


@pytest.fixture
def images() -> torch.Tensor:
    """What the toy itself would draw for a code of 0.5."""
    chances = torch.sigmoid(BIAS + 0.5 * SLOPE).expand(4, -1, -1, -1)
    return binarised(chances, torch.Generator().manual_seed(0)).double()


def test_with_many_samples_the_bound_is_the_likelihood(images: torch.Tensor) -> None:
    found = bounds(Toy(0.0, 0.0), images.float(), 20_000, torch.Generator().manual_seed(0))
    assert found.importance.tolist() == pytest.approx(exact(images).tolist(), abs=0.15)


def test_the_elbo_is_looser_by_the_posteriors_error(images: torch.Tensor) -> None:
    found = bounds(Toy(0.9, 0.0), images.float(), 2_000, torch.Generator().manual_seed(0))
    assert (found.elbo < found.importance).all()
    assert found.importance.tolist() == pytest.approx(exact(images).tolist(), abs=0.3)


def test_chunks_change_nothing_but_the_noise(images: torch.Tensor) -> None:
    once, often = (
        bounds(Toy(0.5, -1.0), images.float(), 4_000, torch.Generator().manual_seed(1), chunk)
        for chunk in (20_000, 300)
    )
    assert once.importance.tolist() == pytest.approx(often.importance.tolist(), abs=0.2)
    assert once.elbo.shape == often.elbo.shape == (4,)


def test_pixels_become_ones_as_often_as_they_are_bright() -> None:
    images = torch.full((200, 1, 28, 28), 0.25)
    drawn = binarised(images, torch.Generator().manual_seed(0))
    assert drawn.unique().tolist() == [0, 1]
    assert drawn.mean().item() == pytest.approx(0.25, abs=0.01)
