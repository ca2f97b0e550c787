"""Every run as a frozen value. What a run is called is its variable's name, and is written once."""

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

    Results are published of every run, and the weights too if ``published``. ``name`` is its variable's.
    """

    model: Config
    optimisation: Optimisation
    published: bool = True
    name: str = ""


# The three families get the same number of images, batch size and schedule. Rate and momentum differ: the
# players of a game chase a moving target, and large steps or remembering where it was make them overshoot.
EPOCH = 55_000
SHARED = Optimisation(images_seen=15 * EPOCH, learning_rate=3e-3)
ADVERSARIAL = replace(SHARED, learning_rate=1e-3, betas=(0.0, 0.99))

AE_2D = Run(AutoencoderConfig(latent=2), SHARED)
VAE_2D = Run(VAEConfig(latent=2), SHARED)
GAN_2D = Run(GANConfig(latent=2), ADVERSARIAL)

AE_16D = Run(AutoencoderConfig(latent=16), SHARED)
VAE_16D = Run(VAEConfig(latent=16), SHARED)
GAN_16D = Run(GANConfig(latent=16), ADVERSARIAL)
CGAN_16D = Run(GANConfig(latent=16, classes=10, auxiliary=0.25), ADVERSARIAL)

CLASSIFIER = Run(ClassifierConfig(), Optimisation(images_seen=16 * EPOCH, learning_rate=2e-3))

# A likelihood needs binary pixels, and no other family to be compared with: more dimensions, a learned prior,
# a longer run.
VAE_NLL = Run(
    VAEConfig(latent=40, binarise=True, couplings=6),
    replace(SHARED, images_seen=30 * EPOCH, learning_rate=2e-3),
)


def again(run: Run, seed: int) -> Run:
    """The same experiment from another seed, to see how much is chance."""
    return Run(run.model, replace(run.optimisation, seed=seed), published=False)


AE_16D_SEED_1, AE_16D_SEED_2 = again(AE_16D, 1), again(AE_16D, 2)
VAE_16D_SEED_1, VAE_16D_SEED_2 = again(VAE_16D, 1), again(VAE_16D, 2)
GAN_16D_SEED_1, GAN_16D_SEED_2 = again(GAN_16D, 1), again(GAN_16D, 2)


# Sweeps: one setting varied in short runs, to be compared with one another and not with the runs above.
BRIEF = replace(SHARED, images_seen=3 * EPOCH)
BRIEFLY_ADVERSARIAL = replace(ADVERSARIAL, images_seen=3 * EPOCH)


def brief(model: Config, optimisation: Optimisation = BRIEF) -> Run:
    """One run of a sweep."""
    return Run(model, optimisation, published=False)


BETA_0 = brief(VAEConfig(latent=2, beta=0))
BETA_QUARTER = brief(VAEConfig(latent=2, beta=0.25))
BETA_1 = brief(VAEConfig(latent=2))
BETA_4 = brief(VAEConfig(latent=2, beta=4))
BETA_8 = brief(VAEConfig(latent=2, beta=8))
BETA_16 = brief(VAEConfig(latent=2, beta=16))

LATENT_4 = brief(VAEConfig(latent=4))
LATENT_8 = brief(VAEConfig(latent=8))
LATENT_16 = brief(VAEConfig(latent=16))
LATENT_32 = brief(VAEConfig(latent=32))
LATENT_64 = brief(VAEConfig(latent=64))

GAME_FREE = brief(GANConfig(latent=16, gamma=0), BRIEFLY_ADVERSARIAL)
GAME_R1 = brief(GANConfig(latent=16, penalised=("real",)), BRIEFLY_ADVERSARIAL)
GAME_R1_R2 = brief(GANConfig(latent=16), BRIEFLY_ADVERSARIAL)
GAME_RELATIVISTIC = brief(GANConfig(latent=16, relativistic=True), BRIEFLY_ADVERSARIAL)

# Optimised as the autoencoders are, three times as fast and with momentum, without penalties and with them.
HASTY_FREE = brief(GANConfig(latent=16, gamma=0))
HASTY_R1_R2 = brief(GANConfig(latent=16))


def _cost(run: Run) -> int:
    """About how long a run takes, in images: two players learn from each."""
    return run.optimisation.images_seen * (2 if isinstance(run.model, GANConfig) else 1)


def _named(found: dict[str, object]) -> dict[str, Run]:
    """The runs by their variables' names, the longest first, so that parallel workers finish together."""
    runs = {name: run for name, run in found.items() if isinstance(run, Run)}
    for name, run in runs.items():
        object.__setattr__(run, "name", name)  # they are frozen for everybody else
    return {name: runs[name] for name in sorted(runs, key=lambda name: -_cost(runs[name]))}


RUNS = _named(dict(globals()))

# What each headline run reaches on MNIST's test set, by the names of published numbers: for whoever trains it
# again to come near. Their spreads over seeds are published too.
EXPECTED = {
    AE_2D: {"autoencoder/latent_plane.knn_accuracy": 0.82},
    VAE_2D: {"vae/latent_plane.knn_accuracy": 0.78},
    AE_16D: {"scores/ae.mse": 0.0052, "scores/ae.neighbour_accuracy": 0.97},
    VAE_16D: {"scores/vae.mse": 0.0065, "scores/vae.fcd_ratio": 37},
    GAN_16D: {"scores/gan.fcd_ratio": 1.3, "scores/gan.coverage": 0.89},
    CGAN_16D: {"scores/conditional.consistency": 0.998},
    CLASSIFIER: {"data/judge.accuracy": 0.996},
    VAE_NLL: {"scores/likelihood.elbo": -84, "scores/likelihood.importance": -81},
}


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
