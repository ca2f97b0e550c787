"""What lies halfway between codes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from generate.evaluation.frechet import gaussian
from generate.results.gan import DIMENSIONS, SCALES, linear_vs_spherical
from generate.results.parts.between import SHRUNK, gain_error, halfway, partners
from generate.results.parts.common import Reference, feature_ratio
from tests.miniature import Tiny


def test_a_line_between_independent_draws_is_halfway_a_draw_of_smaller_scale() -> None:
    starts, ends = torch.randn(2, 20_000, 4).double()
    middle = halfway(starts, ends)["line"]
    assert torch.allclose(middle.T.cov(), SHRUNK**2 * torch.eye(4).double(), atol=0.02)


def test_an_arc_goes_about_the_mean_of_the_codes() -> None:
    here = torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.tensor([[0.0, 1.0], [0.0, -1.0]])
    moved = tuple(some + 7 for some in here)
    at_zero, at_seven = halfway(*here), halfway(*moved)
    torch.testing.assert_close(at_zero["arc"], torch.tensor([[1.0, 1.0], [-1.0, -1.0]]) * 0.5**0.5)
    for way in ("line", "arc"):
        torch.testing.assert_close(at_seven[way], at_zero[way] + 7)


def test_lines_leave_the_priors_band_in_many_dimensions_and_arcs_in_none() -> None:
    norms = linear_vs_spherical.function()
    outside = [norms[f"outside_line_{count}"] for count in DIMENSIONS]
    assert outside == sorted(outside)
    assert outside[0] < 0.1
    assert outside[-1] > 0.99
    assert max(norms[f"outside_arc_{count}"] for count in DIMENSIONS) < 0.05
    for count in DIMENSIONS:
        assert norms[f"outside_prior_{count}"] == pytest.approx(0.05, abs=0.01)


def test_partners_are_one_round_through_all_codes() -> None:
    chosen, place, seen = partners(50).tolist(), 0, []
    for _ in range(50):
        seen.append(place)
        place = chosen[place]
    assert (sorted(seen), place) == ([*range(50)], 0)


def test_a_gain_is_surer_with_more_pairs_and_sure_of_nothing_between_the_same() -> None:
    real = torch.randn(500, 3)
    known = Reference(real, gaussian(real.numpy()), 1.0)
    first, second = torch.randn(2, 1_600, 3)
    assert gain_error(first, first, known) == 0
    assert gain_error(first, second + 1, known) < gain_error(first[:100], second[:100] + 1, known)
    assert gain_error(first, second + 1, known) < feature_ratio(second + 1, known)


def test_every_family_has_both_ways_and_a_gain_inside_its_interval(tiny: Tiny) -> None:
    found = tiny.result("claims/midpoint_paths")
    for family in ("ae", "vae", "gan", "found"):
        gain = found[f"{family}_fcd_ratio_line"] - found[f"{family}_fcd_ratio_arc"]
        assert found[f"{family}_gain"] == pytest.approx(gain)
        assert found[f"{family}_gain_low"] <= gain <= found[f"{family}_gain_high"]
        assert found[f"{family}_norm_line"] < found[f"{family}_norm"]


def test_at_a_scale_of_one_latents_are_the_priors(tiny: Tiny) -> None:
    found, place = tiny.result("gan/scale"), SCALES.index(1.0)
    assert found.fcd_ratio[place] == found.fcd_ratio_drawn == tiny.result("gan/samples").fcd_ratio
    assert found.best_fcd_ratio == np.min(found.fcd_ratio)
