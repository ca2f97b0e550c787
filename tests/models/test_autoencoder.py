"""The autoencoder and its loss."""

from __future__ import annotations

import math

import pytest
import torch

from generate.experiments import AE_2D
from generate.models.autoencoder import Autoencoder, reconstruction_nats
from generate.models.optimisation import Optimisation


def test_images_become_codes_and_codes_images(make_batch) -> None:
    model = Autoencoder(3).eval()
    codes = model.encode(make_batch(4).images)
    images = model.decode(codes)
    assert codes.shape == (4, 3)
    assert images.shape == (4, 1, 28, 28)
    assert 0 <= images.min() <= images.max() <= 1


def test_reconstruction_is_summed_over_pixels_and_averaged_over_images() -> None:
    images = torch.zeros(5, 1, 28, 28)
    assert reconstruction_nats(torch.zeros(5, 1, 28, 28), images) == pytest.approx(784 * math.log(2))
    assert reconstruction_nats(torch.full((5, 1, 28, 28), -20.0), images) == pytest.approx(0, abs=1e-4)


def test_reconstruction_is_the_cross_entropy_of_grey_pixels() -> None:
    images, belief = torch.full((2, 1, 28, 28), 0.3), torch.tensor(0.6)
    expected = -784 * (0.3 * math.log(0.6) + 0.7 * math.log(0.4))
    logits = belief.logit().expand(2, 1, 28, 28)
    assert reconstruction_nats(logits, images) == pytest.approx(expected, rel=1e-5)


def test_steps_lower_the_loss(make_batch) -> None:
    learner = AE_2D.model.learner(Optimisation(images_seen=64, precision="float32"))
    losses = [learner.step(make_batch())["reconstruction"].item() for _ in range(4)]
    assert losses[-1] < losses[0] - 5
