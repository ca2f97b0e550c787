"""The KL of posteriors in its parts, where each part is known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from generate.evaluation.aggregate import Split, aggregate_draws, aggregate_log_density, split_kl
from generate.models.vae import kl_divergence


def split(mean: Tensor, log_variance: Tensor, draws: int = 4_000) -> Split:
    return split_kl(mean, log_variance, draws, torch.Generator().manual_seed(0))


def test_posteriors_that_are_the_prior_say_nothing() -> None:
    found = split(torch.zeros(50, 3), torch.zeros(50, 3), 100)
    for part in (found.information, found.correlation, found.marginals):
        torch.testing.assert_close(part, torch.zeros_like(part), atol=1e-10, rtol=0)


def test_two_posteriors_far_apart_tell_which_of_two_images_it_was() -> None:
    found = split(torch.tensor([[-50.0], [50.0]]), torch.zeros(2, 1), 100)
    assert found.information.mean().item() == pytest.approx(math.log(2))
    assert found.correlation.mean().item() == pytest.approx(0, abs=1e-9)


def test_the_information_of_some_images_is_never_more_than_the_log_of_their_number() -> None:
    mean = 10 * torch.randn(300, 8, generator=torch.Generator().manual_seed(1))
    found = split(mean, torch.full((300, 8), -6.0))
    assert found.information.max() <= math.log(300) + 1e-9
    assert found.information.mean().item() == pytest.approx(math.log(300), abs=1e-6)
    assert kl_divergence(mean, torch.full((300, 8), -6.0)).sum(1).mean() > 10 * math.log(300)


def test_a_correlated_aggregate_has_the_total_correlation_of_its_gaussian() -> None:
    """Narrow posteriors whose means are drawn from a Gaussian fill it where they are many."""
    correlation, width = 0.8, 0.3
    covariance = torch.tensor([[1.0, correlation], [correlation, 1.0]]) - width**2 * torch.eye(2)
    noise = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(2))
    mean = noise @ torch.linalg.cholesky(covariance).T
    found = split(mean, torch.full_like(mean, 2 * math.log(width)))
    assert found.correlation.mean().item() == pytest.approx(-0.5 * math.log(1 - correlation**2), abs=0.05)
    assert found.marginals.mean(0).tolist() == pytest.approx([0, 0], abs=0.02)
    # I(x; z) = h(z) - h(z|x), both of Gaussians
    known = 0.5 * math.log(1 - correlation**2) - 2 * math.log(width)
    assert found.information.mean().item() == pytest.approx(known, abs=0.06)


def test_the_parts_add_up_to_the_kl() -> None:
    generator = torch.Generator().manual_seed(3)
    mean, log_variance = torch.randn(40, 5, generator=generator), torch.randn(40, 5, generator=generator)
    found = split(mean, log_variance, 20_000)
    parts = found.information + found.correlation + found.marginals.sum(1)
    error = parts.std().item() / len(parts) ** 0.5
    assert parts.mean().item() == pytest.approx(
        kl_divergence(mean, log_variance).sum(1).mean().item(), abs=4 * error
    )


def test_the_density_is_that_of_the_mixture() -> None:
    generator = torch.Generator().manual_seed(4)
    mean, log_variance = torch.randn(30, 4, generator=generator), torch.randn(30, 4, generator=generator)
    codes = aggregate_draws(mean, log_variance, 250, generator)
    known = MixtureSameFamily(
        Categorical(torch.ones(30).double()),
        Independent(Normal(mean.double(), (log_variance.double() / 2).exp()), 1),
    )
    torch.testing.assert_close(aggregate_log_density(codes, mean, log_variance), known.log_prob(codes))


def test_draws_have_the_mixtures_mean_and_variance() -> None:
    mean, log_variance = torch.tensor([[-2.0], [4.0]]), torch.tensor([[0.0], [math.log(4.0)]])
    codes = aggregate_draws(mean, log_variance, 50_000, torch.Generator().manual_seed(5))
    assert codes.mean().item() == pytest.approx(1, abs=0.05)
    assert codes.var().item() == pytest.approx(2.5 + 9, rel=0.02)
