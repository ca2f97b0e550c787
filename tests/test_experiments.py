"""A budget bounds what a run costs, in whole batches, and leaves the full one as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generate.experiments import AE_16D, CLASSIFIER, EXPECTED, FULL, RUNS, Budget, Run, scaled
from generate.pipeline.store import read_json
from generate.workspace import open_workspace
from tests.miniature import Tiny

SMALL = Budget(share=0.001, batch_size=16, channels=8, effort=0.1)


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_budget_bounds_images_batches_and_networks(run: Run) -> None:
    assert scaled(run, FULL) is run
    small = scaled(run, SMALL)
    assert small.optimisation.batch_size == 16
    assert small.optimisation.images_seen % 16 == 0
    assert small.optimisation.images_seen == pytest.approx(0.001 * run.optimisation.images_seen, abs=16)
    ours, theirs = (
        sum(weight.numel() for weight in one.model.learner(one.optimisation).model.parameters())
        for one in (small, run)
    )
    assert ours < theirs / 3


def test_what_is_small_already_stays(tiny: Tiny) -> None:
    wide = Budget(batch_size=1_000, channels=1_000)
    assert scaled(AE_16D, wide).model == AE_16D.model
    assert scaled(CLASSIFIER, wide).model == CLASSIFIER.model
    assert scaled(AE_16D, wide).optimisation.batch_size == AE_16D.optimisation.batch_size
    assert tiny.workspace.within_budget(AE_16D).model.channels == 8  # type: ignore[attr-defined]


def test_less_effort_measures_by_fewer_and_by_some_at_least(tiny: Tiny) -> None:
    run = replace(tiny.run(AE_16D), effort=0.2)
    assert [run.some(count) for count in (2_000, 100, 12, 4)] == [400, 20, 10, 4]
    assert replace(run, effort=1.0).some(2_000) == 2_000


def test_what_a_headline_run_is_said_to_reach_is_what_is_published() -> None:
    published = read_json(open_workspace(device="cpu").numbers)
    said = {name: value for numbers in EXPECTED.values() for name, value in numbers.items()}
    assert said == {name: pytest.approx(published[name], rel=0.04) for name in said}
