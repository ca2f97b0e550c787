"""The networks every family shares: one decoder, and its mirror image, the encoder trunk.

Pixels are rearranged before the first and after the last convolution (pixel-unshuffle and
pixel-shuffle, Shi et al. 2016), so no convolution runs above 14 x 14. That costs nothing in quality
on MNIST and makes a step several times cheaper than full-resolution layers.
"""

from __future__ import annotations

from torch import Tensor, nn

from generate.models.sizes import CHANNELS


class Decoder(nn.Sequential):
    """Latent codes to image logits; the AE's decoder, the VAE's decoder and the GAN's generator.

    Shapes: (N, latent) -> (N, 1, 28, 28) logits; ``sigmoid`` of them is pixel intensity in [0, 1].
    Layout after DCGAN (Radford et al. 2016), with batch norm and ReLU throughout. ``channels`` is even.
    """

    def __init__(self, latent: int, channels: int = CHANNELS) -> None:
        super().__init__(
            nn.Linear(latent, channels * 7 * 7, bias=False),
            nn.Unflatten(1, (channels, 7, 7)),
            *_normalised(channels),
            nn.Conv2d(channels, channels // 2, 3, padding=1, bias=False),
            *_normalised(channels // 2),
            nn.ConvTranspose2d(channels // 2, channels, 4, stride=2, padding=1, bias=False),
            *_normalised(channels),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            *_normalised(channels),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            *_normalised(channels),
            nn.Conv2d(channels, 4, 3, padding=1),
            nn.PixelShuffle(2),
        )
        self.latent = latent


class Encoder(nn.Sequential):
    """Images to features: the decoder run backwards, with most of its work at 7 x 7.

    Shapes: (N, 1, 28, 28) intensities in [0, 1] -> (N, features).
    """

    def __init__(self, features: int, channels: int = CHANNELS) -> None:
        super().__init__(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4, channels // 2, 3, padding=1, bias=False),
            *_normalised(channels // 2),
            nn.Conv2d(channels // 2, channels, 4, stride=2, padding=1, bias=False),
            *_normalised(channels),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            *_normalised(channels),
            nn.Conv2d(channels, channels // 2, 3, padding=1, bias=False),
            *_normalised(channels // 2),
            nn.Flatten(),
            nn.Linear(channels // 2 * 7 * 7, features),
        )


def decode(decoder: nn.Module, codes: Tensor) -> Tensor:
    """Codes (N, latent) to images (N, 1, 28, 28) in [0, 1]."""
    logits: Tensor = decoder(codes)
    return logits.float().sigmoid()


def _normalised(channels: int = CHANNELS) -> tuple[nn.Module, nn.Module]:
    return nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
