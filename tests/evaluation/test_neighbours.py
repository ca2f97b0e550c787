"""Overlap of two sets of samples: against another implementation, and where the answer is plain."""

from __future__ import annotations

import pytest
import torch

from generate.evaluation import neighbours
from generate.evaluation.neighbours import nearest, overlap


def blob(count: int, seed: int, shift: float = 0.0, scale: float = 1.0) -> torch.Tensor:
    return shift + scale * torch.randn(count, 6, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (1.0, 1.0), (0.0, 0.3), (0.3, 2.0)])
def test_it_is_that_of_the_authors_of_density_and_coverage(
    shift: float, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prdc import compute_prdc

    monkeypatch.setattr(neighbours, "CHUNK", 70)  # several chunks, the last one short
    real, fake = blob(300, 0), blob(250, 1, shift, scale)
    reference = compute_prdc(real.double().numpy(), fake.double().numpy(), nearest_k=5)
    assert vars(overlap(real, fake)) == pytest.approx(reference)


def test_samples_far_from_all_real_ones_score_nothing() -> None:
    found = overlap(blob(100, 0), blob(100, 1, shift=50.0))
    assert vars(found) == {"precision": 0, "recall": 0, "density": 0, "coverage": 0}


def test_a_collapsed_generator_is_precise_and_covers_little() -> None:
    real = blob(500, 0)
    found = overlap(real, real[:1] + blob(500, 1, scale=0.01))
    assert found.precision > 0.9
    assert found.recall < 0.05
    assert found.coverage < 0.1


def test_the_nearest_of_the_others_is_found() -> None:
    others = blob(50, 0)
    distance, place = nearest(others[[7, 3]] + 0.01, others)
    assert place.tolist() == [7, 3]
    assert distance.tolist() == pytest.approx([0.01 * 6**0.5] * 2, abs=2e-3)
