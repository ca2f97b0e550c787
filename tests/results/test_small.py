"""The digits that the browser learns from, and the gradients that its own are compared with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from generate import data
from generate.models.small import LEVELS, ae_loss, nats, packed, perceptron, shrunk, vae_losses
from generate.pipeline.store import read_values
from generate.results.playground import small_digits, small_gradients
from generate.workspace import ROOT

PUBLISHED = ROOT / "docs/data/results/playground"


def unpacked(pixels: np.ndarray) -> np.ndarray:
    """Levels (N, 196) of pairs (98, N)."""
    pairs = np.stack([pixels >> 4, pixels & 15], 1)
    return pairs.reshape(-1, pixels.shape[1]).T


def test_a_small_pixel_is_the_mean_of_four() -> None:
    images = torch.zeros(2, 28, 28, dtype=torch.uint8)
    images[0, 2:4, 4:6] = 255
    images[1, 0, 27] = 255
    small = shrunk(images).view(2, 14, 14)
    assert small[0, 1, 2] == LEVELS
    assert small[1, 0, 13] == round(LEVELS / 4)
    assert small.sum() == LEVELS + round(LEVELS / 4)


def test_packing_loses_nothing() -> None:
    levels = torch.randint(LEVELS + 1, (7, 196), dtype=torch.uint8)
    assert (unpacked(packed(levels)) == levels.numpy()).all()


def test_grey_costs_itself_and_the_mean_costs_more() -> None:
    grey = torch.full((1, 196), 0.5)
    assert nats(grey, grey) == pytest.approx(196 * np.log(2), rel=1e-5)
    images = torch.rand(20, 196)
    assert nats(images, images) < nats(images, images.mean(0)) < nats(images, images.mean(0) / 2)


def test_any_data_set_gives_small_digits() -> None:
    split = data.load(data.DIGITS, Path())
    values = small_digits.function(split)
    levels = unpacked(np.asarray(values["pixels"]))
    assert levels.shape == (values["digits"], 196) == (len(split.train), 196)
    assert 60 <= int(str(values["held"])) < len(split.train) / 4
    assert (levels == shrunk(split.train.images).numpy()).all()


def test_what_is_published_is_small_and_whole() -> None:
    published = read_values(PUBLISHED / "small_digits.npz")
    assert (PUBLISHED / "small_digits.npz").stat().st_size < 200_000
    assert published.pixels.shape == (98, published.digits)
    assert set(published.labels[-published.held :]) == set(range(10)), "each digit can be shown"
    shown = torch.tensor(unpacked(published.pixels)[-published.held :] / published.levels)
    assert nats(shown, shown) == pytest.approx(published.grey_nats)


def test_the_published_gradients_are_those_of_this_code() -> None:
    published = read_values(PUBLISHED / "small_gradients.npz")
    now = small_gradients.function()
    assert set(published) == set(now)
    for name, value in published.items():
        np.testing.assert_allclose(value, np.asarray(now[name]), rtol=1e-4, atol=1e-6, err_msg=name)


def test_a_vae_without_noise_or_kl_pays_what_an_autoencoder_does() -> None:
    chance = torch.Generator().manual_seed(0)
    encoder, decoder = perceptron((196, 8, 4), chance), perceptron((2, 8, 196), chance)
    images = torch.rand(5, 196, generator=chance)
    reconstruction, kl = vae_losses(encoder, decoder, images, torch.zeros(5, 2))
    means = torch.nn.Sequential(encoder, torch.nn.Linear(4, 2, bias=False))
    means[1].weight.data = torch.eye(2, 4)
    torch.testing.assert_close(reconstruction, ae_loss(means, decoder, images))
    assert kl > 0
