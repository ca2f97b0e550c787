"""Training on a Dask cluster: the bytes of training here, and words for all that can go wrong."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dask
import pytest
from distributed import Client, LocalCluster

from generate import data
from generate.data import DataError
from generate.experiments import AE_2D, FULL, VAE_2D, Run
from generate.models.learner import Learner, Optimisation
from generate.pipeline.store import read_json, write_values
from generate.pipeline.values import Values
from generate.results.autoencoder import latent_plane
from generate.training import cluster
from generate.training.cluster import ClusterError, connected
from generate.training.finished import finished
from generate.training.loop import CHECKPOINT, Diverged
from generate.training.runs import ensure
from generate.workspace import Workspace
from tests.miniature import Tiny

ANOTHER = replace(AE_2D, optimisation=replace(AE_2D.optimisation, seed=1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers keep their files; a damaged MNIST is among them."""
    folder = tmp_path_factory.mktemp("cluster")
    raw = folder / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in data._MNIST_FILES:
        (raw / name).write_bytes(b"junk")
    return folder


@pytest.fixture(scope="module")
def scheduler(folder: Path) -> Iterator[str]:
    """The address of a cluster of two worker processes on this machine."""
    means = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "host": "127.0.0.1",
        "dashboard_address": "127.0.0.1:0",
        "local_directory": str(folder),
        "env": {"CUDA_VISIBLE_DEVICES": "", "DATA_DIR": str(folder / "data")},
    }
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), LocalCluster(**means) as running:
        yield running.scheduler_address


@pytest.fixture
def spread(tiny: Tiny, scheduler: str, tmp_path: Path) -> Workspace:
    """Nothing trained yet, and a cluster to train on."""
    return replace(tiny.workspace, runs=tmp_path / "runs", scheduler=scheduler)


def test_a_cluster_gives_the_bytes_of_training_here(tiny: Tiny, spread: Workspace) -> None:
    runs = [AE_2D, VAE_2D]
    assert ensure(spread, runs) == runs
    for run in runs:
        tiny.run(run)
        both = tiny.workspace, spread
        here, there = ({p.relative_to(w.runs): p for p in w.folder(run).rglob("*.*")} for w in both)
        assert here.keys() == there.keys()
        cards = [read_json(paths.pop(Path(spread.folder(run).name, "run.json"))) for paths in (here, there)]
        assert len(here) == 5
        assert all(there[name].read_bytes() == path.read_bytes() for name, path in here.items())
        for card in cards:
            del card["record"]["seconds"], card["provenance"]
        assert cards[0] == cards[1]
    tiny.result("autoencoder/latent_plane")
    assert measured(spread) == tiny.workspace.result("autoencoder/latent_plane").read_bytes()
    assert ensure(spread, runs) == []


def measured(workspace: Workspace) -> bytes:
    values = latent_plane.function(data=workspace.dataset_images, model=finished(workspace, AE_2D))
    path = workspace.runs / "measured.npz"
    write_values(path, Values(values))
    return path.read_bytes()


@pytest.mark.sampled(0)
def test_a_worker_goes_on_from_a_checkpoint_unless_asked_for_a_fresh_start(
    spread: Workspace, folder: Path
) -> None:
    left = folder / "dask-scratch-space" / "runs" / spread.folder(ANOTHER).name / CHECKPOINT
    left.parent.mkdir(parents=True)
    left.write_bytes(b"junk")
    assert ensure(spread, [ANOTHER], fresh=True) == [ANOTHER]
    assert left.exists()
    shutil.rmtree(spread.folder(ANOTHER))
    assert ensure(spread, [ANOTHER]) == [ANOTHER]
    assert [path.name for path in (left.parents[1] / "damaged").iterdir()] == [f"{CHECKPOINT}-1"]


def test_a_run_that_diverges_is_named(spread: Workspace) -> None:
    wild = replace(AE_2D, optimisation=replace(AE_2D.optimisation, learning_rate=1e30))
    with pytest.raises(Diverged, match=rf"AE_2D diverged.*step 2.*on {platform.node()}"):
        ensure(spread, [wild])


@pytest.mark.sampled(0)
def test_a_workers_own_data_is_checked(
    spread: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnist, digits = replace(spread, dataset="mnist"), spread.dataset_images
    monkeypatch.setattr(data, "load", lambda *_: digits)  # for the client; the workers load their own
    with pytest.raises(DataError, match=rf"(?s){folder}.*is not the file it should be.*delete it"):
        ensure(mnist, [AE_2D])


@pytest.mark.sampled(0)
def test_a_clone_of_another_version_is_told_apart(spread: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    key = spread.run_key(AE_2D)
    monkeypatch.setattr(Workspace, "run_key", lambda *_: "0123456789ab")
    with pytest.raises(ClusterError, match=rf"{platform.node()} has another version.*0123456789ab.*{key}"):
        ensure(spread, [AE_2D])
    assert not spread.runs.exists()


@pytest.mark.sampled(0)
def test_a_training_whose_client_has_gone_stops(spread: Workspace) -> None:
    long = replace(spread, budget=FULL)
    with connected(long.scheduler) as client:
        order = cluster._order(long, AE_2D, "stopped")
        future = client.submit(cluster._errand(), vars(order))
        until(lambda: any(client.run(is_busy).values()))
        del future
    with Client(long.scheduler) as client:
        until(lambda: not any(client.run(is_busy).values()))


def is_busy(dask_worker: Any) -> bool:
    return bool(dask_worker.active_threads)


def until(condition: Any) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@dataclass(frozen=True)
class DeadlyConfig:
    """Takes the process down that trains it, as the system does when memory is short."""

    def learner(self, _: Optimisation) -> Learner:
        os._exit(1)


def test_a_run_that_costs_a_worker_its_life_is_named(spread: Workspace) -> None:
    with pytest.raises(ClusterError, match=r"DEADLY failed on the cluster.*workers died"):
        ensure(spread, [Run(DeadlyConfig(), AE_2D.optimisation, name="DEADLY")])


# --- No cluster. ---


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.3)


@pytest.mark.usefixtures("impatient")
def test_nobody_at_the_address_is_said_before_anything_is_deleted(tiny: Tiny, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        lost = replace(tiny.workspace, runs=tmp_path, scheduler=address)
        lost.folder(AE_2D).mkdir()
        with pytest.raises(ClusterError, match=rf"no Dask scheduler answers at {address}.*dask scheduler"):
            ensure(lost, [AE_2D], fresh=True)
    assert lost.folder(AE_2D).exists()


@pytest.mark.usefixtures("impatient")
def test_a_cluster_without_workers_is_said(tiny: Tiny, tmp_path: Path) -> None:
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as empty:
        lonely = replace(tiny.workspace, runs=tmp_path, scheduler=empty.scheduler_address)
        with pytest.raises(ClusterError, match=rf"has no worker.*dask worker {empty.scheduler_address}"):
            ensure(lonely, [AE_2D])


def test_a_missing_extra_is_said(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"needs Dask.*\.\[cluster\]"):
        ensure(replace(tiny.workspace, runs=tmp_path, scheduler="tcp://127.0.0.1:1"), [AE_2D])


def test_a_worker_with_several_threads_is_refused(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = SimpleNamespace(state=SimpleNamespace(nthreads=4))
    monkeypatch.setattr("distributed.get_worker", lambda: worker)
    with pytest.raises(ClusterError, match=r"has 4 threads.*--nthreads 1"):
        cluster.fulfil(cluster._order(tiny.workspace, AE_2D, ""))
