"""What the classifier reads in images, and picking by it: no figure's digits are picked by hand."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from generate.evaluation.chunks import in_chunks

CONFIDENCE = 0.99  # the classifier is called sure of a digit from this belief on


def beliefs(classifier: nn.Module, images: Tensor) -> Tensor:
    """Class probabilities (N, 10) for images (N, 1, 28, 28) in [0, 1]."""
    return in_chunks(lambda chunk: classifier(chunk).softmax(1), images)


def shares(belief: Tensor) -> np.ndarray:
    """The share of each digit (10,) among images judged by their likeliest class; logits do as well."""
    counts = torch.bincount(belief.argmax(1), minlength=10)
    return counts.cpu().numpy() / len(belief)


def sure_share(belief: Tensor) -> float:
    """The share of images of whose digit the classifier is sure; in [0, 1]."""
    return (belief.max(1).values >= CONFIDENCE).float().mean().item()


def pick(belief: Tensor, digit: int, count: int, confidence: float) -> Tensor:
    """Indices of the first ``count`` images believed to be ``digit`` with at least ``confidence``.

    Where too few reach it, the likeliest of the others fill up, so a weak model shows what it has.
    """
    column = belief[:, digit]
    sure = (column >= confidence).nonzero()[:, 0][:count]
    likeliest = column.argsort(descending=True, stable=True)
    others = likeliest[~torch.isin(likeliest, sure)]
    return torch.cat([sure, others])[:count]


def divergence(shares_of: np.ndarray, reference: np.ndarray) -> float:
    """KL divergence of one histogram of digits from another, in nats; 0 means the same balance."""
    present = shares_of > 0
    return float((shares_of[present] * np.log(shares_of[present] / reference[present])).sum())
