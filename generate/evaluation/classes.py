"""What the classifier reads in images, and picking by it: no figure's digits are picked by hand."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from generate.evaluation.chunks import in_chunks

CONFIDENCE = 0.99  # the classifier is called sure of a digit from this probability on
COVERED = 0.01  # a digit is called covered by samples of which more than this share are it


def class_probabilities(classifier: nn.Module, images: Tensor) -> Tensor:
    """Class probabilities (N, 10) for images (N, 1, 28, 28) in [0, 1]."""
    return in_chunks(lambda chunk: classifier(chunk).softmax(1), images)


def class_shares(labels: Tensor) -> np.ndarray:
    """The share of each digit (10,) among labels (N,)."""
    return torch.bincount(labels, minlength=10).cpu().numpy() / len(labels)


def digits_covered(shares: np.ndarray) -> int:
    """How many of ten digits, whose shares (10,) are given, are covered."""
    return int((shares > COVERED).sum())


def sure_share(probabilities: Tensor) -> float:
    """The share of images of whose digit the classifier is sure; in [0, 1]."""
    return (probabilities.max(1).values >= CONFIDENCE).float().mean().item()


def pick(probabilities: Tensor, digit: int, count: int, confidence: float) -> Tensor:
    """Indices of the first ``count`` images believed to be ``digit`` with at least ``confidence``.

    Where too few reach it, the likeliest of the others fill up, so a weak model shows what it has.
    """
    column = probabilities[:, digit]
    sure = (column >= confidence).nonzero()[:, 0][:count]
    likeliest = column.argsort(descending=True, stable=True)
    others = likeliest[~torch.isin(likeliest, sure)]
    return torch.cat([sure, others])[:count]


def divergence(shares: np.ndarray, reference: np.ndarray) -> float:
    """KL divergence of one histogram of digits from another, in nats; 0 means the same balance."""
    present = shares > 0
    return float((shares[present] * np.log(shares[present] / reference[present])).sum())
