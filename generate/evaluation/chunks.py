"""Apply a network to many inputs without gradients and without holding every activation."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


@torch.no_grad()
def in_chunks(function: Callable[[Tensor], Tensor], inputs: Tensor, size: int = 500) -> Tensor:
    """``function`` of ``inputs`` (N, ...), chunk by chunk along the first axis."""
    return torch.cat([function(chunk) for chunk in torch.split(inputs, size)])
