"""Measuring several results at once, and those that need the machine for themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generate.build import measure as measuring
from generate.build.catalogue import RESULTS
from generate.build.measure import measured
from generate.pipeline.files import StoreError
from tests.miniature import Tiny

QUICK = [RESULTS[name] for name in ("autoencoder/loss_curves", "vae/loss_curves", "gan/loss_curves")]


def test_results_measured_at_once_are_those_measured_one_by_one(tiny: Tiny, tmp_path: Path) -> None:
    for node in QUICK:
        tiny.result(node.id)
    several = replace(tiny.workspace, docs=tmp_path, jobs=2)
    assert {node.id for node in measured(several, QUICK, {})} == {node.id for node in QUICK}
    for node in QUICK:
        assert several.result(node.id).read_bytes() == tiny.workspace.result(node.id).read_bytes()


def test_a_timing_waits_until_nothing_else_is_measured(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_measure", lambda _, node, *__: node)
    timing, *others = RESULTS["cost/scaling"], *QUICK
    assert timing.alone
    assert list(measured(tiny.workspace, [timing, *others], {})) == [*others, timing]


def test_a_run_that_vanished_is_named(tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"AE_2D is no longer whole in .*trains it again"):
        list(measured(replace(tiny.workspace, runs=tmp_path), [RESULTS["autoencoder/loss_curves"]], {}))
