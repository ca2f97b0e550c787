"""How sharp are the edges in an image?"""

from __future__ import annotations

from torch import Tensor


def edge_sharpness(images: Tensor) -> Tensor:
    """The mean slope of an image's edges, in units of full contrast a pixel: (N, 1, H, W) to (N,).

    Differences of neighbouring pixels, squared and summed, over their absolute sum: a mean over all edges
    in which each counts by its contrast. A step from black to white in one pixel has 1, one that takes two
    pixels 1/2. It does not grow with the amount of ink. An image without any edge has 0.
    """
    across = images[..., :, 1:] - images[..., :, :-1]
    down = images[..., 1:, :] - images[..., :-1, :]
    squared = across.square().sum((1, 2, 3)) + down.square().sum((1, 2, 3))
    absolute = across.abs().sum((1, 2, 3)) + down.abs().sum((1, 2, 3))
    return squared / absolute.clamp_min(1e-9)
