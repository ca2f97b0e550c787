"""Fréchet classifier distance (FCD): how far samples are from real digits in a digit classifier's features.

The definition is that of the Fréchet inception distance (Heusel et al. 2017) with the project's own frozen
digit classifier in place of Inception, whose natural-image features say little about digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg


@dataclass(frozen=True)
class Gaussian:
    """Mean (D,) and covariance (D, D) of features, in float64."""

    mean: np.ndarray
    covariance: np.ndarray


def gaussian(features: np.ndarray) -> Gaussian:
    """Fit a Gaussian to features (N, D)."""
    wide = features.astype(np.float64)
    return Gaussian(wide.mean(0), np.cov(wide, rowvar=False))


def frechet_distance(a: Gaussian, b: Gaussian) -> float:
    """Squared 2-Wasserstein distance between two Gaussians, never negative (Dowson & Landau 1982).

    The trace of the matrix root of the product is the sum of the roots of the product's eigenvalues.
    """
    eigenvalues = linalg.eigvals(a.covariance @ b.covariance).real.clip(0)
    spread = np.trace(a.covariance) + np.trace(b.covariance) - 2 * np.sqrt(eigenvalues).sum()
    return float(max(0.0, np.square(a.mean - b.mean).sum() + spread))
