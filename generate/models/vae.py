"""The variational autoencoder (Kingma & Welling 2014): the autoencoder with a noisy code and a prior."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from generate.models.autoencoder import reconstruction_nats
from generate.models.decoder import Decoder, Encoder, decode
from generate.models.learner import Batch, Metrics, Model


class VAE(Model):
    """Posterior q(z|x) = N(mean, diag(exp(log_variance))), prior N(0, I), the shared decoder."""

    def __init__(self, latent: int, beta: float = 1.0, binarise: bool = False, samples: int = 1) -> None:
        super().__init__()
        self.latent = latent
        self.beta = beta
        self.binarise = binarise
        self.samples = samples
        self.encoder = Encoder(2 * latent)
        self.decoder = Decoder(latent)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x), each (N, latent)."""
        mean, log_variance = self.encoder(images).float().chunk(2, dim=1)
        return mean, log_variance

    def encode(self, images: Tensor) -> Tensor:
        """Posterior means (N, latent)."""
        return self.posterior(images)[0]

    def decode(self, codes: Tensor) -> Tensor:
        """Images (N, 1, 28, 28) in [0, 1]."""
        return decode(self.decoder, codes)

    def losses(self, batch: Batch) -> Metrics:
        """The negative bound and its parts, in nats per image.

        The ELBO, its KL weighted by ``beta``; with several samples the importance-weighted bound.
        """
        images = torch.bernoulli(batch.images, generator=batch.noise) if self.binarise else batch.images
        mean, log_variance = self.posterior(images)
        kl = kl_divergence(mean, log_variance).sum(1).mean()
        if self.samples > 1:
            noise = batch.normal(self.samples, *mean.shape)
            weights = log_weights(self, images, mean, log_variance, noise)
            return {"bound": math.log(self.samples) - weights.logsumexp(0).mean(), "kl": kl}
        logits = self.decoder(reparameterise(mean, log_variance, batch))
        reconstruction = reconstruction_nats(logits, images)
        return {"bound": reconstruction + self.beta * kl, "reconstruction": reconstruction, "kl": kl}

    def exercise(self, batch: Batch) -> None:
        """Encode, sample and decode the batch."""
        self.losses(batch)


def reparameterise(mean: Tensor, log_variance: Tensor, batch: Batch) -> Tensor:
    """A sample of q(z|x) as mean + standard deviation * noise, so that gradients reach both.

    Kingma & Welling 2014, section 2.4.
    """
    return mean + (0.5 * log_variance).exp() * batch.normal(*mean.shape)


def log_weights(model: VAE, images: Tensor, mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
    """Log p(x, z) - log q(z|x) at codes z made of ``noise`` (K, N, d): (K, N), in nats.

    The log of their mean over K samples is the importance-weighted bound (Burda et al. 2016, eq. 8). The
    normalising constants of prior and posterior cancel.
    """
    codes = mean + (0.5 * log_variance).exp() * noise
    logits = model.decoder(codes.flatten(0, 1)).float().view(len(noise), *images.shape)
    losses = functional.binary_cross_entropy_with_logits(logits, images.expand_as(logits), reduction="none")
    apart = 0.5 * (codes.square() - noise.square() - log_variance).sum(-1)
    return -losses.sum((-3, -2, -1)) - apart


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) for each dimension, in nats; shape as the inputs.

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (torch.expm1(log_variance) - log_variance + mean.square())
