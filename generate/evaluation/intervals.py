"""How far a number would move if other images had been drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

RESAMPLED = 1_000  # times


def bootstrap(
    values: ArrayLike, statistic: Callable[[np.ndarray], float] = np.mean, seed: int = 0
) -> tuple[float, float]:
    """The 95 % percentile interval of a statistic of independent ``values`` (N,) (Efron 1979).

    It speaks of other images through the same trained model, not of another training.
    """
    known, draws = np.asarray(values), np.random.RandomState(seed)
    found = [statistic(known[draws.randint(len(known), size=len(known))]) for _ in range(RESAMPLED)]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def with_interval(
    name: str, values: ArrayLike, statistic: Callable[[np.ndarray], float] = np.mean
) -> dict[str, float]:
    """A statistic of ``values`` (N,) by its name, with the ends of its interval as ``_low`` and ``_high``."""
    low, high = bootstrap(values, statistic)
    return {name: float(statistic(np.asarray(values))), f"{name}_low": low, f"{name}_high": high}
