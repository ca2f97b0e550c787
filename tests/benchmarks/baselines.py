"""The straightforward loop: float32, PyTorch's defaults, ordinary autograd. A yardstick: leave it as it is.

Networks are the project's; losses and steps are spelled out here, so that making the project faster does
not make the baseline faster. Tests compare the losses with the project's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.models.decoder import Decoder, Encoder
from generate.models.gan import Discriminator
from generate.models.optimisation import Optimisation


class EagerAutoencoder:
    """Encode, decode, cross-entropy summed over pixels."""

    outputs = 1

    def __init__(self, config: Any, optimisation: Optimisation) -> None:
        self.config = config
        self.latent: int = config.latent
        self.encoder = Encoder(self.outputs * self.latent)
        self.decoder = Decoder(self.latent)
        self.optimizer = _adam(optimisation, self.encoder, self.decoder)

    def loss(self, images: Tensor, noise: Tensor) -> Tensor:  # noqa: ARG002 (as the VAE's)
        """Nats per image."""
        return _cross_entropy(self.decoder(self.encoder(images)), images)

    def step(self, images: Tensor, noise: Tensor) -> list[Tensor]:
        """One step on images (N, 1, 28, 28) in [0, 1] and noise (N, latent); the losses before it."""
        loss = self.loss(images, noise)
        _descend(self.optimizer, loss)
        return [loss.detach()]


class EagerVAE(EagerAutoencoder):
    """The same with a noisy code, and its divergence from the prior."""

    outputs = 2

    def loss(self, images: Tensor, noise: Tensor) -> Tensor:
        """The negative ELBO in nats per image."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        logits = self.decoder(mean + torch.exp(0.5 * log_variance) * noise)
        kl = -0.5 * torch.sum(1 + log_variance - mean**2 - torch.exp(log_variance)) / len(images)
        bound: Tensor = _cross_entropy(logits, images) + self.config.beta * kl
        return bound


class EagerGAN:
    """The discriminator moves, then the generator; gradient penalties every few steps."""

    def __init__(self, config: Any, optimisation: Optimisation) -> None:
        self.config = config
        self.latent: int = config.latent
        self.generator = Decoder(self.latent)
        self.discriminator = Discriminator(0)
        self.optimizers = [_adam(optimisation, net) for net in (self.discriminator, self.generator)]
        self.taken = 0

    def step(self, images: Tensor, noise: Tensor) -> list[Tensor]:
        """One step on images (N, 1, 28, 28) in [0, 1] and noise (N, latent); both players' losses."""
        fakes = torch.sigmoid(self.generator(noise))
        due = self.taken % self.config.penalty_every == 0
        discriminator, penalty = self._discriminator_loss(images, fakes.detach(), due)
        _descend(self.optimizers[0], discriminator + penalty)
        generator = functional.softplus(-self._score(fakes)).mean()
        _descend(self.optimizers[1], generator)
        self.taken += 1
        return [discriminator.detach(), generator.detach()]

    def _discriminator_loss(self, images: Tensor, fakes: Tensor, due: bool) -> tuple[Tensor, Tensor]:
        penalty = torch.zeros(())
        if due:
            images, fakes = images.clone().requires_grad_(), fakes.requires_grad_()
        real, fake = self._score(images), self._score(fakes)
        if due:
            norms = _squared_gradient(real, images) + _squared_gradient(fake, fakes)
            penalty = 0.5 * self.config.gamma * self.config.penalty_every * norms
        return functional.softplus(-real).mean() + functional.softplus(fake).mean(), penalty

    def _score(self, images: Tensor) -> Tensor:
        logits: Tensor = self.discriminator(images, torch.empty(0))
        return logits


def shuffled(images: Tensor, size: int) -> Iterator[Tensor]:
    """Batches (size, 1, 28, 28) of images in memory, epoch after epoch."""
    while True:
        order = torch.randperm(len(images))
        for start in range(0, len(images) - size + 1, size):
            yield images[order[start : start + size]]


def _cross_entropy(logits: Tensor, images: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, images, reduction="sum") / len(images)


def _squared_gradient(scores: Tensor, images: Tensor) -> Tensor:
    (gradient,) = torch.autograd.grad(scores.sum(), images, create_graph=True)
    return (gradient**2).sum((1, 2, 3)).mean()


def _adam(optimisation: Optimisation, *networks: nn.Module) -> torch.optim.Optimizer:
    weights = [weight for network in networks for weight in network.parameters()]
    return torch.optim.Adam(weights, lr=optimisation.learning_rate, betas=optimisation.betas)


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
