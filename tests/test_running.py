"""Several runs at once: the same bytes as one after the other, and no core asked for twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import joblib
import pytest
import torch

from generate.experiments import AE_2D, VAE_2D
from generate.training import runs as running
from generate.training.finished import finished
from generate.training.runs import ensure, processes_and_threads
from tests.miniature import Tiny


@pytest.mark.skipif(joblib.cpu_count() < 2, reason="one core holds no two runs at once")
def test_two_runs_at_once_have_their_share_of_the_cores_and_give_the_weights_of_one_after_the_other(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [tiny.run(run).folder for run in (AE_2D, VAE_2D)]  # with one thread
    monkeypatch.setattr(running.torch, "get_num_threads", joblib.cpu_count)
    both = replace(tiny.workspace, runs=tmp_path, jobs=joblib.cpu_count())
    ensure(both, [AE_2D, VAE_2D])
    for run, folder in zip((AE_2D, VAE_2D), alone, strict=True):
        done = finished(both, run)
        assert done
        assert done.card["provenance"]["device"] == "CPU, 1 thread"
        paths = sorted(folder.rglob("*.safetensors"))
        assert len(paths) == 5
        for path in paths:
            assert (both.runs / path.relative_to(tiny.workspace.runs)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("cores", [1, 2, 3, 8, 64])
@pytest.mark.parametrize("jobs", [1, 2, 3, 8, 100])
@pytest.mark.parametrize("torch_threads", [1, 4, 32, 128])
def test_the_threads_of_all_runs_together_are_at_most_the_cores(
    cores: int, jobs: int, torch_threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joblib, "cpu_count", lambda: cores)
    monkeypatch.setattr(torch, "get_num_threads", lambda: torch_threads)
    processes, threads = processes_and_threads(jobs)
    assert 1 <= processes <= jobs
    assert 1 <= threads <= torch_threads
    assert processes * threads <= cores
