"""Directions through a latent space, in models where the right one is known."""

from __future__ import annotations

import pytest
import torch

from generate.evaluation.moments import moments
from generate.latent.arithmetic import difference_of_means
from generate.latent.compass import fit_compass
from generate.latent.edits import EDITS, Edit, shift_x, thicken
from generate.latent.principal import closed_form, principal_activations
from generate.latent.walks import learn_walk

AXIS = torch.arange(28.0) - 13.5


def blob(codes: torch.Tensor) -> torch.Tensor:
    """A decoder whose first two latents move a spot by three pixels a unit; the others do nothing."""
    x, y = (3 * codes[:, i, None, None] for i in (0, 1))
    return torch.exp(-((AXIS[None, None] - x) ** 2 + (AXIS[None, :, None] - y) ** 2) / 18)[:, None]


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def test_a_walk_learns_the_direction_and_its_scale() -> None:
    walk = learn_walk(blob, 0.5 * normal(200, 4), Edit("shift", "pixels", 2.0, shift_x), steps=200)
    torch.testing.assert_close(walk[:2], torch.tensor([1 / 3, 0.0]), atol=0.03, rtol=0)
    base = 0.5 * normal(20, 4)
    moved = moments(blob(base + 3.0 * walk)).x - moments(blob(base)).x
    assert moved.mean().item() == pytest.approx(3, abs=0.4)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_by_nothing_changes_nothing(edit: Edit) -> None:
    images = blob(0.5 * normal(3, 2))
    torch.testing.assert_close(edit.apply(images, torch.zeros(3)), images, atol=1e-5, rtol=0)


def test_thickening_widens_strokes_and_its_opposite_narrows_them() -> None:
    images = torch.zeros(1, 1, 28, 28)
    images[..., 4:24, 12:16] = 1
    widths = [moments(thicken(images, torch.tensor([by]))).stroke.item() for by in (-1.0, 0.0, 0.5, 1.0)]
    assert widths == sorted(widths)
    assert widths[3] - widths[0] > 2


def test_the_difference_of_means_points_from_the_low_to_the_high() -> None:
    codes = normal(2_000, 5)
    found = difference_of_means(codes, codes[:, 3])
    assert found.abs().argmax() == 3
    assert found[3] > 3
    assert found[[0, 1, 2, 4]].abs().max() < 0.5


def test_the_closed_form_ranks_directions_by_how_far_they_move_the_first_layer() -> None:
    weight = normal(30, 4)
    directions = closed_form(weight)
    torch.testing.assert_close(directions @ directions.T, torch.eye(4), atol=1e-5, rtol=0)
    moved = (directions @ weight.T).norm(dim=1)
    assert (moved.diff() <= 0).all()
    random = torch.nn.functional.normalize(normal(100, 4), dim=1)
    assert (random @ weight.T).norm(dim=1).max() <= moved[0] + 1e-5


def test_principal_activations_find_the_latent_that_moves_them_most() -> None:
    codes = normal(500, 3)
    activations = torch.stack([5 * codes[:, 2], codes[:, 0], 0.1 * codes[:, 1]], dim=1)
    directions = principal_activations(codes, activations)
    assert directions.abs().argmax(1).tolist() == [2, 0, 1]
    torch.testing.assert_close(directions.norm(dim=1), torch.ones(3))


def test_a_compass_points_to_what_was_liked() -> None:
    codes = normal(40, 16)
    direction = fit_compass(codes, codes[:, 5] > 0)
    assert direction.norm().item() == pytest.approx(1)
    assert direction[5] > 0.6


def test_without_a_relu_principal_activations_of_white_latents_are_the_closed_form() -> None:
    codes, weight = normal(5_000, 4), torch.randn(30, 4, generator=torch.Generator().manual_seed(1))
    centred = codes - codes.mean(0)
    white = centred @ torch.linalg.inv(torch.linalg.cholesky(centred.T.cov())).T
    found, known = principal_activations(white, white @ weight.T + 3), closed_form(weight)
    torch.testing.assert_close((found @ known.T).abs(), torch.eye(4), atol=1e-3, rtol=0)
