"""Measures of where codes lie."""

from __future__ import annotations

import numpy as np
import pytest

from generate.evaluation.codes import (
    empty_share,
    linear_accuracy,
    neighbour_accuracy,
    prior_divergence,
    silhouette,
    spread_ratio,
)


def grid(side: int) -> np.ndarray:
    axis = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def test_an_even_plane_has_no_empty_cell() -> None:
    assert empty_share(grid(200)) == 0


def test_a_plane_used_in_two_opposite_corners_is_half_empty() -> None:
    codes = grid(200)
    corners = codes[(codes > 0.5).all(1) | (codes < 0.5).all(1)]
    assert empty_share(corners) == pytest.approx(0.5, abs=0.05)


def test_a_line_leaves_all_but_the_diagonal_empty() -> None:
    line = np.linspace(0, 1, 5000)
    assert empty_share(np.stack([line, line], axis=1)) == pytest.approx(1 - 20 / 400, abs=0.005)


def test_a_few_outliers_do_not_empty_the_plane() -> None:
    assert empty_share(np.concatenate([grid(200), [[1e6, 1e6], [-1e6, 0]]])) == 0


def test_empty_share_does_not_depend_on_scale_or_place() -> None:
    codes = np.random.RandomState(0).randn(500, 2)
    assert empty_share(codes) == pytest.approx(empty_share(codes * [3, 50] + 7), abs=0.01)


def test_the_widest_digit_is_compared_with_the_narrowest() -> None:
    codes = np.concatenate([grid(10), 3 * grid(10), 2 * grid(10)])
    assert spread_ratio(codes, np.repeat([0, 1, 5], 100)) == pytest.approx(3)


def test_separate_digits_are_all_recognised() -> None:
    labels = np.arange(100) % 10
    codes = np.stack([labels * 5.0, np.zeros(100)], axis=1)
    assert neighbour_accuracy(codes, labels, codes + 0.5, labels) == 1


def test_the_majority_of_the_nearest_decides() -> None:
    known, labels = np.array([[0.0], [0.1], [0.2], [0.3], [0.4]]), np.array([1, 1, 1, 2, 2])
    assert neighbour_accuracy(known, labels, np.array([[0.4], [0.0]]), np.array([2, 1])) == 0.5


def test_a_line_between_two_digits_is_enough_for_logistic_regression() -> None:
    labels = np.arange(200) % 2
    codes = np.stack([labels * 4 + np.random.RandomState(0).rand(200), np.zeros(200)], axis=1)
    assert linear_accuracy(codes, labels, codes, labels) == 1
    assert linear_accuracy(codes, labels, codes, 1 - labels) == 0


def test_lumps_far_apart_have_a_silhouette_near_one_and_mixed_ones_near_zero() -> None:
    codes, labels = np.random.RandomState(0).randn(300, 4), np.arange(300) % 3
    assert silhouette(codes + 100 * labels[:, None], labels) > 0.9
    assert silhouette(codes, labels) == pytest.approx(0, abs=0.05)


def test_the_divergence_from_the_prior_is_known_for_a_gaussian() -> None:
    codes = np.random.RandomState(0).randn(200_000, 2)
    assert prior_divergence(codes) == pytest.approx(0, abs=1e-3)
    assert prior_divergence(codes + np.array([3, 4])) == pytest.approx(12.5, rel=0.01)
    # For one dimension of standard deviation s: (s^2 - 1) / 2 - log s
    assert prior_divergence(codes * [2, 1]) == pytest.approx(1.5 - np.log(2), rel=0.02)
