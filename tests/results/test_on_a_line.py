"""What is measured on the line."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import norm

from generate.models import line
from generate.pipeline.store import read_values
from generate.results.line import collapse
from generate.results.parts.line import EXTENT, from_bell, off, score_map
from generate.results.playground import line_gradients
from generate.workspace import ROOT


def test_codes_that_are_the_bell_are_no_way_from_it() -> None:
    bell = torch.tensor(norm.ppf((np.arange(1_000) + 0.5) / 1_000)).float()[torch.randperm(1_000)]
    codes = torch.stack([bell, bell + 2, 3 * bell])[..., None]
    torch.testing.assert_close(from_bell(codes), torch.tensor([0.0, 2.0, 2 * float(bell.abs().mean())]))


def test_away_is_farther_than_three_deviations_of_the_noise() -> None:
    points = torch.tensor([[[1.0, 0.44], [1.0, 0.46], [-1.0, 0.0], [0.0, 0.0]]])
    assert off(points, "blobs").tolist() == [[False, True, False, True]]


def test_a_map_has_the_first_row_lowest_and_the_first_column_leftmost() -> None:
    gan = line.LineGAN(1)
    corner = gan.slopes(torch.tensor([[[EXTENT, -EXTENT]]]))[0].sigmoid().item()
    assert score_map(gan, cells=5)[0, -1] == pytest.approx(corner, abs=1e-3)


def test_islands_with_next_to_no_samples_are_dropped() -> None:
    around = line.DATA["ring"].draw(4_000, torch.Generator().manual_seed(0))
    few = around[around[:, 0] > 0.5]  # the islands at 0 and 45 degrees either way
    assert collapse._kept(torch.stack([around[: len(few)], few])).tolist() == [8, 3]


def test_the_published_gradients_are_those_of_this_code() -> None:
    published = read_values(ROOT / "docs/data/results/playground/line_gradients.npz")
    now = line_gradients.function()
    assert set(published) == set(now)
    for name, value in published.items():
        np.testing.assert_allclose(value, np.asarray(now[name]), rtol=1e-4, atol=1e-6, err_msg=name)


def test_gradients_of_the_published_networks_point_downhill() -> None:
    told = read_values(ROOT / "docs/data/results/playground/line_gradients.npz")
    gan = line.LineGAN(1)
    for place, (weight, bias) in enumerate(zip(gan.decoder.weights, gan.decoder.biases, strict=True)):
        weight.data = torch.tensor(told[f"decoder_weight_{place}"])[None]
        bias.data = torch.tensor(told[f"decoder_bias_{place}"])[None]
    for place in range(3):
        gan.discriminator.weights[place].data = torch.tensor(told[f"discriminator_weight_{place}"])[None]
        gan.discriminator.biases[place].data = torch.tensor(told[f"discriminator_bias_{place}"])[None]
    latents = torch.tensor(told["latents"])[None]

    def loss() -> float:
        return line.generator_loss(gan.discriminator(gan.decoder(latents)), saturating=False).item()

    assert loss() == pytest.approx(told["generator_loss"], abs=1e-5)
    for place in range(3):
        gan.decoder.weights[place].data -= 0.1 * torch.tensor(told[f"generator_decoder_weight_{place}"])
    assert loss() < told["generator_loss"]
