"""Is an image that lies between two others one of them, both at once, or something else?"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Between:
    """Where images lie in the space of pixels, relative to two others each; both (N,).

    ``position`` is along the straight line through the two, 0 at the first and 1 at the second. ``off`` is
    the distance to their average, in halves of the distance between the two: 0 for a double exposure, 1 for
    what is as far from it as the two are.
    """

    position: Tensor
    off: Tensor

    @property
    def halfway(self) -> Tensor:
        """Which are nearer to the average of the two than to either of them."""
        return (self.position - 0.5).abs() < 0.25


def between(first: Tensor, second: Tensor, images: Tensor) -> Between:
    """Place images among two others each; all (N, 1, 28, 28).

    That an image lies halfway says little by itself: so do most images that have nothing to do with the two,
    which are about as far from the one as from the other. ``off`` tells these from a blend.
    """
    start, end, seen = (some.flatten(1) for some in (first, second, images))
    span = end - start
    square = span.square().sum(1).clamp_min(1e-12)
    position = ((seen - start) * span).sum(1) / square
    off = torch.linalg.vector_norm(seen - (start + end) / 2, dim=1) / (square.sqrt() / 2)
    return Between(position, off)
