"""The small sibling of the models here, which a reader's browser trains from nothing: 14 x 14 pixels, MLPs.

An autoencoder and a VAE with a code of two numbers. Their objective is that of their large siblings: the
cross-entropy of grey pixels in nats an image, and beta times the KL. Here are only the digits that the
browser learns from, and the losses in PyTorch, so that its gradients have something to agree with.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.models.autoencoder import reconstruction_nats
from generate.models.vae import kl_divergence, reparameterise

SIDE = 14  # pixels, each way
LEVELS = 15  # of ink above none, so that a pixel is half a byte
LATENT = 2


def shrunk(images: Tensor) -> Tensor:
    """Images (N, 28, 28) uint8 as means of 2 x 2 pixels, in whole levels up to ``LEVELS``: (N, 196) uint8."""
    means = images.float().view(-1, SIDE, 2, SIDE, 2).mean((2, 4)).div(255)
    return means.mul(LEVELS).round().to(torch.uint8).flatten(1)


def packed(levels: Tensor) -> np.ndarray:
    """Levels (N, 196) two a byte, a row for each pair of pixels: (98, N), the first in the upper half.

    A row for each pixel is what the browser's networks read, and what compresses best.
    """
    pairs = levels.view(len(levels), -1, 2).numpy()
    return np.ascontiguousarray((pairs[..., 0] << 4 | pairs[..., 1]).T)


def nats(images: Tensor, answer: Tensor) -> float:
    """The cross-entropy of grey images (N, 196) with an ``answer`` (196,) or (N, 196), in nats an image.

    With themselves it is their entropy, below which no model gets.
    """
    missed = functional.binary_cross_entropy(answer.expand_as(images), images, reduction="sum")
    return missed.item() / len(images)


def perceptron(sizes: tuple[int, ...], chance: torch.Generator) -> nn.Sequential:
    """Linear layers with ReLUs between; each begins uniform within 1 / sqrt(inputs), PyTorch's default."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layer = nn.Linear(before, after)
        for part in (layer.weight, layer.bias):
            nn.init.uniform_(part, -(before**-0.5), before**-0.5, generator=chance)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def ae_loss(encoder: nn.Module, decoder: nn.Module, images: Tensor) -> Tensor:
    """What an autoencoder pays for grey images (N, 196) in [0, 1], in nats an image."""
    return reconstruction_nats(decoder(encoder(images)), images)


def vae_losses(
    encoder: nn.Module, decoder: nn.Module, images: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor]:
    """Reconstruction and KL of grey images (N, 196) in [0, 1] with noise (N, 2), in nats an image.

    The encoder gives the means, then the log-variances: (N, 4).
    """
    mean, log_variance = encoder(images).chunk(2, 1)
    logits = decoder(reparameterise(mean, log_variance, noise))
    return reconstruction_nats(logits, images), kl_divergence(mean, log_variance).sum(1).mean()
