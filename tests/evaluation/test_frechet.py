"""The Fréchet distance against values known by hand and against another implementation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

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


def test_it_is_that_of_torchmetrics() -> None:
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Features(nn.Identity):
        num_features = 6

    random = torch.Generator().manual_seed(0)
    real = torch.randn(200, 6, generator=random)
    fake = 0.5 + torch.randn(200, 6, generator=random) @ torch.randn(6, 6, generator=random)
    reference = FrechetInceptionDistance(Features()).set_dtype(torch.float64)
    reference.update(real, real=True)
    reference.update(fake, real=False)
    ours = frechet_distance(gaussian(real.numpy()), gaussian(fake.numpy()))
    assert ours == pytest.approx(reference.compute().item(), rel=1e-5)
