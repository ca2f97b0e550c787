"""Where the ink of an image is: centre, size, angle, slant and stroke width, whatever the digit."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Moments:
    """One number an image, each (N,); pixels and degrees.

    ``x`` and ``y`` are the centre of the ink, right of and below the middle. ``size`` is its
    root-mean-square distance from there. ``angle`` is that of its long axis, anticlockwise from upright, in
    (-90, 90]. ``slant`` says how far strokes lean to the right, in pixels a pixel upwards. ``stroke`` is the
    width of strokes.
    """

    x: Tensor
    y: Tensor
    size: Tensor
    angle: Tensor
    slant: Tensor
    stroke: Tensor


def moments(images: Tensor) -> Moments:
    """Of images (N, 1, H, W) in [0, 1], ink being bright (moments up to the second: Hu 1962).

    A stroke's width is twice its area over its outline, the outline being the sum of absolute slopes.
    """
    ink = images.squeeze(1).double()
    mass = ink.sum((1, 2)).clamp_min(1e-6)
    down, across = (torch.arange(side, device=ink.device) - (side - 1) / 2 for side in ink.shape[1:])
    x = (ink.sum(1) * across).sum(1) / mass
    y = (ink.sum(2) * down).sum(1) / mass
    right = across - x[:, None]
    up = y[:, None] - down
    xx = (ink.sum(1) * right.square()).sum(1) / mass
    yy = (ink.sum(2) * up.square()).sum(1) / mass
    xy = (ink * up[:, :, None] * right[:, None, :]).sum((1, 2)) / mass
    return Moments(
        x=x,
        y=y,
        size=(xx + yy).sqrt(),
        angle=torch.rad2deg(0.5 * torch.atan2(-2 * xy, yy - xx)),
        slant=xy / yy.clamp_min(1e-6),
        stroke=2 * mass / _outline(ink).clamp_min(1e-6),
    )


def turned(after: Tensor, before: Tensor) -> Tensor:
    """How far axes turned from angles ``before`` to angles ``after``, in [-90, 90): an axis has no head."""
    return (after - before + 90) % 180 - 90


def _outline(ink: Tensor) -> Tensor:
    """The sum of slopes (N,), each slope the length of the gradient."""
    padded = torch.nn.functional.pad(ink, (1, 1, 1, 1))
    across = (padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]) / 2
    down = (padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]) / 2
    return (across.square() + down.square()).sqrt().sum((1, 2))
