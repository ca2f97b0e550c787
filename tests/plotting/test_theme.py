"""The palette, measured: contrast on the page, and distance under colour-vision deficiency."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from generate.plotting.theme import DARK, LIGHT, THEMES, Theme, contrast

Matrix = NDArray[np.float64]

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
VISIONS: dict[str, Matrix] = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def lab(colour: str, vision: Matrix) -> Matrix:
    """CIE Lab of a colour as seen with a given vision."""
    channels = np.asarray(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(vision @ linear, 0, 1) / WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def nearest(colours: list[str], vision: Matrix) -> float:
    """The smallest Lab distance between any two of the colours."""
    return min(float(np.linalg.norm(lab(a, vision) - lab(b, vision))) for a, b in combinations(colours, 2))


def families(theme: Theme) -> list[str]:
    return [theme.ae, theme.vae, theme.gan]


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_colours_stay_apart(theme: Theme, vision: str) -> None:
    assert nearest(list(theme.digits), VISIONS[vision]) > 25
    assert nearest([*families(theme), theme.ink], VISIONS[vision]) > 30
    assert nearest([*families(theme), theme.real], VISIONS[vision]) > 22


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_texts_are_readable_on_the_page(theme: Theme) -> None:
    for colour in (theme.ink, theme.muted, theme.real, *families(theme)):
        assert contrast(colour, theme.paper) >= 4.5
    assert all(contrast(colour, theme.paper) >= 1.8 for colour in theme.digits)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_label_on_a_digit_colour_is_readable(theme: Theme) -> None:
    assert all(contrast(theme.over(colour), colour) >= 3 for colour in theme.digits)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_shading_runs_from_tile_to_ink() -> None:
    image = np.array([[[0, 255]]], np.uint8)
    for theme in (LIGHT, DARK):
        ground, mark = theme.shade(image)[0, 0]
        assert tuple(ground) == tuple(round(255 * part) for part in to_rgb(theme.tile))
        assert tuple(mark) == tuple(round(255 * part) for part in to_rgb(theme.ink))
