"""Path length of decoders whose speed is known."""

from __future__ import annotations

import pytest
import torch

from generate.evaluation.smoothness import path_length
from generate.latent.interpolation import linear, spherical


def as_is(values: torch.Tensor) -> torch.Tensor:
    return values


def test_a_straight_path_of_a_linear_decoder_has_its_squared_length() -> None:
    starts, ends = torch.zeros(20, 3), torch.full((20, 3), 2.0)
    assert path_length(as_is, as_is, linear, starts, ends) == pytest.approx(12, rel=1e-3)
    assert path_length(lambda codes: 3 * codes, as_is, linear, starts, ends) == pytest.approx(108, rel=1e-3)


def test_a_great_circle_is_followed() -> None:
    quarter = path_length(as_is, as_is, spherical, torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]]))
    assert quarter == pytest.approx((torch.pi / 2) ** 2, rel=1e-3)


def test_a_decoder_that_ignores_its_code_does_not_move() -> None:
    starts, ends = torch.randn(5, 3), torch.randn(5, 3)
    assert path_length(torch.zeros_like, as_is, linear, starts, ends) == 0
