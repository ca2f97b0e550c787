"""What a set of latent codes looks like: where it lies, how full it is, how well it sorts the digits."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import KNeighborsClassifier


def empty_share(codes: np.ndarray, cells: int = 20) -> float:
    """The share of cells of a ``cells`` x ``cells`` grid with no code in it; codes (N, 2).

    The grid spans the central 99 % of the codes along each axis, so a few outliers do not empty it.
    """
    low, high = np.quantile(codes, [0.005, 0.995], axis=0)
    cell = np.floor((codes - low) / np.maximum(high - low, 1e-9) * cells).astype(int)
    inside = cell[((cell >= 0) & (cell < cells)).all(1)]
    return float(1 - len(np.unique(inside, axis=0)) / cells**2)


def spread_ratio(codes: np.ndarray, labels: np.ndarray) -> float:
    """The widest digit's standard deviation over the narrowest's; 1 means every digit gets equal room."""
    spreads = [np.sqrt(codes[labels == digit].var(0).sum()) for digit in np.unique(labels)]
    return float(max(spreads) / max(min(spreads), 1e-9))


def neighbour_accuracy(
    known: np.ndarray, known_labels: np.ndarray, codes: np.ndarray, labels: np.ndarray, neighbours: int = 5
) -> float:
    """How often the majority of a code's nearest known codes has its digit; in [0, 1]."""
    judge = KNeighborsClassifier(neighbours).fit(known, known_labels)
    return float(judge.score(codes, labels))
