"""The autoencoder: an encoder and the shared decoder, trained to rebuild the input and nothing else."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from generate.models.decoder import Decoder, Encoder, decode
from generate.models.learner import Batch, Metrics, Model
from generate.models.sizes import CHANNELS


class Autoencoder(Model):
    """``encode`` (N, 1, 28, 28) -> (N, latent), ``decode`` back to intensities in [0, 1]."""

    def __init__(self, latent: int, channels: int = CHANNELS) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = Encoder(latent, channels)
        self.decoder = Decoder(latent, channels)

    def encode(self, images: Tensor) -> Tensor:
        """Codes (N, latent)."""
        codes: Tensor = self.encoder(images)
        return codes.float()

    def decode(self, codes: Tensor) -> Tensor:
        """Images (N, 1, 28, 28) in [0, 1]."""
        return decode(self.decoder, codes)

    def losses(self, batch: Batch) -> Metrics:
        """Reconstruction loss in nats per image."""
        logits = self.decoder(self.encoder(batch.images))
        return {"reconstruction": reconstruction_nats(logits, batch.images)}

    def exercise(self, batch: Batch) -> None:
        """Rebuild the batch."""
        self.decoder(self.encoder(batch.images))


def reconstruction_nats(logits: Tensor, images: Tensor) -> Tensor:
    """Binary cross-entropy summed over the pixels of an image, averaged over images; nats per image.

    The sum is not cosmetic. The ELBO (Kingma & Welling 2014, eq. 3) adds log p(x|z), a sum over all
    784 pixels, to a KL in nats. Averaging over pixels instead would weigh the KL 784 times heavier.
    Grey pixels make this a cross-entropy rather than a Bernoulli likelihood; its optimum is the mean.
    """
    return functional.binary_cross_entropy_with_logits(logits.float(), images, reduction="sum") / len(images)
