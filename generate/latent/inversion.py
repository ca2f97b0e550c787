"""Which latent rebuilds a given image? A GAN has no encoder, so it is searched for.

After Zhu et al. 2016 and Creswell & Bharath 2018: start from the best of many prior samples, then descend.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from generate.evaluation.chunks import in_chunks


def invert(
    decode: Callable[[Tensor], Tensor],
    images: Tensor,
    candidates: Tensor,
    *,
    starts: int = 2,
    steps: int = 120,
    rate: float = 0.1,
) -> Tensor:
    """Latents (N, d) whose decodes are nearest to ``images`` (N, 1, 28, 28) in squared error.

    ``candidates`` (M, d) are latents to start from; the ``starts`` nearest of them are refined for each
    image by ``steps`` of Adam, and the best result is kept.
    """
    nearest = _nearest(in_chunks(decode, candidates), images, starts)
    codes = candidates[nearest].clone().requires_grad_()
    targets = images.unsqueeze(1)
    optimizer = torch.optim.Adam([codes], lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.autograd.backward(_errors(decode, codes, targets).sum())
        optimizer.step()
    with torch.no_grad():
        best = _errors(decode, codes, targets).argmin(1)
    return codes.detach()[torch.arange(len(images)), best]


def _nearest(decoded: Tensor, images: Tensor, count: int) -> Tensor:
    distance = torch.cdist(images.flatten(1), decoded.flatten(1))
    return distance.topk(min(count, len(decoded)), largest=False).indices


def _errors(decode: Callable[[Tensor], Tensor], codes: Tensor, targets: Tensor) -> Tensor:
    decoded = decode(codes.flatten(0, 1)).view(*codes.shape[:2], *targets.shape[2:])
    return (decoded - targets).square().mean((-3, -2, -1))
