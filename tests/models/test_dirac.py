"""The smallest game."""

from __future__ import annotations

import numpy as np
import pytest

from generate.models.dirac import dirac_game


def radii(*, gamma: float = 0.0, alternating: bool = True) -> np.ndarray:
    way = dirac_game(steps=300, rate=0.2, gamma=gamma, alternating=alternating, start=(0.6, 0.0))
    assert way.shape == (301, 2)
    return np.linalg.norm(way, axis=1)


def test_moved_at_once_without_a_penalty_they_leave_the_middle_at_every_step() -> None:
    assert (np.diff(radii(alternating=False)) > 0).all()


def test_in_turns_they_circle() -> None:
    assert radii().max() < 1.1 * 0.6
    assert radii().min() > 0.9 * 0.6


@pytest.mark.parametrize("alternating", [False, True])
def test_with_a_penalty_they_settle(alternating: bool) -> None:
    assert radii(gamma=0.5, alternating=alternating)[-1] < 0.01


def test_momentum_carries_them_off_the_circle() -> None:
    way = dirac_game(steps=300, rate=0.2, momentum=0.5, start=(0.6, 0.0))
    assert np.linalg.norm(way[-1]) > 2 * 0.6


def test_the_middle_is_an_equilibrium() -> None:
    assert not dirac_game(steps=3, rate=0.2, start=(0.0, 0.0)).any()
