"""One Gaussian fitted to a density on a line, by either Kullback-Leibler divergence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """N(mean, deviation^2), and both divergences from a target p in nats: KL(p || q) and KL(q || p)."""

    mean: float
    deviation: float
    forward: float
    reverse: float


def fitted_gaussian(places: Curve, log_density: Curve, *, forward: bool, starts: Curve) -> Fit:
    """The Gaussian q that is nearest to the target p: by KL(p || q) if ``forward``, else by KL(q || p).

    ``log_density`` (N,) is log p at evenly spaced ``places`` (N,), which must hold all of both. KL(q || p)
    can have several minima: the search begins at each of ``starts``, and the best is kept.
    """

    def divergences(guess: Curve) -> tuple[float, float]:
        log_q = norm(guess[0], np.exp(guess[1])).logpdf(places)
        step = places[1] - places[0]
        ahead = np.exp(log_density) * (log_density - log_q)
        back = np.exp(log_q) * (log_q - log_density)
        return float(ahead.sum() * step), float(back.sum() * step)

    def cost(guess: Curve) -> float:
        return divergences(guess)[0 if forward else 1]

    found = [minimize(cost, np.array([start, -0.5]), method="Nelder-Mead") for start in starts]
    best = min(found, key=lambda result: float(result.fun)).x
    return Fit(float(best[0]), float(np.exp(best[1])), *divergences(best))
