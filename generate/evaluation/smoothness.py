"""How far do images move when their code moves a little?"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from generate.evaluation.chunks import in_chunks

Route = Callable[[Tensor, Tensor, Tensor], Tensor]
STEP = 1e-3  # of a path; at 1e-4 float32 rounding begins to be felt


def path_length(
    decode: Callable[[Tensor], Tensor],
    features: Callable[[Tensor], Tensor],
    path: Route,
    starts: Tensor,
    ends: Tensor,
    *,
    seed: int = 0,
) -> float:
    """The mean perceptual path length between codes ``starts`` and ``ends`` (N, d) (Karras et al. 2019).

    At a random place of each path, the squared distance in feature space of two images a small step
    apart, over the step squared. The original's VGG features are replaced by ``features`` of digits. A
    decoder that blurs has less to move and looks smoother for it, so it is read beside a measure of quality.
    """
    generator = torch.Generator().manual_seed(seed)
    places = torch.rand(len(starts), generator=generator).to(starts) * (1 - STEP)
    here, there = (_at(path, starts, ends, places + step) for step in (0.0, STEP))
    ours, theirs = (in_chunks(lambda some: features(decode(some)), codes) for codes in (here, there))
    return ((ours - theirs).double().square().sum(1) / STEP**2).mean().item()


def _at(path: Route, starts: Tensor, ends: Tensor, places: Tensor) -> Tensor:
    """Each path's code at a place of its own."""
    each = zip(starts, ends, places, strict=True)
    return torch.stack([path(start, end, place[None])[0] for start, end, place in each])
