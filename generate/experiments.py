"""Every run as a frozen value. What a run is called is its variable's name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from generate.data import DIGITS, MNIST
from generate.models.configs import (
    AutoencoderConfig,
    ClassifierConfig,
    Config,
    GANConfig,
    VAEConfig,
    narrowed,
)
from generate.models.optimisation import Optimisation
from generate.models.sizes import CHANNELS


@dataclass(frozen=True)
class Run:
    """One experiment: a model and how it is optimised. The data set is chosen when it is run.

    Results are published of every run, and the weights too if ``published``.
    """

    name: str
    model: Config
    optimisation: Optimisation
    published: bool = True


# The three families get the same number of images, batch size and schedule. Rate and momentum differ: the
# players of a game chase a moving target, and large steps or remembering where it was make them overshoot.
EPOCH = 55_000
SHARED = Optimisation(images_seen=15 * EPOCH, learning_rate=3e-3)
ADVERSARIAL = replace(SHARED, learning_rate=1e-3, betas=(0.0, 0.99))

AE_2D = Run("AE_2D", AutoencoderConfig(latent=2), SHARED)
VAE_2D = Run("VAE_2D", VAEConfig(latent=2), SHARED)
GAN_2D = Run("GAN_2D", GANConfig(latent=2), ADVERSARIAL)

AE_16D = Run("AE_16D", AutoencoderConfig(latent=16), SHARED)
VAE_16D = Run("VAE_16D", VAEConfig(latent=16), SHARED)
GAN_16D = Run("GAN_16D", GANConfig(latent=16), ADVERSARIAL)
CGAN_16D = Run("CGAN_16D", GANConfig(latent=16, classes=10, auxiliary=0.25), ADVERSARIAL)

CLASSIFIER = Run("CLASSIFIER", ClassifierConfig(), Optimisation(images_seen=16 * EPOCH, learning_rate=2e-3))

# A likelihood needs binary pixels, and no other family to be compared with: more dimensions, a learned prior,
# a longer run.
VAE_NLL = Run(
    "VAE_NLL",
    VAEConfig(latent=40, binarise=True, couplings=6),
    replace(SHARED, images_seen=30 * EPOCH, learning_rate=2e-3),
)


def again(run: Run, seed: int) -> Run:
    """The same experiment from another seed, to see how much is chance."""
    seeded = replace(run.optimisation, seed=seed)
    return Run(f"{run.name}_SEED_{seed}", run.model, seeded, published=False)


AE_16D_SEED_1, AE_16D_SEED_2 = again(AE_16D, 1), again(AE_16D, 2)
VAE_16D_SEED_1, VAE_16D_SEED_2 = again(VAE_16D, 1), again(VAE_16D, 2)
GAN_16D_SEED_1, GAN_16D_SEED_2 = again(GAN_16D, 1), again(GAN_16D, 2)


# Sweeps: one setting varied in short runs, to be compared with one another and not with the runs above.
BRIEF = replace(SHARED, images_seen=3 * EPOCH)
BRIEFLY_ADVERSARIAL = replace(ADVERSARIAL, images_seen=3 * EPOCH)


def brief(name: str, model: Config, optimisation: Optimisation = BRIEF) -> Run:
    """One run of a sweep."""
    return Run(name, model, optimisation, published=False)


BETA_0 = brief("BETA_0", VAEConfig(latent=2, beta=0))
BETA_QUARTER = brief("BETA_QUARTER", VAEConfig(latent=2, beta=0.25))
BETA_1 = brief("BETA_1", VAEConfig(latent=2))
BETA_4 = brief("BETA_4", VAEConfig(latent=2, beta=4))
BETA_8 = brief("BETA_8", VAEConfig(latent=2, beta=8))
BETA_16 = brief("BETA_16", VAEConfig(latent=2, beta=16))

LATENT_4 = brief("LATENT_4", VAEConfig(latent=4))
LATENT_8 = brief("LATENT_8", VAEConfig(latent=8))
LATENT_16 = brief("LATENT_16", VAEConfig(latent=16))
LATENT_32 = brief("LATENT_32", VAEConfig(latent=32))
LATENT_64 = brief("LATENT_64", VAEConfig(latent=64))

GAME_FREE = brief("GAME_FREE", GANConfig(latent=16, gamma=0), BRIEFLY_ADVERSARIAL)
GAME_R1 = brief("GAME_R1", GANConfig(latent=16, penalised=("real",)), BRIEFLY_ADVERSARIAL)
GAME_R1_R2 = brief("GAME_R1_R2", GANConfig(latent=16), BRIEFLY_ADVERSARIAL)
GAME_RELATIVISTIC = brief("GAME_RELATIVISTIC", GANConfig(latent=16, relativistic=True), BRIEFLY_ADVERSARIAL)

# Optimised as the autoencoders are, three times as fast and with momentum, without penalties and with them.
HASTY_FREE = brief("HASTY_FREE", GANConfig(latent=16, gamma=0))
HASTY_R1_R2 = brief("HASTY_R1_R2", GANConfig(latent=16))

# In the order they are trained: the longest early, so that parallel workers finish together.
LONGEST_FIRST = (
    *(CLASSIFIER, GAN_16D, CGAN_16D, GAN_2D, GAN_16D_SEED_1, GAN_16D_SEED_2, VAE_NLL),
    *(VAE_2D, AE_2D, VAE_16D, AE_16D, VAE_16D_SEED_1, AE_16D_SEED_1, VAE_16D_SEED_2, AE_16D_SEED_2),
    *(GAME_R1_R2, GAME_R1, GAME_RELATIVISTIC, GAME_FREE, HASTY_R1_R2, HASTY_FREE),
    *(BETA_0, BETA_QUARTER, BETA_1, BETA_4, BETA_8, BETA_16),
    *(LATENT_4, LATENT_8, LATENT_16, LATENT_32, LATENT_64),
)
RUNS = {run.name: run for run in LONGEST_FIRST}


@dataclass(frozen=True)
class Budget:
    """What runs may cost: a ``share`` of their images, batches and networks no larger than given.

    ``effort`` is the share of the samples, codes and steps by which they are measured.
    """

    share: float = 1.0
    batch_size: int = SHARED.batch_size
    channels: int = CHANNELS
    effort: float = 1.0


FULL = Budget()
# The built-in digits are 1,300 images of little detail: a glimpse of the budget shows what there is to see.
BUDGETS = {MNIST: FULL, DIGITS: Budget(1 / 384, batch_size=16, channels=32, effort=0.2)}


def scaled(run: Run, budget: Budget) -> Run:
    """The same run within a budget, in whole batches."""
    if budget == FULL:
        return run
    size = min(run.optimisation.batch_size, budget.batch_size)
    batches = max(1, round(run.optimisation.images_seen * budget.share / size))
    optimisation = replace(run.optimisation, images_seen=batches * size, batch_size=size)
    return replace(run, model=narrowed(run.model, budget.channels), optimisation=optimisation)
