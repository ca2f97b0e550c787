"""Densities fitted to codes."""

from __future__ import annotations

import math

import torch

from generate.latent.densities import fitted_log_density, sample_fitted


def two_clouds() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.cat(
        [torch.randn(1000, 2, generator=generator) - 5, torch.randn(1000, 2, generator=generator) + 5]
    )


def test_one_component_has_the_codes_mean_and_spread() -> None:
    codes = two_clouds()
    drawn = sample_fitted(codes, 1, 4000)
    assert drawn.shape == (4000, 2)
    torch.testing.assert_close(drawn.mean(0), codes.mean(0), atol=0.4, rtol=0)
    torch.testing.assert_close(drawn.T.cov(), codes.T.cov(), atol=2.0, rtol=0)


def test_a_mixture_finds_the_clouds_and_mixes_its_draws() -> None:
    drawn = sample_fitted(two_clouds(), 2, 400)
    right = drawn[:, 0] > 0
    assert (drawn[right] - 5).norm(dim=1).max() < 5
    assert (drawn[~right] + 5).norm(dim=1).max() < 5
    assert 0.3 < right[:200].float().mean() < 0.7


def test_draws_are_the_same_every_time() -> None:
    assert torch.equal(sample_fitted(two_clouds(), 2, 10), sample_fitted(two_clouds(), 2, 10))


def test_the_fitted_density_of_one_component_is_that_of_its_gaussian() -> None:
    codes = torch.randn(50_000, 2, generator=torch.Generator().manual_seed(1))
    points = torch.tensor([[0.0, 0.0], [1.0, -2.0]])
    known = -0.5 * points.square().sum(1) - math.log(2 * math.pi)
    torch.testing.assert_close(fitted_log_density(codes, 1, points), known, atol=0.05, rtol=0)
