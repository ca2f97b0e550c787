"""Known changes of an image, by a known amount: what a walk through latent space is taught to imitate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Edit:
    """``apply`` changes images (N, 1, H, W) by amounts (N,) of up to ``reach`` either way, in ``unit``."""

    name: str
    unit: str
    reach: float
    apply: Callable[[Tensor, Tensor], Tensor]


def shift_x(images: Tensor, amounts: Tensor) -> Tensor:
    """Move to the right, by pixels."""
    return _warp(images, shift=(amounts, torch.zeros_like(amounts)))


def shift_y(images: Tensor, amounts: Tensor) -> Tensor:
    """Move down, by pixels."""
    return _warp(images, shift=(torch.zeros_like(amounts), amounts))


def rotate(images: Tensor, amounts: Tensor) -> Tensor:
    """Turn anticlockwise about the middle, by degrees."""
    return _warp(images, turn=torch.deg2rad(amounts))


def zoom(images: Tensor, amounts: Tensor) -> Tensor:
    """Enlarge about the middle, by doublings: 1 is twice as large, -1 half."""
    return _warp(images, scale=2**amounts)


def thicken(images: Tensor, amounts: Tensor) -> Tensor:
    """Widen strokes by up to a pixel on each side (1) or narrow them (-1); in between, a blend."""
    wide = functional.max_pool2d(images, 3, stride=1, padding=1)
    narrow = -functional.max_pool2d(-images, 3, stride=1, padding=1)
    amount = amounts.view(-1, 1, 1, 1)
    return torch.lerp(images, torch.where(amount > 0, wide, narrow), amount.abs())


EDITS = (
    Edit("shift x", "pixels", 4.0, shift_x),
    Edit("shift y", "pixels", 4.0, shift_y),
    Edit("rotation", "degrees", 30.0, rotate),
    Edit("zoom", "doublings", 0.4, zoom),
    Edit("thickness", "pixels a side", 1.0, thicken),
)


def _warp(
    images: Tensor,
    shift: tuple[Tensor, Tensor] | None = None,
    turn: Tensor | None = None,
    scale: Tensor | None = None,
) -> Tensor:
    """Each image moved as told; what comes in from outside is empty. Pixels in between are interpolated."""
    zero = torch.zeros(len(images), device=images.device)
    right, down = shift or (zero, zero)
    angle, size = zero if turn is None else turn, zero + 1 if scale is None else scale
    # A grid says for each new pixel where it comes from, so everything is the other way round.
    cosine, sine, side = angle.cos() / size, angle.sin() / size, images.shape[-1] / 2
    rows = torch.stack([cosine, -sine, -right / side, sine, cosine, -down / side], dim=1).view(-1, 2, 3)
    grid = functional.affine_grid(rows, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)
