"""The comparison is honest: baseline and project minimise the same thing, batch for batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from generate import data
from generate.experiments import AE_16D, GAN_16D, VAE_16D, Run
from generate.models.autoencoder import Autoencoder
from generate.models.gan import GAN
from generate.models.learner import Batch, Learner
from generate.models.optimisation import Optimisation
from generate.models.vae import VAE
from generate.training.trainer import Trainer
from tests.benchmarks.baselines import EagerAutoencoder, EagerGAN, EagerVAE, shuffled
from tests.benchmarks.idiom import FullyConnectedConfig, FullyConnectedVAE, usual_loss

MakeBatch = Callable[..., Batch]


def ours(run: Run) -> Learner:
    return run.model.learner(replace(run.optimisation, precision="float32"))


def noise_of(batch: Batch, latent: int) -> Tensor:
    """What the project draws for the batch, seen before it is drawn."""
    same = torch.Generator().manual_seed(batch.noise.initial_seed())
    return torch.randn(len(batch.images), latent, generator=same)


@pytest.mark.parametrize(("run", "baseline"), [(AE_16D, EagerAutoencoder), (VAE_16D, EagerVAE)])
def test_one_descent_is_the_same(run: Run, baseline: type[EagerAutoencoder], make_batch: MakeBatch) -> None:
    learner, theirs = ours(run), baseline(run.model, run.optimisation)
    model = learner.model
    assert isinstance(model, Autoencoder | VAE)
    theirs.encoder.load_state_dict(model.encoder.state_dict())
    theirs.decoder.load_state_dict(model.decoder.state_dict())
    for step in range(2):
        batch = make_batch(step=step, seed=step)
        expected = theirs.step(batch.images, noise_of(batch, 16))
        found = next(iter(learner.step(batch).values()))
        torch.testing.assert_close(found, expected[0], rtol=1e-4, atol=0)


def test_one_move_of_each_player_is_the_same(make_batch: MakeBatch) -> None:
    learner, theirs = ours(GAN_16D), EagerGAN(GAN_16D.model, GAN_16D.optimisation)
    assert isinstance(learner.model, GAN)
    theirs.generator.load_state_dict(learner.model.generator.state_dict())
    theirs.discriminator.load_state_dict(learner.model.discriminator.state_dict())
    # The first step has a penalty, the second has none.
    for step in range(2):
        batch = make_batch(step=step, seed=step)
        expected = theirs.step(batch.images, noise_of(batch, 16))
        found = learner.step(batch)
        for name, value in zip(("discriminator", "generator"), expected, strict=True):
            torch.testing.assert_close(found[name], value, rtol=1e-4, atol=0)


def test_the_penalty_is_the_same(make_batch: MakeBatch) -> None:
    learner, theirs = ours(GAN_16D), EagerGAN(GAN_16D.model, GAN_16D.optimisation)
    assert isinstance(learner.model, GAN)
    theirs.generator.load_state_dict(learner.model.generator.state_dict())
    theirs.discriminator.load_state_dict(learner.model.discriminator.state_dict())
    before = theirs.discriminator.score.weight.detach().clone()
    batch = make_batch()
    theirs.step(batch.images, noise_of(batch, 16))
    learner.step(batch)
    moved = theirs.discriminator.score.weight - before
    found = learner.model.discriminator.score.weight - before
    assert moved.abs().max() > 1e-4
    # Adam's first step is almost a sign: a tiny gradient may differ in it, so not every weight is compared.
    assert ((moved - found).abs() < 1e-5).float().mean() > 0.99


def test_the_usual_loss_is_the_projects_summed_over_the_batch(make_batch: MakeBatch) -> None:
    learner = FullyConnectedConfig().learner(Optimisation(100, precision="float32"))
    assert isinstance(learner.model, FullyConnectedVAE)
    batch = make_batch(24)
    theirs = usual_loss(learner.model.network, batch.images.view(-1, 784), noise_of(batch, 20))
    torch.testing.assert_close(learner.model.losses(batch)["bound"] * 24, theirs, rtol=1e-4, atol=0)


def test_the_usual_vae_learns_in_the_projects_trainer() -> None:
    digits = data.load(data.DIGITS, data.default_folder()).development
    assert len(digits) == 1_497
    trainer = Trainer(FullyConnectedConfig(), Optimisation(64 * 40, warmup=0.0), digits, "cpu")
    losses = [trainer.advance()["bound"].item() for _ in range(40)]
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_an_epoch_shows_every_image_once() -> None:
    images = torch.arange(10.0).view(10, 1, 1, 1)
    batches = shuffled(images, 5)
    epochs = [torch.cat([next(batches), next(batches)]).flatten() for _ in range(2)]
    assert all(epoch.sort().values.equal(images.flatten()) for epoch in epochs)
    assert not epochs[0].equal(epochs[1])
