"""Tiles, strips and curves: sizes and edge cases."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import rc_context

from generate.plotting.charts import Line, apart, settled, short, smooth
from generate.plotting.diagrams import Layer
from generate.plotting.panels import Block, blocks, grid, probability_bars, spread_out, tiles
from generate.plotting.theme import LIGHT


def test_tiles_leave_paper_between_images() -> None:
    picture = tiles(LIGHT, np.zeros((2, 3, 28, 28), np.uint8))
    assert picture.shape == (58, 88, 3)
    assert tuple(picture[28, 0]) == (255, 255, 255)
    assert tuple(picture[0, 0]) != (255, 255, 255)


def test_a_grid_fills_its_last_row_with_blanks() -> None:
    laid = grid(np.full((7, 28, 28), 9, np.uint8), 5)
    assert laid.shape == (2, 5, 28, 28)
    assert laid[1, 2:].max() == 0


def test_blocks_draw_every_pixel_of_a_tile_equally_large() -> None:
    checks = (np.indices((28, 28)).sum(axis=0) % 2 * 255).astype(np.uint8)
    with rc_context(LIGHT.rc()):
        drawn = blocks(LIGHT, [Block("", np.repeat(checks[None], 10, axis=0), LIGHT.real)]).pixels()
    line = drawn[drawn.shape[0] // 2, :, 0].astype(int)
    edges = np.flatnonzero(np.diff(line))
    assert np.diff(edges)[1:26].tolist() == [4] * 25


def test_beliefs_of_an_undecided_classifier_draw() -> None:
    with rc_context(LIGHT.rc()):
        sheet = LIGHT.figure(6.4, 1)
        probability_bars(sheet.at(0, 0, 6, 1), LIGHT, np.full((4, 10), 0.1))
        assert sheet.pixels().shape == (200, 1280, 3)


def test_labels_that_collide_are_pushed_apart_and_others_stay() -> None:
    points = np.array([[0.0, 0.0], [0.0, 0.0], [0.2, 0.1], [5.0, 5.0]])
    placed = spread_out(points, gap=1.0)
    distances = np.linalg.norm(placed[:, None] - placed, axis=-1)
    assert (distances[np.triu_indices(4, 1)] > 0.95).all()
    np.testing.assert_allclose(placed[3], points[3], atol=1e-4)
    np.testing.assert_allclose(placed[:3].mean(0), points[:3].mean(0), atol=0.1)


def test_a_running_mean_keeps_length_and_level() -> None:
    assert smooth(np.full(9, 2.0), 4).tolist() == [2.0] * 9
    assert smooth([1.0], 50).tolist() == [1.0]


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (950, "950"), (250_000, "250k"), (1_500_000, "1.5M")])
def test_counts_are_short(count: float, text: str) -> None:
    assert short(count) == text


def test_names_at_line_ends_are_pushed_apart() -> None:
    placed = apart(np.array([1.0, 1.0, 5.0]), 0.5)
    assert np.diff(np.sort(placed)).min() >= 0.5


def test_limits_of_a_constant_curve_have_some_height() -> None:
    low, high = settled([Line("", [0, 1], [3.0, 3.0], "#000000")])
    assert low < 3 < high


def test_a_layer_counts_its_output() -> None:
    assert Layer("conv", "64 x 14 x 14", 9).values == 64 * 14 * 14
