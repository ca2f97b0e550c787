"""Properties of the paths."""

from __future__ import annotations

import pytest
import torch

from generate.latent.interpolation import linear, loop, spherical

T = torch.linspace(0, 1, 9)
PATHS = [linear, spherical]


def ends(dimensions: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    start, end = torch.randn(2, dimensions, generator=generator, dtype=torch.float64)
    return start, end


def unit(code: torch.Tensor) -> torch.Tensor:
    return code / code.norm(dim=-1, keepdim=True)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_runs_from_start_to_end(path) -> None:
    start, end = ends()
    codes = path(start, end, T)
    assert codes.shape == (9, 16)
    torch.testing.assert_close(codes[0], start)
    torch.testing.assert_close(codes[-1], end)


@pytest.mark.parametrize("path", PATHS)
def test_the_way_back_is_the_same_way(path) -> None:
    start, end = ends()
    torch.testing.assert_close(path(end, start, T), path(start, end, T).flip(0))


@pytest.mark.parametrize("path", PATHS)
def test_many_paths_at_once_are_the_same_paths(path) -> None:
    starts, far_ends = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    codes = path(starts, far_ends, T)
    assert codes.shape == (9, 3, 4, 5)
    torch.testing.assert_close(codes[:, 1, 2], path(starts[1, 2], far_ends[1, 2], T))


def test_a_straight_path_is_known() -> None:
    codes = linear(torch.tensor([0.0, 2.0]), torch.tensor([4.0, 0.0]), torch.tensor([0.25]))
    assert codes.tolist() == [[1.0, 1.5]]


def test_between_unit_vectors_a_spherical_path_stays_on_the_sphere() -> None:
    start, end = map(unit, ends())
    torch.testing.assert_close(spherical(start, end, T).norm(dim=1), torch.ones(9, dtype=torch.float64))


def test_direction_turns_at_constant_speed() -> None:
    directions = unit(spherical(*ends(), T))
    angles = (directions[1:] * directions[:-1]).sum(1).acos()
    torch.testing.assert_close(angles, angles[0].expand(8))


def test_length_goes_linearly_from_one_ends_to_the_others() -> None:
    start, end = ends()
    expected = linear(start.norm(), 3 * end.norm(), T)
    torch.testing.assert_close(spherical(start, 3 * end, T).norm(dim=1), expected)


def test_halfway_around_a_quarter_circle_is_known() -> None:
    start, end = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])
    middle = spherical(start, end, torch.tensor([0.5]))[0]
    torch.testing.assert_close(middle, torch.tensor([2**0.5, 2**0.5]))


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0], ids=["same", "parallel", "opposite"])
def test_ends_without_one_great_circle_are_joined_straight(factor: float) -> None:
    start, _ = ends()
    torch.testing.assert_close(spherical(start, factor * start, T), linear(start, factor * start, T))


def test_a_loop_visits_its_anchors_in_equal_steps_and_closes() -> None:
    anchors = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(0))
    frames = loop(anchors, 60)
    assert frames.shape == (60, 3, 4)
    torch.testing.assert_close(frames[::12], anchors)
    # The step from the last frame to the first is one like the step before it.
    torch.testing.assert_close(spherical(anchors[4], anchors[0], torch.tensor([11 / 12]))[0], frames[-1])
