"""Measures of where codes lie."""

from __future__ import annotations

import numpy as np
import pytest

from generate.evaluation.codes import (
    VALLEY,
    linear_accuracy,
    neighbour_accuracy,
    prior_divergence,
    silhouette,
    spread_ratio,
    ways,
)


def grid(side: int) -> np.ndarray:
    axis = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def cloud(count: int, seed: int, *centres: float) -> np.ndarray:
    """Codes (count, 2) in round humps of deviation 1, shared out among centres on the first axis."""
    codes = np.random.RandomState(seed).randn(count, 2)
    codes[:, 0] += np.resize(centres or (0.0,), count)
    return codes


def gap_share(known: np.ndarray, codes: np.ndarray) -> float:
    return float((ways(known, codes).lowest < VALLEY).mean())


@pytest.mark.parametrize("tail", [None, 3], ids=["normal", "heavy tails"])
@pytest.mark.parametrize("stretch", [(1, 1), (1e3, 1e3), (5, 1)], ids=["round", "large", "long"])
def test_one_hump_has_no_gap_whatever_its_scale_and_tails(
    stretch: tuple[float, float], tail: int | None
) -> None:
    draws = np.random.RandomState(2)
    known, codes = cloud(5_000, 0), cloud(1_000, 1)
    if tail:
        known, codes = (
            some / np.sqrt(draws.chisquare(tail, (len(some), 1)) / tail) for some in (known, codes)
        )
    assert gap_share(known * stretch, codes * stretch) <= 0.002


def test_every_way_between_two_humps_far_apart_crosses_a_gap_and_none_within_one() -> None:
    known = cloud(5_000, 0, -10, 10)
    across = np.concatenate([cloud(200, 1, -10), cloud(200, 2, 10)])
    within = np.concatenate([cloud(200, 1, -10), cloud(200, 2, -10)])
    assert gap_share(known, across) > 0.9  # an outlier's way has no sparser place
    assert gap_share(known, within) < 0.01


def test_humps_that_run_into_one_another_have_no_gap() -> None:
    assert gap_share(cloud(5_000, 0, -1, 1), cloud(1_000, 1, -1, 1)) < 0.005


def test_points_in_a_gap_are_where_no_code_is() -> None:
    found = ways(cloud(5_000, 0, -10, 10), np.concatenate([cloud(200, 1, -10), cloud(200, 2, 10)]))
    assert found.points.shape[:2] == found.density.shape
    assert np.abs(found.points[found.valleys][:, 0]).mean() < 7
    assert np.median(np.abs(found.points[~found.valleys][:, 0])) > 7


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
