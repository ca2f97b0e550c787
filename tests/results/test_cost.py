"""Costs are read at the moments that were planned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from generate.data import Split
from generate.experiments import AE_16D, Budget, scaled
from generate.results.cost import _line, in_own_process, peak_megabytes, training_costs

SMALL = scaled(AE_16D, Budget(batch_size=8, channels=8))


@pytest.fixture(scope="module")
def split() -> Split:
    return Split(torch.zeros(32, 28, 28, dtype=torch.uint8), torch.arange(32) % 10)


def test_every_look_has_its_costs_and_clocks_run_on(split: Split, tmp_path: Path) -> None:
    np.savez(tmp_path / "images.npz", images=split.images.numpy(), labels=split.labels.numpy())
    costs = training_costs(SMALL, "cpu", tmp_path / "images.npz", [(16, (1, 2)), (32, (1,))])
    assert len(costs) == 3
    assert 0 < costs[0][0] < costs[1][0]
    assert all(0 < memory <= peak_megabytes() for _, memory in costs)


def test_a_process_of_its_own_has_not_the_memory_of_this_one(split: Split) -> None:
    kept = torch.ones(100_000_000)  # 400 MB that the other process must not see
    ((_, memory),) = in_own_process(SMALL, "cpu", split, [(16, (1,))])
    assert memory < peak_megabytes() - kept.nbytes / 2**21


def test_a_straight_line_through_the_origin_is_fitted() -> None:
    images = np.array([1, 2, 4])
    assert _line("ae", images, 3.0 * images) == {"ae_seconds_per_image": 3.0, "ae_off_line": 0.0}
    off = _line("ae", images, np.array([3.0, 6.0, 13.2]))["ae_off_line"]
    assert 0.02 < off < 0.1
