"""Paths between latent codes."""

from __future__ import annotations

import torch
from torch import Tensor


def linear(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """The straight line from ``start`` to ``end``, each (..., d), at ``t`` (K,) in [0, 1]: (K, ..., d)."""
    weight = _column(t, start)
    return start + weight * (end - start)


def spherical(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """The great-circle path from ``start`` to ``end`` (Shoemake 1985; for latents: White 2016).

    Direction turns at constant speed and length goes linearly from one end's to the other's, so the path
    stays where a Gaussian prior has its mass. Shapes as :func:`linear`. Ends that are parallel or
    opposite have no single great circle; the straight line stands in.
    """
    lengths = start.norm(dim=-1, keepdim=True), end.norm(dim=-1, keepdim=True)
    a, b = (code / length.clamp_min(1e-12) for code, length in zip((start, end), lengths, strict=True))
    angle = (a * b).sum(-1, keepdim=True).clamp(-1, 1).acos()
    weight = _column(t, start)
    direction = (torch.sin((1 - weight) * angle) * a + torch.sin(weight * angle) * b) / angle.sin()
    path = direction * (lengths[0] + weight * (lengths[1] - lengths[0]))
    return torch.where(angle.sin() > 1e-4, path, linear(start, end, t))


def loop(anchors: Tensor, frames: int) -> Tensor:
    """A closed spherical path through ``anchors`` (A, ..., d) in ``frames`` equal steps: (frames, ..., d)."""
    steps = torch.arange(frames, device=anchors.device) * len(anchors) / frames
    legs = steps.long()
    after = (legs + 1) % len(anchors)
    return torch.stack(
        [
            spherical(anchors[i], anchors[j], t[None])[0]
            for i, j, t in zip(legs, after, steps - legs, strict=True)
        ]
    )


def _column(t: Tensor, like: Tensor) -> Tensor:
    return t.view(-1, *[1] * like.dim()).to(like)
