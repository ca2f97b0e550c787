"""What a set of latent codes looks like: where it lies, what gaps it has, how well it sorts the digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

ACTIVE = 0.01
NEIGHBOURS = 10  # the last of which says how dense codes are
STEPS = 16  # on a way between two codes
DIP, VALLEY = 0.5, 0.1  # of the density at either end; chance alone makes ten neighbours waver by a third


@dataclass(frozen=True)
class Ways:
    """Straight ways between pairs of codes.

    ``points`` (W, P, d) lie evenly on each, without its ends. ``density`` (W, P) is that of the codes there,
    as a multiple of what it is at the sparser of the two ends.
    """

    points: np.ndarray
    density: np.ndarray

    @property
    def lowest(self) -> np.ndarray:
        """The lowest density on each way: (W,)."""
        return np.asarray(self.density.min(1))

    @property
    def valleys(self) -> np.ndarray:
        """Which points (W, P) lie in a gap: less than ``VALLEY`` of the density at either end."""
        return self.density < VALLEY


def ways(known: np.ndarray, codes: np.ndarray) -> Ways:
    """The ways from one half of codes (N, d) to the other, in the density of known ones (M, d).

    The density at a point goes as ``r ** -d``, with ``r`` the distance to its ``NEIGHBOURS``-th known code
    (Loftsgaarden & Quesenberry 1965). Where codes lie in one hump with convex contours, as those of any
    Gaussian do, no point between two codes is sparser than both: no scale and no shape of one hump counts
    as a gap, nor does the empty space around it. ``codes`` must not be among the known.
    """
    half = len(codes) // 2
    starts, ends = codes[:half, None], codes[half : 2 * half, None]
    points = starts + np.linspace(0, 1, STEPS + 2)[:, None] * (ends - starts)
    index = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(known)
    reach = index.kneighbors(points.reshape(-1, codes.shape[1]))[0][:, -1].reshape(half, -1)
    reach = np.maximum(reach, 1e-12)
    sparser = np.maximum(reach[:, :1], reach[:, -1:])
    return Ways(points[:, 1:-1], (sparser / reach[:, 1:-1]) ** codes.shape[1])


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
