"""Directions that are learned to do in latent space what an edit does to an image.

After the steerability of Jahanian et al. 2020: the decoder stays as it is, and one direction is trained.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from generate.latent.edits import Edit


def learn_walk(
    decode: Callable[[Tensor], Tensor],
    codes: Tensor,
    edit: Edit,
    *,
    steps: int = 100,
    batch: int = 32,
    rate: float = 0.06,
    seed: int = 0,
) -> Tensor:
    """The direction (d,) for which decode(z + a w) is most like the edit of decode(z) by a.

    Minimises the mean squared error over codes z, drawn from ``codes`` (N, d), and amounts a, drawn evenly
    from the edit's reach (Jahanian et al. 2020, eq. 2). A walk of ``a * w`` is meant as an edit by ``a``.
    """
    generator = torch.Generator().manual_seed(seed)
    spread = codes.std(0).mean()
    # In units of the codes' spread and of the edit's reach, so that one rate suits every model and edit.
    walk = torch.zeros(codes.shape[1], device=codes.device, requires_grad=True)
    optimizer = torch.optim.Adam([walk], lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        some = codes[torch.randint(len(codes), (batch,), generator=generator)]
        share = (2 * torch.rand(batch, generator=generator) - 1).to(codes)
        with torch.no_grad():
            target = edit.apply(decode(some), share * edit.reach)
        moved = decode(some + share[:, None] * spread * walk)
        optimizer.zero_grad()
        torch.autograd.backward((moved - target).square().mean())
        optimizer.step()
        schedule.step()
    return walk.detach() * spread / edit.reach
