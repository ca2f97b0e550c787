"""The variational autoencoder (Kingma & Welling 2014): the autoencoder with a noisy code and a prior."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from generate.models.autoencoder import reconstruction_nats
from generate.models.decoder import Decoder, Encoder, decode
from generate.models.learner import Batch, Metrics, Model
from generate.models.prior import Prior, log_normal
from generate.models.sizes import CHANNELS


class VAE(Model):
    """Posterior q(z|x) = N(mean, diag(exp(log_variance))), prior p(z), the shared decoder.

    The prior is N(0, I), or learned if it has ``couplings``.
    """

    def __init__(
        self,
        latent: int,
        beta: float = 1.0,
        binarise: bool = False,
        couplings: int = 0,
        channels: int = CHANNELS,
    ) -> None:
        super().__init__()
        self.latent = latent
        self.beta = beta
        self.binarise = binarise
        self.encoder = Encoder(2 * latent, channels)
        self.decoder = Decoder(latent, channels)
        self.prior = Prior(latent, couplings)

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
        """The negative ELBO, its KL weighted by ``beta``, and its parts, in nats per image."""
        images = torch.bernoulli(batch.images, generator=batch.noise) if self.binarise else batch.images
        mean, log_variance = self.posterior(images)
        codes = reparameterise(mean, log_variance, batch.normal(*mean.shape))
        reconstruction = reconstruction_nats(self.decoder(codes), images)
        if self.prior.couplings:
            kl = self.divergence(codes, mean, log_variance).mean()
        else:
            kl = kl_divergence(mean, log_variance).sum(1).mean()
        return {"bound": reconstruction + self.beta * kl, "reconstruction": reconstruction, "kl": kl}

    def divergence(self, codes: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Log q(z|x) - log p(z) at codes (..., N, latent) drawn from q: (..., N), on average the KL."""
        noise = (codes - mean) * (-0.5 * log_variance).exp()
        posterior = log_normal(noise) - 0.5 * log_variance.sum(-1)
        return posterior - self.prior.log_density(codes)

    def log_weights(self, images: Tensor, codes: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Log p(x, z) - log q(z|x) at codes (K, N, latent) drawn from q: (K, N), in nats.

        The log of their mean over K samples is the importance-weighted bound (Burda et al. 2016, eq. 8).
        """
        logits = self.decoder(codes.flatten(0, 1)).float().view(len(codes), *images.shape)
        losses = functional.binary_cross_entropy_with_logits(
            logits, images.expand_as(logits), reduction="none"
        )
        return -losses.sum((-3, -2, -1)) - self.divergence(codes, mean, log_variance)

    def exercise(self, batch: Batch) -> None:
        """Encode, sample and decode the batch."""
        self.losses(batch)


def reparameterise(mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
    """A sample of q(z|x) as mean + standard deviation * N(0, I) noise, so that gradients reach both.

    Kingma & Welling 2014, section 2.4.
    """
    return mean + (0.5 * log_variance).exp() * noise


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) for each dimension, in nats; shape as the inputs.

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (torch.expm1(log_variance) - log_variance + mean.square())
