"""The KL in its parts, likelihood with noise, the price of grey: of models that hardly learned anything."""

from __future__ import annotations

import math

import pytest

from tests.miniature import Tiny


@pytest.mark.xdist_group("vae")
@pytest.mark.parametrize("suffix", ["2d", "16d"])
def test_the_parts_add_up_to_the_kl_and_information_stays_under_its_ceiling(tiny: Tiny, suffix: str) -> None:
    found = tiny.result("vae/kl_split")
    names = ("information", "correlation", "marginal")
    total = sum(found[f"{name}_{suffix}"] for name in names)
    error = sum(found[f"{name}_error_{suffix}"] for name in names)
    assert total == pytest.approx(found[f"kl_{suffix}"], abs=4 * error)
    assert found[f"information_{suffix}"] <= found.ceiling == pytest.approx(math.log(found.images))
    alone, off = found[f"alone_{suffix}"], found[f"off_{suffix}"]
    assert (alone + off).sum() == pytest.approx(found[f"kl_{suffix}"], rel=1e-6)
    assert ((alone + off)[:-1] >= (alone + off)[1:]).all()


@pytest.mark.xdist_group("claims")
def test_noise_in_99_of_100_samples_costs_a_likelihood_the_log_of_a_hundred(tiny: Tiny) -> None:
    assert tiny.result("claims/mostly_noise").lost == pytest.approx(math.log(100))


@pytest.mark.xdist_group("data")
def test_grey_costs_something_and_less_than_if_every_pixel_were_half_grey(tiny: Tiny) -> None:
    assert 0 < tiny.result("data/grey").entropy < 784 * math.log(2)
