"""Codes of many dimensions seen in two."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE


def principal_plane(codes: np.ndarray) -> np.ndarray:
    """Codes (N, d) on the plane in which they spread most: (N, 2). Distances on it are true or too small."""
    return np.asarray(PCA(2, svd_solver="full").fit_transform(codes))


def explained_share(codes: np.ndarray) -> float:
    """The share of the variance of codes (N, d) that their principal plane shows; in [0, 1]."""
    return float(PCA(2, svd_solver="full").fit(codes).explained_variance_ratio_.sum())


def neighbour_map(codes: np.ndarray, seed: int = 0) -> np.ndarray:
    """Codes (N, d) laid out so that neighbours stay neighbours: (N, 2) (t-SNE: van der Maaten & Hinton 2008).

    Only who is near whom can be read from it: not distances between groups, nor their sizes.
    """
    return np.asarray(TSNE(2, random_state=seed, init="pca", perplexity=30).fit_transform(codes))
