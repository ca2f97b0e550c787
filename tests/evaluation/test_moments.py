"""Moments of shapes whose measures are known."""

from __future__ import annotations

import pytest
import torch

from generate.evaluation.moments import moments, turned
from generate.latent.edits import rotate, shift_x, shift_y, zoom


def bar(width: int = 3, height: int = 15) -> torch.Tensor:
    """An upright bar in the middle of an odd-sized image."""
    image = torch.zeros(1, 1, 29, 29)
    image[..., 14 - height // 2 : 15 + height // 2, 14 - width // 2 : 15 + width // 2] = 1
    return image


def amount(value: float) -> torch.Tensor:
    return torch.tensor([value])


def test_a_bar_in_the_middle() -> None:
    found = moments(bar())
    assert (found.x.item(), found.y.item(), found.angle.item(), found.slant.item()) == (0, 0, 0, 0)
    assert found.size.item() == pytest.approx(((3**2 - 1 + 15**2 - 1) / 12) ** 0.5)


@pytest.mark.parametrize("width", [3, 5])
def test_a_stroke_is_as_wide_as_it_was_drawn(width: int) -> None:
    long = torch.zeros(1, 1, 29, 29)
    long[..., 14 - width // 2 : 15 + width // 2] = 1
    assert moments(long).stroke.item() == pytest.approx(width, rel=0.12)


def test_where_it_is_moved_there_it_is() -> None:
    assert moments(shift_x(bar(), amount(3.0))).x.item() == pytest.approx(3, abs=1e-5)
    assert moments(shift_y(bar(), amount(-2.5))).y.item() == pytest.approx(-2.5, abs=1e-5)


@pytest.mark.parametrize("angle", [-40.0, 25.0])
def test_turning_turns_the_axis(angle: float) -> None:
    assert moments(rotate(bar(), amount(angle))).angle.item() == pytest.approx(angle, abs=1)


def test_leaning_to_the_right_is_a_positive_slant_and_a_clockwise_turn() -> None:
    found = moments(rotate(bar(1, 21), amount(-20.0)))
    assert found.slant.item() == pytest.approx(0.36, abs=0.03)
    assert found.angle.item() < 0


def test_size_grows_with_the_image() -> None:
    small, large = moments(bar(3, 9)), moments(zoom(bar(3, 9), amount(1.0)))
    assert (large.size / small.size).item() == pytest.approx(2, abs=0.1)


def test_an_axis_turns_by_at_most_a_quarter() -> None:
    assert turned(torch.tensor([80.0]), torch.tensor([-80.0])).item() == -20


def test_an_empty_image_has_finite_moments() -> None:
    assert all(value.isfinite().all() for value in vars(moments(torch.zeros(2, 1, 28, 28))).values())
