"""Where an image lies between two others: where the answer is plain."""

from __future__ import annotations

import pytest
import torch

from generate.evaluation.blends import between


def images(count: int, seed: int) -> torch.Tensor:
    return torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


def test_a_double_exposure_is_at_the_average_and_an_end_is_at_its_end() -> None:
    first, second = images(4, 0), images(4, 1)
    both = between(first, second, (first + second) / 2)
    assert both.position.tolist() == pytest.approx([0.5] * 4)
    assert both.off.tolist() == pytest.approx([0] * 4, abs=1e-4)
    assert both.halfway.all()
    for end, position in ((first, 0), (second, 1)):
        at_end = between(first, second, end)
        assert at_end.position.tolist() == pytest.approx([position] * 4, abs=1e-4)
        assert at_end.off.tolist() == pytest.approx([1] * 4)
        assert not at_end.halfway.any()


def test_an_image_that_has_nothing_to_do_with_either_is_halfway_but_far_off() -> None:
    other = between(images(50, 0), images(50, 1), images(50, 2))
    assert other.halfway.all()
    assert other.off.min() > 1.5


def test_halfway_is_nearer_to_the_average_than_to_an_end() -> None:
    first, second, seen = images(200, 0), images(200, 1), images(200, 2)
    seen = seen + torch.linspace(-1, 1, 200)[:, None, None, None] * (second - first)
    candidates = torch.stack([(first + second) / 2, first, second])
    nearest = (candidates - seen).square().flatten(2).sum(2).argmin(0)
    assert 0 < (nearest == 0).sum() < 200
    assert torch.equal(between(first, second, seen).halfway, nearest == 0)


def test_two_ends_that_are_one_image_do_no_harm() -> None:
    same = images(2, 0)
    assert between(same, same, images(2, 1)).position.isfinite().all()
