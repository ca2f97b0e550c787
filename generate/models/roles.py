"""What a model can do, whichever family it is of."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor


@runtime_checkable
class Generative(Protocol):
    """Makes images of latents."""

    latent: int

    def decode(self, codes: Tensor) -> Tensor:
        """Codes (N, latent) to images (N, 1, 28, 28) in [0, 1]."""


@runtime_checkable
class Conditional(Generative, Protocol):
    """Makes images of latents and the digits asked for; of ``classes`` digits, or of none if it is 0."""

    classes: int


@runtime_checkable
class Encoding(Generative, Protocol):
    """Makes latents of images too."""

    def encode(self, images: Tensor) -> Tensor:
        """Images (N, 1, 28, 28) in [0, 1] to codes (N, latent)."""
