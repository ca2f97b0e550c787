"""One Gaussian for a density, by either divergence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from generate.evaluation.fits import fitted_gaussian

PLACES = np.linspace(-8, 8, 1_601)
STARTS = np.array([-2.0, 0.0, 2.0])


def mixture(apart: float) -> np.ndarray:
    return np.logaddexp(
        np.log(0.6) + norm(-apart, 0.4).logpdf(PLACES), np.log(0.4) + norm(apart, 0.4).logpdf(PLACES)
    )


def test_the_forward_divergence_matches_moments_and_so_covers_both_modes() -> None:
    fit = fitted_gaussian(PLACES, mixture(1.5), forward=True, starts=STARTS)
    assert fit.mean == pytest.approx(0.6 * -1.5 + 0.4 * 1.5, abs=0.01)
    assert fit.deviation == pytest.approx(np.sqrt(0.4**2 + 1.5**2 - 0.3**2), abs=0.01)


def test_the_reverse_divergence_keeps_the_heavier_of_modes_far_apart() -> None:
    fit = fitted_gaussian(PLACES, mixture(1.5), forward=False, starts=STARTS)
    assert fit.mean == pytest.approx(-1.5, abs=0.02)
    assert fit.deviation == pytest.approx(0.4, abs=0.02)
    assert fit.reverse == pytest.approx(-np.log(0.6), abs=0.02)


def test_modes_close_together_are_covered_by_either() -> None:
    for forward in (True, False):
        fit = fitted_gaussian(PLACES, mixture(0.2), forward=forward, starts=STARTS)
        assert abs(fit.mean) < 0.1


def test_a_gaussian_is_found_and_costs_nothing() -> None:
    for forward in (True, False):
        fit = fitted_gaussian(PLACES, norm(0.7, 0.5).logpdf(PLACES), forward=forward, starts=STARTS)
        assert (fit.mean, fit.deviation) == pytest.approx((0.7, 0.5), abs=0.01)
        assert max(fit.forward, fit.reverse) < 1e-4
