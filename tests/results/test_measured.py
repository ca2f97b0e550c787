"""Every result can be measured, of models that have hardly learned anything too, and is made of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from generate.build.catalogue import RESULTS
from generate.pipeline.registry import Result
from tests.miniature import Tiny


def by_chapter(nodes: dict[str, Result]) -> list[object]:
    """As parameters; those of a chapter share what they are measured of, so they share a process."""
    return [
        pytest.param(node, id=name, marks=pytest.mark.xdist_group(node.chapter))
        for name, node in nodes.items()
    ]


@pytest.mark.parametrize("node", by_chapter(RESULTS))
def test_every_result_is_made_of_numbers(tiny: Tiny, node: Result) -> None:
    values = tiny.result(node.id)
    assert values
    for name, value in {**values}.items():
        array = np.asarray(value)
        assert array.size, name
        if array.dtype.kind in "fiu":
            assert np.isfinite(array).all(), name
