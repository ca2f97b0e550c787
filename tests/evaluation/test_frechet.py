"""The Fréchet distance against values known by hand and against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from generate.evaluation.frechet import Gaussian, frechet_distance, gaussian


def test_between_diagonal_gaussians_it_is_known() -> None:
    a = Gaussian(np.array([0.0, 0.0]), np.diag([1.0, 4.0]))
    b = Gaussian(np.array([3.0, 4.0]), np.diag([9.0, 4.0]))
    # |mean difference|^2 + sum of squared differences of standard deviations
    assert frechet_distance(a, b) == pytest.approx(25 + (3 - 1) ** 2 + 0)


def test_between_a_gaussian_and_itself_it_is_zero() -> None:
    features = gaussian(np.random.RandomState(0).randn(100, 8))
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-6)


def test_it_is_symmetric_and_survives_more_dimensions_than_samples() -> None:
    random = np.random.RandomState(0)
    a, b = gaussian(random.randn(5, 12)), gaussian(1 + random.randn(5, 12))
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))
    assert frechet_distance(a, b) > 0


def test_it_is_what_the_definition_says() -> None:
    """Heusel et al. 2017, eq. 6; the matrix root is taken here of a symmetric product."""
    random = np.random.RandomState(0)
    real, fake = random.randn(200, 6), 0.5 + random.randn(200, 6) @ random.randn(6, 6)
    (m, a), (n, b) = ((x.mean(0), np.cov(x, rowvar=False)) for x in (real, fake))
    root = linalg.sqrtm(a)
    expected = np.square(m - n).sum() + np.trace(a + b - 2 * linalg.sqrtm(root @ b @ root).real)
    assert frechet_distance(gaussian(real), gaussian(fake)) == pytest.approx(expected, rel=1e-9)
