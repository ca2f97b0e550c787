"""The toy of the chapter "On a line": its data, its losses, and what training makes of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from generate.models.line import (
    DATA,
    MLP,
    LineAE,
    LineGAN,
    LineModel,
    LineVAE,
    Rules,
    course,
    discriminator_losses,
    gaussian_nats,
    generator_loss,
)


@pytest.fixture
def chance() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("name", DATA)
def test_points_lie_about_their_skeleton_as_far_as_the_noise(name: str, chance: torch.Generator) -> None:
    cloud = DATA[name]
    points, skeleton = cloud.draw(2_000, chance), cloud.skeleton(2_000, chance)
    distances = torch.cdist(points, skeleton).amin(1)
    assert points.shape == (2_000, 2)
    assert 0.97 < (distances < 3 * cloud.noise).float().mean() <= 1
    assert points.mean(0).norm() < 0.2


def test_members_compute_like_linear_layers_of_their_own(chance: torch.Generator) -> None:
    networks, points = MLP(3, 2, 1, chance), torch.randn(3, 5, 2)
    for member in range(3):
        plain = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
        for place, layer in enumerate(part for part in plain if isinstance(part, nn.Linear)):
            layer.weight.data, layer.bias.data = (
                networks.weights[place][member],
                networks.biases[place][member],
            )
            bound = layer.in_features**-0.5
            assert 0.5 * bound < layer.weight.abs().max() <= bound
        torch.testing.assert_close(networks(points)[member], plain(points[member]))


@pytest.mark.parametrize("kind", [LineAE, LineVAE, LineGAN])
def test_a_member_learns_as_if_it_were_alone(kind: Callable[..., LineModel]) -> None:
    one, two = kind(1), kind(2)
    weights = one.state_dict()
    two.load_state_dict({name: torch.cat([weight, weight + 0.1]) for name, weight in weights.items()})
    points = torch.randn(2, 16, 2)
    noise = torch.randn(2, 16, 1)
    one.normal, two.normal = lambda _: noise[:1], lambda _: noise  # type: ignore[method-assign]
    one.step(points[:1])
    two.step(points)
    for name, weight in one.state_dict().items():
        torch.testing.assert_close(two.state_dict()[name][:1], weight, atol=1e-5, rtol=1e-4)


def test_the_penalty_is_the_squared_gradient_that_autograd_finds(chance: torch.Generator) -> None:
    discriminator, (real, made) = MLP(1, 2, 1, chance), torch.randn(2, 1, 6, 2)
    _, penalty = discriminator_losses(discriminator, real, made)
    found = []
    for point in torch.cat([real, made], 1)[0]:
        at = point.clone().requires_grad_()
        (slope,) = torch.autograd.grad(discriminator(at.view(1, 1, 2)).sum(), at)
        found.append(slope.square().sum())
    torch.testing.assert_close(penalty[0], torch.stack(found[:6]).mean() + torch.stack(found[6:]).mean())
    assert penalty.grad_fn is not None  # it moves the weights


def test_the_likelihood_is_a_gaussians() -> None:
    points, rebuilt = torch.randn(2, 1, 7, 2)
    exact = torch.distributions.Normal(rebuilt, 0.3)
    constant = torch.distributions.Normal(rebuilt, 0.3).log_prob(rebuilt).sum(-1).mean()
    expected = constant - exact.log_prob(points).sum(-1).mean()
    torch.testing.assert_close(gaussian_nats(points, rebuilt, 0.3)[0], expected)


def test_the_saturating_loss_hardly_moves_what_is_seen_through() -> None:
    slopes = []
    for saturating in (False, True):
        logit = torch.tensor([[[-6.0]]], requires_grad=True)
        slopes.append(torch.autograd.grad(generator_loss(logit, saturating).sum(), logit)[0].item())
    assert slopes[0] < -0.9
    assert -0.01 < slopes[1] < 0  # both ask for more


def test_weights_of_the_kl_are_each_members_own() -> None:
    model = LineVAE(2, Rules(beta=(0.0, 300.0)))
    for _ in course(model, ["moons"] * 2, 150):
        pass
    points = DATA["moons"].draw(500, torch.Generator().manual_seed(1)).expand(2, -1, -1)
    with torch.no_grad():
        kl = model.losses(points, model.normal(500))[1]
    assert kl[0] > 1
    assert kl[1] < 0.1


@pytest.mark.parametrize("kind", [LineAE, LineVAE, LineGAN])
def test_samples_come_to_lie_near_the_data(kind: Callable[..., LineModel]) -> None:
    model, chance = kind(1), torch.Generator().manual_seed(2)
    points = DATA["moons"].draw(500, chance)
    codes = torch.randn(500, 1, generator=chance)

    def far() -> float:
        samples = model.decode(codes)[0]
        there, back = torch.cdist(samples, points).amin(1).mean(), torch.cdist(points, samples).amin(1).mean()
        return float(there + back)

    before = far()
    for _ in course(model, ["moons"], 400):
        pass
    assert far() < 0.45 * before


def test_trainings_of_a_seed_are_the_same() -> None:
    found = []
    for _ in range(2):
        model = LineGAN(1, seed=3)
        assert [*course(model, ["ring"], 5, seed=3)] == [0, 1, 2, 3, 4, 5]
        found.append(model.decode(torch.linspace(-1, 1, 5)[:, None]))
    assert torch.equal(*found)
