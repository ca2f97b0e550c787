"""The package as somebody uses it who has never read it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import generate
from generate.inference import Unable
from generate.pipeline.registry import UnknownName


def test_models_are_known_by_name_without_waiting_for_pytorch() -> None:
    code = "import sys, generate; print(*generate.runs()); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"AE_2D", "VAE_16D", "GAN_16D"} <= set(done.stdout.split())


def test_samples_are_images_and_the_same_for_the_same_seed() -> None:
    images = generate.sample("GAN_16D", 3, seed=7)
    assert images.shape == (3, 28, 28)
    assert images.dtype == np.float32
    assert 0 <= images.min() < 0.1
    assert 0.9 < images.max() <= 1
    assert np.array_equal(images, generate.sample("GAN_16D", 3, seed=7))
    assert not np.array_equal(images, generate.sample("GAN_16D", 3, seed=8))


def test_what_was_sampled_is_rebuilt_from_its_code() -> None:
    images = generate.sample("GAN_16D", 20)
    codes = generate.encode("AE_16D", images)
    assert codes.shape == (20, 16)
    error = np.square(generate.decode("AE_16D", codes) - images).mean()
    assert error < 0.5 * np.square(images - images.mean(0)).mean()


@pytest.mark.parametrize("name", ["AE_2D", "GAN_2D"])
def test_a_way_between_two_codes_begins_and_ends_at_them(name: str) -> None:
    ends = np.array([[1.0, 0.2], [-0.3, 0.9]])
    way = generate.interpolate(name, *ends, steps=5)
    assert way.shape == (5, 28, 28)
    np.testing.assert_allclose(way[[0, -1]], generate.decode(name, ends), atol=1e-4)


def test_what_cannot_be_done_is_said_with_who_can() -> None:
    with pytest.raises(Unable, match=r"cannot encode.*AE_2D"):
        generate.encode("GAN_2D", np.zeros((1, 28, 28)))
    with pytest.raises(UnknownName, match="did you mean GAN_16D"):
        generate.load("GAN_16")
