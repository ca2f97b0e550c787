"""The learned prior: a density that sums to one, and draws that follow it."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Normal

from generate.models.prior import Prior, log_normal


def stirred(latent: int, couplings: int) -> Prior:
    """A prior whose couplings do something."""
    torch.manual_seed(1)
    prior = Prior(latent, couplings)
    for parameter in prior.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return prior


def test_without_couplings_it_is_standard_normal() -> None:
    values = torch.randn(5, 3)
    prior = Prior(3)
    assert torch.equal(prior(values), values)
    torch.testing.assert_close(prior.log_density(values), Normal(0, 1).log_prob(values).sum(-1))
    torch.testing.assert_close(log_normal(values), prior.log_density(values))


@pytest.mark.parametrize("latent", [2, 5])
def test_the_density_of_a_draw_is_its_noises_corrected_for_the_stretching(latent: int) -> None:
    prior, noise = stirred(latent, 3), torch.randn(4, latent)
    for one in noise:
        jacobian = torch.autograd.functional.jacobian(prior, one)
        expected = log_normal(one) - jacobian.det().abs().log()
        torch.testing.assert_close(prior.log_density(prior(one)), expected, rtol=1e-4, atol=1e-4)


def test_the_density_sums_to_one() -> None:
    axis = torch.linspace(-12, 12, 600)
    grid = torch.cartesian_prod(axis, axis)
    total = stirred(2, 4).log_density(grid).exp().sum() * (axis[1] - axis[0]) ** 2
    assert total.item() == pytest.approx(1, abs=0.01)


def test_every_dimension_is_changed_and_can_depend_on_the_others() -> None:
    prior = stirred(5, 4)
    jacobian = torch.autograd.functional.jacobian(prior, torch.randn(5))
    assert (jacobian.abs() > 0).all()
