"""A direction from a few choices: more like this, less like this (after Schwettmann et al. 2020)."""

from __future__ import annotations

import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor


def fit_compass(codes: Tensor, liked: Tensor, strength: float = 0.1) -> Tensor:
    """The unit direction (d,) towards codes (N, d) that were ``liked`` (N,) and away from the others.

    The normal of the plane that logistic regression puts between them. With fewer choices than dimensions
    many planes would do; the penalty, whose inverse is ``strength``, keeps to the codes that were seen.
    """
    plane = LogisticRegression(C=strength, max_iter=1_000)
    plane.fit(codes.double().cpu().numpy(), liked.cpu().numpy())
    return torch.nn.functional.normalize(torch.from_numpy(plane.coef_[0]), dim=0).to(codes)
