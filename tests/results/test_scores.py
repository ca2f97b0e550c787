"""The scoreboard's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from generate.results.scores import novelty, over_seeds
from tests.miniature import Tiny


def test_over_seeds_each_score_has_its_mean_values_and_sample_deviation() -> None:
    found: dict[str, Any] = over_seeds(
        [{"mse": 1.0, "fcd": 5.0}, {"mse": 2.0, "fcd": 5.0}, {"mse": 6.0, "fcd": 5.0}]
    )
    assert found["mse"] == 3
    assert found["mse_seeds"].tolist() == [1, 2, 6]
    assert found["mse_spread"] == pytest.approx(np.sqrt(7))
    assert (found["fcd"], found["fcd_spread"]) == (5, 0)


def test_a_copied_image_is_not_new_and_a_changed_one_is(tiny: Tiny) -> None:
    data = tiny.workspace.dataset_images
    copies = data.train.inputs(slice(0, 40))
    assert novelty(copies, data)["novelty_median"] == pytest.approx(0, abs=0.05)
    assert novelty((copies + 0.1).clamp(0, 1), data)["novelty_low"] > 1


@pytest.mark.parametrize("family", ["ae", "vae", "gan"])
def test_three_seeds_are_three_trainings(tiny: Tiny, family: str) -> None:
    scores = tiny.result(f"scores/{family}")
    assert len(set(scores.mse_seeds.tolist())) == 3
    assert scores.mse == pytest.approx(scores.mse_seeds.mean())


def test_real_images_overlap_real_images(tiny: Tiny) -> None:
    real = tiny.result("scores/real")
    assert real.fcd_ratio == pytest.approx(1, abs=1e-6)
    assert 0 < real.precision <= 1
    assert 0 < real.coverage <= 1


def test_a_bound_is_tighter_with_more_samples_than_one(tiny: Tiny) -> None:
    found = tiny.result("scores/likelihood")
    assert found.samples == 25
    assert found.elbo < found.importance < 0
    assert torch.isfinite(torch.tensor(found.importance_error))
