"""The package as somebody uses it who has never read it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import generate
from generate.inference import Unable
from generate.pictures import Unreadable
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


@pytest.mark.parametrize("name", ["AE_2D", "VAE_16D", "GAN_2D", "GAN_16D", "CGAN_16D", "VAE_NLL"])
def test_the_first_images_are_the_same_however_many_are_asked_for(name: str) -> None:
    few, many = generate.sample(name, 5, seed=2), generate.sample(name, 11, seed=2)
    np.testing.assert_allclose(few, many[:5], atol=1e-4)


def test_a_conditional_model_makes_the_digit_that_is_asked_for() -> None:
    sevens = generate.sample("CGAN_16D", 8, label=7)
    assert np.abs(sevens - generate.sample("CGAN_16D", 8, label=0)).mean() > 0.05
    in_turn = generate.sample("CGAN_16D", 8)
    np.testing.assert_allclose(sevens[7], in_turn[7], atol=1e-4)


def test_a_gan_s_latents_are_searched_for() -> None:
    images = generate.sample("GAN_16D", 2, seed=5)
    found = generate.decode("GAN_16D", generate.encode("GAN_16D", images))
    assert np.square(found - images).mean() < 0.3 * np.square(images - images.mean(0)).mean()


@pytest.mark.parametrize("shape", [(3, 28, 28), (3, 784), (3, 1, 28, 28), (3, 28, 28, 1)])
@pytest.mark.parametrize("scale", [1, 255])
def test_images_come_in_any_shape_and_range_that_can_be_meant(shape: tuple[int, ...], scale: int) -> None:
    images = generate.sample("GAN_16D", 3)
    codes = generate.encode("VAE_2D", images)
    np.testing.assert_allclose(generate.encode("VAE_2D", scale * images.reshape(shape)), codes, atol=1e-3)


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
    with pytest.raises(Unable, match=r"no codes can be found for CGAN_16D.*GAN_2D"):
        generate.encode("CGAN_16D", np.zeros((1, 28, 28)))
    with pytest.raises(Unable, match=r"GAN_2D cannot be asked for a digit.*CGAN_16D"):
        generate.sample("GAN_2D", 1, label=3)
    with pytest.raises(Unable, match=r"CGAN_16D makes 0 to 9, and no 10"):
        generate.sample("CGAN_16D", 1, label=10)
    with pytest.raises(Unable, match=r"mixture64 for 64 Gaussians, and not 'flow'"):
        generate.sample("AE_2D", 1, prior="flow")
    with pytest.raises(Unreadable, match=r"shape \(4, 30, 30\); \(N, 28, 28\) is expected"):
        generate.encode("VAE_2D", np.zeros((4, 30, 30)))
    with pytest.raises(UnknownName, match="did you mean GAN_16D"):
        generate.load("GAN_16")
