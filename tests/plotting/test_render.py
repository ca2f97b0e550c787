"""Bytes of static figures: same every time, right kind, right size."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from matplotlib import rc_context
from PIL import Image

from generate.plotting.render import encode, png, size
from generate.plotting.sheet import Sheet
from generate.plotting.theme import THEMES, Theme


def drawn(theme: Theme, *, vector: bool) -> Sheet:
    sheet = theme.figure(6.4, 2.0, vector=vector)
    sheet.at(0.5, 0.2, 5, 1.5).plot([0, 1, 2], [0, 1, 0], color=theme.vae)
    sheet.note(0.1, 0.1, "$z \\sim N(0, I)$")
    return sheet


@pytest.mark.parametrize("vector", [True, False])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_bytes_are_the_same_every_time(theme: Theme, vector: bool) -> None:
    with rc_context(theme.rc()):
        once, again = (encode(drawn(theme, vector=vector)) for _ in range(2))
    assert once == again
    assert list(once) == (["svg"] if vector else ["png"])


def test_an_svg_has_no_date_and_no_live_text() -> None:
    with rc_context(THEMES[0].rc()):
        text = encode(drawn(THEMES[0], vector=True))["svg"].decode()
    assert "<dc:date>" not in text
    assert "<text" not in text


def test_a_png_has_two_pixels_a_css_pixel_and_no_metadata() -> None:
    with rc_context(THEMES[0].rc()):
        sheet = drawn(THEMES[0], vector=False)
        image = Image.open(BytesIO(encode(sheet)["png"]))
    assert size(sheet) == (640, 200)
    assert image.size == (1280, 400)
    assert not image.text  # type: ignore[attr-defined]


def test_a_picture_with_few_colours_loses_nothing() -> None:
    few = np.random.default_rng(0).integers(0, 2, (40, 40, 3), np.uint8) * 255
    assert np.array_equal(np.asarray(Image.open(BytesIO(png(few))).convert("RGB")), few)


def test_a_picture_with_too_many_colours_keeps_them_all() -> None:
    many = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert np.array_equal(np.asarray(Image.open(BytesIO(png(many))).convert("RGB")), many)


def test_a_png_that_need_not_be_small_has_every_colour() -> None:
    with rc_context(THEMES[0].rc()):
        sheet = drawn(THEMES[0], vector=False)
        quick, pixels = encode(sheet, small=False)["png"], sheet.pixels()
    assert np.array_equal(np.asarray(Image.open(BytesIO(quick)).convert("RGB")), pixels)
