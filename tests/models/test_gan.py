"""The game: who sees what, who moves when."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from generate.models import gan
from generate.models.configs import GANConfig
from generate.models.gan import (
    GAN,
    Discriminator,
    Game,
    batch_deviation,
    discriminator_loss,
    generator_loss,
    gradient_norm,
)
from generate.models.optimisation import Optimisation

OPTIMISATION = Optimisation(images_seen=64, precision="float32")


def game(config: GANConfig | None = None) -> Game:
    """The same game every time."""
    torch.manual_seed(0)
    learner = (config or GANConfig(2)).learner(OPTIMISATION)
    assert isinstance(learner, Game)
    return learner


def weights(network: nn.Module) -> torch.Tensor:
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def test_latents_become_images_and_images_one_logit_each(make_batch) -> None:
    model, batch = GAN(5).eval(), make_batch(8)
    images = model.decode(torch.randn(8, 5))
    assert images.shape == (8, 1, 28, 28)
    assert 0 <= images.min() <= images.max() <= 1
    assert model.discriminator(images, batch.labels).shape == (8,)


def test_a_conditional_generator_draws_what_it_is_asked_for() -> None:
    model, latent = GAN(4, classes=10).eval(), torch.randn(1, 4).expand(10, 4)
    threes, sevens = (model.decode(latent, torch.full((10,), digit)) for digit in (3, 7))
    assert torch.equal(threes[0], threes[9])
    assert not torch.allclose(threes, sevens)


def test_a_conditional_generator_without_labels_cycles_through_the_classes() -> None:
    model, latents = GAN(4, classes=10).eval(), torch.randn(12, 4)
    assert torch.equal(model.decode(latents), model.decode(latents, torch.arange(12) % 10))


def test_a_conditional_discriminator_looks_at_the_label(make_batch) -> None:
    discriminator, images = Discriminator(10), make_batch(8).images
    assert discriminator.project is not None
    nn.init.normal_(discriminator.project.weight)
    twos, fives = (discriminator(images, torch.full((8,), digit)) for digit in (2, 5))
    assert not torch.allclose(twos, fives)


def test_a_conditional_discriminator_says_how_badly_it_reads_the_class(make_batch) -> None:
    discriminator, images = Discriminator(10), make_batch(8).images
    assert discriminator.read is not None
    nn.init.zeros_(discriminator.read.weight)
    with torch.no_grad():
        discriminator.read.bias.copy_(torch.arange(10) == 3)
    right, wrong = (discriminator.verdict(images, torch.full((8,), digit))[1] for digit in (3, 4))
    torch.testing.assert_close(wrong - right, torch.tensor(1.0))
    assert Discriminator(0).verdict(images, torch.zeros(8))[1] == 0


def test_both_players_are_paid_for_legible_digits(make_batch) -> None:
    config = GANConfig(2, classes=10, gamma=0.0)
    indifferent, paid = (game(replace(config, auxiliary=pay)) for pay in (0.0, 5.0))
    for learner in (indifferent, paid):
        learner.step(make_batch())
    for player in ("generator", "discriminator"):
        ours, theirs = (weights(getattr(learner.model, player)) for learner in (indifferent, paid))
        assert not torch.equal(ours, theirs)


@pytest.mark.parametrize(("count", "group"), [(8, 4), (12, 4), (6, 6)])
def test_the_deviation_channel_is_that_of_each_group(count: int, group: int) -> None:
    features = torch.randn(count, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    channel = batch_deviation(features)
    assert channel.shape == (count, 1, 2, 2)
    groups = count // group
    for place in range(count):
        members = features[place % groups :: groups]
        expected = members.std(0, correction=0).mean()
        torch.testing.assert_close(channel[place], expected.expand(1, 2, 2), atol=1e-4, rtol=1e-4)


def test_a_batch_of_one_image_repeated_has_no_deviation() -> None:
    assert batch_deviation(torch.randn(1, 3, 2, 2).expand(8, 3, 2, 2)).max() < 1e-3


def test_a_step_moves_both_players(make_batch) -> None:
    learner = game()
    before = weights(learner.model.generator), weights(learner.model.discriminator)
    metrics = learner.step(make_batch())
    after = weights(learner.model.generator), weights(learner.model.discriminator)
    assert all(not torch.equal(old, new) for old, new in zip(before, after, strict=True))
    assert set(metrics) == {"discriminator", "generator", "real_score", "fake_score"}
    assert all(value.isfinite() and not value.requires_grad for value in metrics.values())


@pytest.mark.parametrize("player", [0, 1], ids=["discriminator", "generator"])
def test_a_players_update_gives_the_other_no_gradient(
    make_batch, monkeypatch: pytest.MonkeyPatch, player: int
) -> None:
    learner = game()
    other = learner.optimizers[1 - player]
    seen: list[bool] = []

    def step() -> None:
        seen.append(any(p.grad is not None for group in other.param_groups for p in group["params"]))

    other.zero_grad()
    monkeypatch.setattr(other, "step", other.zero_grad)
    monkeypatch.setattr(learner.optimizers[player], "step", step)
    learner.step(make_batch())
    assert seen == [False]


def test_a_penalty_that_falls_due_rarely_is_as_much_stronger(
    make_batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Karras et al. 2020, section 3.1: lazy regularisation is scaled by its interval."""

    def loss(**rules: float) -> float:
        learner, paid = game(GANConfig(2, **rules)), {}
        monkeypatch.setattr(learner, "_update", lambda player, loss: paid.setdefault(player, loss.item()))
        learner.step(make_batch())
        return paid[0]

    free = loss(gamma=0.0)
    once, lazily = (loss(gamma=2.0, penalty_every=every) - free for every in (1, 4))
    assert once > 0
    assert lazily == pytest.approx(4 * once, rel=1e-4)
    assert loss(gamma=4.0, penalty_every=1) - free == pytest.approx(2 * once, rel=1e-4)


@pytest.mark.parametrize(("step", "penalised"), [(0, True), (1, False), (3, False), (4, True)])
def test_gradients_are_penalised_every_few_steps(make_batch, step: int, penalised: bool) -> None:
    free, bound = game(GANConfig(2, gamma=0.0)), game(GANConfig(2, gamma=10.0))
    for learner in (free, bound):
        learner.step(make_batch(step=step))
    moved_alike = torch.equal(weights(free.model.discriminator), weights(bound.model.discriminator))
    assert moved_alike is not penalised


def test_only_the_chosen_images_are_penalised(make_batch, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[torch.Tensor] = []

    def norm(_: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
        seen.append(images)
        return images.sum() * 0

    monkeypatch.setattr(gan, "gradient_norm", norm)
    batch = make_batch()
    game(GANConfig(2, penalised=("real",))).step(batch)
    assert [torch.equal(images, batch.images) for images in seen] == [True]


def test_losses_are_those_of_logistic_regression_singly_and_in_pairs() -> None:
    real, fake = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0])
    right = real.sigmoid().log().mean() + (1 - fake.sigmoid()).log().mean()
    torch.testing.assert_close(discriminator_loss(real, fake, relativistic=False), -right)
    torch.testing.assert_close(generator_loss(real, fake, relativistic=False), -fake.sigmoid().log().mean())
    pairs = (real - fake).sigmoid()
    torch.testing.assert_close(discriminator_loss(real, fake, relativistic=True), -pairs.log().mean())
    torch.testing.assert_close(generator_loss(real, fake, relativistic=True), -(1 - pairs).log().mean())


def test_a_relativistic_game_moves_both_players(make_batch) -> None:
    learner = game(GANConfig(2, relativistic=True))
    before = weights(learner.model.generator), weights(learner.model.discriminator)
    learner.step(make_batch())
    after = weights(learner.model.generator), weights(learner.model.discriminator)
    assert all(not torch.equal(old, new) for old, new in zip(before, after, strict=True))


def test_the_gradient_norm_is_squared_summed_over_pixels_and_averaged_over_images() -> None:
    slope = nn.Parameter(torch.tensor([1.0, 3.0]))
    images = torch.zeros(2, 1, 28, 28, requires_grad=True)
    norm = gradient_norm((images * slope.view(2, 1, 1, 1)).sum((1, 2, 3)), images)
    assert norm.item() == pytest.approx(784 * (1**2 + 3**2) / 2)
    norm.backward()
    assert slope.grad is not None
    torch.testing.assert_close(slope.grad, 784 * slope.detach())


def test_a_discriminator_left_alone_learns_to_tell_real_from_fake(
    make_batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = game()
    monkeypatch.setattr(learner.optimizers[1], "step", lambda: None)
    losses = [learner.step(make_batch(step=1))["discriminator"].item() for _ in range(8)]
    assert losses[-1] < losses[0]


def test_a_generator_left_alone_learns_to_be_believed(make_batch, monkeypatch: pytest.MonkeyPatch) -> None:
    learner = game()
    monkeypatch.setattr(learner.optimizers[0], "step", lambda: None)
    losses = [learner.step(make_batch(step=1))["generator"].item() for _ in range(8)]
    assert losses[-1] < losses[0]


def test_held_out_scores_are_probabilities(make_batch) -> None:
    scores = game(replace(GANConfig(2), classes=10)).model.losses(make_batch())
    assert set(scores) == {"real_score", "fake_score"}
    assert all(0 < value < 1 for value in scores.values())
