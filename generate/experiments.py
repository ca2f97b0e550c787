"""Every run as a frozen value. What a run is called is its variable's name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from generate.data import DIGITS, MNIST
from generate.models.configs import (
    AutoencoderConfig,
    ClassifierConfig,
    Config,
    GANConfig,
    Optimisation,
    VAEConfig,
)


@dataclass(frozen=True)
class Run:
    """One experiment: a model and how it is optimised. The data set is chosen when it is run."""

    name: str
    model: Config
    optimisation: Optimisation


# The three families get the same number of images, batch size, learning rate and schedule. Momentum alone
# differs: the players of a game chase a moving target, and remembering where it was makes them overshoot.
EPOCH = 55_000
SHARED = Optimisation(images_seen=15 * EPOCH)
ADVERSARIAL = replace(SHARED, betas=(0.0, 0.99))

AE_2D = Run("AE_2D", AutoencoderConfig(latent=2), SHARED)
VAE_2D = Run("VAE_2D", VAEConfig(latent=2), SHARED)
GAN_2D = Run("GAN_2D", GANConfig(latent=2), ADVERSARIAL)

AE_16D = Run("AE_16D", AutoencoderConfig(latent=16), SHARED)
VAE_16D = Run("VAE_16D", VAEConfig(latent=16), SHARED)
GAN_16D = Run("GAN_16D", GANConfig(latent=16), ADVERSARIAL)
CGAN_16D = Run("CGAN_16D", GANConfig(latent=16, classes=10), ADVERSARIAL)

CLASSIFIER = Run("CLASSIFIER", ClassifierConfig(), Optimisation(images_seen=16 * EPOCH, learning_rate=2e-3))

# In the order they are trained: the longest early, so that parallel workers finish together.
RUNS = {run.name: run for run in (CLASSIFIER, GAN_16D, GAN_2D, CGAN_16D, VAE_2D, AE_2D, VAE_16D, AE_16D)}

# The built-in digits are 1,300 images: a thirtieth of the budget shows what there is to see.
BUDGETS = {MNIST: 1.0, DIGITS: 1 / 30}


def scaled(run: Run, budget: float) -> Run:
    """The same run with a share of its images, in whole batches."""
    if budget == 1.0:
        return run
    batches = max(1, round(run.optimisation.images_seen * budget / run.optimisation.batch_size))
    images = batches * run.optimisation.batch_size
    return replace(run, optimisation=replace(run.optimisation, images_seen=images))
