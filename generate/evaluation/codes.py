"""What a set of latent codes looks like: where it lies, how full it is, how well it sorts the digits."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

ACTIVE = 0.01


def empty_share(codes: np.ndarray, cells: int = 20) -> float:
    """The share of cells of a ``cells`` x ``cells`` grid with no code in it; codes (N, 2).

    The grid spans the central 99 % of the codes along each axis, so a few outliers do not empty it.
    """
    low, high = np.quantile(codes, [0.005, 0.995], axis=0)
    cell = np.floor((codes - low) / np.maximum(high - low, 1e-9) * cells).astype(int)
    inside = cell[((cell >= 0) & (cell < cells)).all(1)]
    return float(1 - len(np.unique(inside, axis=0)) / cells**2)


def active(codes: Tensor) -> Tensor:
    """Which dimensions of codes (N, d) vary by more than ``ACTIVE``, as the decoder can use them: (d,).

    Burda et al. 2016, section 5.4, for the means of a VAE's posteriors.
    """
    return codes.var(0) > ACTIVE


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


def linear_accuracy(
    known: np.ndarray, known_labels: np.ndarray, codes: np.ndarray, labels: np.ndarray
) -> float:
    """How often logistic regression on known codes finds a code's digit; in [0, 1]."""
    judge = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    return float(judge.fit(known, known_labels).score(codes, labels))


def silhouette(codes: np.ndarray, labels: np.ndarray) -> float:
    """How much nearer codes are to their own digit than to the next; in [-1, 1] (Rousseeuw 1987)."""
    return float(silhouette_score(codes, labels))


def prior_divergence(codes: np.ndarray) -> float:
    """KL(N(m, S) || N(0, I)) in nats, for the mean m and the covariance S of codes (N, d).

    It sees misplaced, stretched and correlated codes; gaps and lumps that a Gaussian cannot have it does not.
    """
    covariance = np.cov(codes, rowvar=False)
    _, log_determinant = np.linalg.slogdet(covariance)
    squares = np.square(codes.mean(0)).sum()
    return float(0.5 * (np.trace(covariance) + squares - codes.shape[1] - log_determinant))
