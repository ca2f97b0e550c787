"""Directions as a difference of means (Radford et al. 2016, section 6.3.2)."""

from __future__ import annotations

from torch import Tensor


def difference_of_means(codes: Tensor, values: Tensor, share: float = 0.1) -> Tensor:
    """From the mean of the codes (N, d) with the lowest ``values`` (N,) to that with the highest: (d,).

    ``share`` of the codes at each end is averaged, so that what else they differ in cancels.
    """
    count = max(1, round(share * len(codes)))
    order = values.argsort()
    return codes[order[-count:]].mean(0) - codes[order[:count]].mean(0)
