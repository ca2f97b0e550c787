"""Intervals of means and medians whose width is known."""

from __future__ import annotations

import numpy as np
import pytest

from generate.evaluation.intervals import bootstrap, with_interval


def test_the_interval_of_a_mean_is_two_standard_errors_to_either_side() -> None:
    values = np.random.RandomState(0).randn(2_000)
    low, high = bootstrap(values)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.005)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 2_000**0.5, rel=0.1)


def test_it_holds_the_truth_about_as_often_as_it_says() -> None:
    draws = np.random.RandomState(1)
    intervals = [bootstrap(draws.rand(100) < 0.3) for _ in range(60)]
    assert sum(low <= 0.3 <= high for low, high in intervals) >= 50


def test_a_statistic_is_named_with_the_ends_of_its_interval() -> None:
    values = with_interval("middle", [1, 2, 3, 4, 100], np.median)
    assert values["middle"] == 3
    assert values["middle_low"] < 3 < values["middle_high"]
