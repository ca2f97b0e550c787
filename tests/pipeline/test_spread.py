"""A few out of many."""

from __future__ import annotations

import pytest

from generate.pipeline.spread import evenly


@pytest.mark.parametrize(
    ("count", "most", "kept"),
    [(100, 4, [0, 33, 66, 99]), (3, 40, [0, 1, 2]), (1, 40, [0]), (0, 40, [])],
)
def test_what_is_kept_is_spread_and_has_both_ends(count: int, most: int, kept: list[int]) -> None:
    assert evenly(range(count), most) == kept
