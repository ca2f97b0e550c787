"""What another machine may do differently: sums in another order, and no more than the tolerance."""

from __future__ import annotations

from typing import Any

import joblib
import pytest

from generate import data
from generate.build.check import replay_fault
from generate.build.freshness import read_manifest
from generate.experiments import AE_2D, CLASSIFIER, GAN_16D, RUNS, VAE_16D, Run
from generate.training.fingerprint import TOLERANCES, replay
from generate.training.runs import limited
from generate.workspace import open_workspace


@pytest.mark.parametrize("run", [AE_2D, VAE_16D, GAN_16D, CLASSIFIER], ids=lambda run: run.name)
def test_the_first_steps_agree_whatever_the_number_of_threads(run: Run, tally: Any) -> None:
    digits = data.load(data.DIGITS, data.default_folder()).train
    found = []
    for threads in (1, 1, max(2, joblib.cpu_count())):
        with limited(threads):
            found.append(replay(run.model, run.optimisation, digits))
    once, again, threaded = found
    assert once == again
    for name, tolerance in TOLERANCES.items():
        assert threaded[name] == pytest.approx(once[name], rel=tolerance)
    tally("replays compared", 2)


@pytest.mark.parametrize("name", ["AE_2D", "VAE_NLL", "CGAN_16D", "GAME_RELATIVISTIC", "CLASSIFIER"])
def test_published_runs_begin_as_they_were_recorded(name: str) -> None:
    workspace = open_workspace(device="cpu")
    assert replay_fault(read_manifest(workspace), RUNS[name], workspace) is None
