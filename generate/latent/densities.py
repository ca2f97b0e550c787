"""Densities fitted to codes after training, to sample from (Ghosh et al. 2020, section 3)."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.mixture import GaussianMixture
from torch import Tensor


def sample_fitted(codes: Tensor, components: int, count: int, seed: int = 0) -> Tensor:
    """``count`` samples of a full-covariance Gaussian mixture fitted to ``codes`` (N, d): (count, d).

    One component is the fitted Gaussian. scikit-learn returns samples sorted by component: shuffled here.
    """
    mixture = GaussianMixture(components, random_state=seed, reg_covar=1e-5).fit(codes.double().cpu().numpy())
    drawn, _ = mixture.sample(count)
    order = np.random.RandomState(seed).permutation(count)
    return torch.from_numpy(drawn[order]).to(codes)


def fitted_log_density(codes: Tensor, components: int, points: Tensor, seed: int = 0) -> Tensor:
    """The log-density, in nats, of such a mixture fitted to ``codes`` (N, d) at ``points`` (M, d): (M,)."""
    mixture = GaussianMixture(components, random_state=seed, reg_covar=1e-5).fit(codes.double().cpu().numpy())
    return torch.from_numpy(mixture.score_samples(points.double().cpu().numpy())).to(points)
