"""Overlap of two sets of samples: against another implementation, and where the answer is plain."""

from __future__ import annotations

import pytest
import torch

from generate.evaluation import neighbours
from generate.evaluation.neighbours import nearer_share, nearest, overlap


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


def test_fresh_samples_are_as_near_to_held_out_images_as_to_known_ones() -> None:
    share, error = nearer_share(blob(2_000, 0), blob(1_000, 1), blob(1_000, 2))
    assert share == pytest.approx(0.5, abs=3 * error)
    assert error < 0.03


def test_copies_of_some_known_images_are_nearer_to_known_ones() -> None:
    known, held_out = blob(1_000, 1), blob(1_000, 2)
    copies = known[:50].repeat(10, 1) + 0.05 * blob(500, 3)
    assert nearer_share(copies, known, held_out)[0] > 0.95
    some = torch.cat([copies, blob(1_500, 4)])  # a quarter
    share, error = nearer_share(some, known, held_out)
    assert share > 0.5 + 3 * error


def test_samples_of_few_places_are_less_certain_than_their_number_says() -> None:
    known, held_out = blob(500, 1), blob(500, 2)
    repeated, spread = blob(20, 3).repeat(50, 1), blob(1_000, 3)
    assert nearer_share(repeated, known, held_out)[1] > 2 * nearer_share(spread, known, held_out)[1]


def test_known_and_held_out_images_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="not one half"):
        nearer_share(blob(5, 0), blob(6, 1), blob(7, 2))
