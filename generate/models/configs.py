"""Every hyperparameter on one page, as frozen values; a family's networks are imported when it is built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from generate.models.sizes import CHANNELS

if TYPE_CHECKING:
    from generate.models.learner import Learner
    from generate.models.optimisation import Optimisation


class Config(Protocol):
    """A frozen description of a model, able to build it."""

    def learner(self, optimisation: Optimisation) -> Learner:
        """The model, freshly initialised, with its optimisers."""


@dataclass(frozen=True)
class AutoencoderConfig:
    """An autoencoder with ``latent`` code dimensions and at most ``channels`` feature maps in a layer."""

    latent: int
    channels: int = CHANNELS

    def learner(self, optimisation: Optimisation) -> Learner:
        """Build the model and its optimiser."""
        from generate.models.autoencoder import Autoencoder
        from generate.models.learner import Descent

        return Descent(Autoencoder(self.latent, self.channels), optimisation)


@dataclass(frozen=True)
class VAEConfig:
    """A VAE with ``latent`` dimensions; ``beta`` weighs the KL (1 is the ELBO; Higgins et al. 2017).

    ``binarise`` draws every pixel as black or white anew at each step, which makes the ELBO a bound on a
    likelihood; ``couplings`` > 0 is the depth of a learned prior.
    """

    latent: int
    beta: float = 1.0
    binarise: bool = False
    couplings: int = 0
    channels: int = CHANNELS

    def learner(self, optimisation: Optimisation) -> Learner:
        """Build the model and its optimiser."""
        from generate.models.learner import Descent
        from generate.models.vae import VAE

        vae = VAE(self.latent, self.beta, self.binarise, self.couplings, self.channels)
        return Descent(vae, optimisation)


@dataclass(frozen=True)
class GANConfig:
    """A GAN with ``latent`` dimensions; ``classes`` > 0 makes it conditional on the digit.

    ``gamma`` is the strength of the gradient penalty on the images ``penalised``, 0 for none;
    ``relativistic`` scores real and generated images in pairs (Jolicoeur-Martineau 2019). With classes,
    ``auxiliary`` pays both players for images whose class the discriminator reads (Odena et al. 2017).
    """

    latent: int
    classes: int = 0
    gamma: float = 0.05
    penalty_every: int = 4
    penalised: tuple[str, ...] = ("real", "fake")
    relativistic: bool = False
    auxiliary: float = 0.0
    channels: int = CHANNELS

    def learner(self, optimisation: Optimisation) -> Learner:
        """Build both networks and their optimisers."""
        from generate.models.gan import GAN, Game, Rules

        rules = Rules(self.gamma, self.penalty_every, self.penalised, self.relativistic, self.auxiliary)
        return Game(GAN(self.latent, self.classes, self.channels), rules, optimisation)


@dataclass(frozen=True)
class ClassifierConfig:
    """A convolutional classifier trained on slightly moved, turned and scaled digits."""

    width: int = 64
    features: int = 128
    augment: float = 1.0

    def learner(self, optimisation: Optimisation) -> Learner:
        """Build the model and its optimiser."""
        from generate.models.classifier import Classifier
        from generate.models.learner import Descent

        return Descent(Classifier(self.width, self.features, self.augment), optimisation)


def narrowed(config: Config, channels: int) -> Config:
    """The same model with at most so many feature maps in a layer."""
    widths = {name: value for name, value in vars(config).items() if name in ("channels", "width")}
    cut = {name: min(value, channels) for name, value in widths.items()}
    return replace(config, **cut)  # type: ignore[type-var]
