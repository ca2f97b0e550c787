"""Reading digits, and picking by what is read."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import class_probabilities, class_shares, digits_covered, divergence, pick
from generate.models.classifier import Classifier

BELIEF = torch.tensor([[0.2, 0.8], [0.95, 0.05], [0.6, 0.4], [0.99, 0.01], [0.97, 0.03]])


@pytest.mark.parametrize(
    ("count", "chosen"), [(1, [1]), (2, [1, 3]), (3, [1, 3, 4]), (4, [1, 3, 4, 2]), (5, [1, 3, 4, 2, 0])]
)
def test_the_first_sure_ones_are_picked_then_the_likeliest(count: int, chosen: list[int]) -> None:
    assert pick(BELIEF, 0, count, 0.9).tolist() == chosen


def test_shares_are_counted_over_labels() -> None:
    shares = class_shares(torch.tensor([0, 0, 0, 7]))
    assert shares.tolist() == [0.75, *[0] * 6, 0.25, 0, 0]
    assert digits_covered(shares) == 2


def test_divergence_is_zero_for_equal_shares_and_ln_10_for_one_digit_of_ten() -> None:
    even, one = np.full(10, 0.1), np.eye(10)[3]
    assert divergence(even, even) == 0
    assert divergence(one, even) == pytest.approx(math.log(10))


def test_class_probabilities_have_no_gradients(make_batch) -> None:
    probabilities = class_probabilities(Classifier(8, 12, 1.0).eval(), make_batch(7).images)
    assert probabilities.shape == (7, 10)
    assert not probabilities.requires_grad
    torch.testing.assert_close(probabilities.sum(1), torch.ones(7))


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_chunks_make_no_difference(size: int) -> None:
    inputs = torch.randn(7, 3)
    assert torch.equal(in_chunks(torch.sin, inputs, size), inputs.sin())
