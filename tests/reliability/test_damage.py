"""Every file that the pipeline reads, damaged in every way: an error that names it, or no harm at all."""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from generate import data
from generate.build.freshness import read_manifest
from generate.experiments import GAN_2D, VAE_2D
from generate.inference import load
from generate.pipeline import files
from generate.pipeline.errors import UserError
from generate.pipeline.files import sha256
from generate.pipeline.manifest import entry_file
from generate.pipeline.store import (
    read_checkpoint,
    read_json,
    read_tensors,
    read_values,
    write_checkpoint,
    write_json,
)
from generate.training.finished import damage, finished
from generate.workspace import Workspace
from tests.harms import HARMS, MARKER, SINGLE
from tests.miniature import Effort

ROUNDS = 150  # damaged versions of each kind of file


@dataclass(frozen=True)
class Kind:
    """A kind of file: where one is, another of its kind, and how it is read, to something comparable.

    Of what has a checksum no change goes unnoticed; JSON is for people to read and to merge.
    """

    path: Path
    other: Path
    read: Callable[[], Any]
    has_checksum: bool = True


# --- The kinds of files. ---


@pytest.fixture(scope="module")
def readers(once_built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Kind]:
    """A kind of file by name; each in a workspace of its own, copied once."""
    folder = tmp_path_factory.mktemp("damaged")
    shutil.copytree(once_built.docs, folder / "docs")
    shutil.copytree(once_built.folder(GAN_2D), folder / "runs" / once_built.folder(GAN_2D).name)
    here = replace(once_built, docs=folder / "docs", runs=folder / "runs")
    clone = replace(here, runs=folder / "none")
    run = here.folder(GAN_2D)
    write_checkpoint(run / "one.sealed", read_tensors(run / "weights.safetensors"), {"step": 1})
    other_card = next(path for path in once_built.runs.glob("AE_2D-*/run.json"))
    result, traversals = here.result("gan/samples"), here.result("vae/traversals")
    expected = read_manifest(once_built).results["gan/samples"]["sha256"]
    weights, benchmark = clone.weights(GAN_2D), folder / "benchmark.json"
    snapshots = sorted((run / "snapshots").iterdir())
    write_json(benchmark, {"rows": [1, 2.5, "three"]})

    def read_run() -> Any:
        done = finished(here, GAN_2D)
        if done is None:
            raise UserError(f"{damage(here, GAN_2D)} {run}/")  # what a build says before it trains again
        return [tensor.sum().item() for tensor in done.network.state_dict().values()]

    def in_json(path: Path, other: Path) -> Kind:
        return Kind(path, other, lambda: read_json(path), has_checksum=False)

    kinds = {
        "checkpoint": Kind(
            run / "one.sealed", run / "one.sealed", lambda: comparable(read_checkpoint(run / "one.sealed"))
        ),
        "a run's card": Kind(run / "run.json", other_card, read_run),
        "a run's weights": Kind(run / "weights.safetensors", snapshots[0], read_run),
        "a run's snapshot": Kind(snapshots[0], snapshots[-1], read_run),
        "published weights": Kind(
            weights, clone.weights(VAE_2D), lambda: comparable(load(GAN_2D, clone).state_dict())
        ),
        "result": Kind(result, traversals, lambda: comparable(read_values(result, expected))),
        "result without a checksum": Kind(
            traversals, traversals, lambda: comparable(read_values(traversals))
        ),
        "manifest": Kind(
            entry_file(here.manifest, "results", "gan/samples"),
            entry_file(here.manifest, "figures", "gan/samples"),
            lambda: read_manifest(here).results,
            has_checksum=False,
        ),
        "numbers": in_json(here.numbers, here.scoreboard),
        "scoreboard": in_json(here.scoreboard, here.numbers),
        "benchmark": in_json(benchmark, here.numbers),
    }
    return kinds.__getitem__


KINDS = (
    *("checkpoint", "a run's card", "a run's weights", "a run's snapshot", "published weights", "result"),
    *("result without a checksum", "manifest", "numbers", "scoreboard", "benchmark"),
)


def several(effort: Effort) -> list[Any]:
    """Every way to damage a file, those that chance decides on repeatedly."""
    return [harm for harm in HARMS for _ in range(effort.times(ROUNDS // len(HARMS)))] + SINGLE


def comparable(found: Any) -> Any:
    """Arrays as bytes, all the way down."""
    if isinstance(found, tuple):
        return [comparable(part) for part in found]
    if hasattr(found, "items"):
        return {name: comparable(part) for name, part in found.items()}
    if isinstance(found, torch.Tensor):
        found = found.numpy()
    return (found.shape, found.dtype.str, found.tobytes()) if isinstance(found, np.ndarray) else found


@pytest.fixture
def mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], bytes]]:
    """Remember a file's content and put it back in the end; work where a bomb would be seen."""
    monkeypatch.chdir(tmp_path)
    before: dict[Path, bytes] = {}

    def remember(path: Path) -> bytes:
        before[path] = path.read_bytes()
        return before[path]

    yield remember
    for path, content in before.items():
        if path.is_dir():
            path.rmdir()
        elif path.is_symlink():
            path.unlink()
        path.write_bytes(content)
    assert not Path(MARKER).exists(), "a pickle was loaded"


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_named_with_what_to_do_or_does_no_harm(
    name: str, readers: Callable[[str], Kind], mended: Callable[[Path], bytes], tally: Any, effort: Effort
) -> None:
    kind = readers(name)
    content, other, good = mended(kind.path), kind.other.read_bytes(), kind.read()
    chance, harms = random.Random(f"{name} {effort.seed}"), several(effort)
    for harm in harms:
        kind.path.write_bytes(changed := harm(content, other, chance))
        try:
            found = kind.read()
        except UserError as error:
            assert kind.path.name in str(error) or str(kind.path.parent) in str(error), (harm, error)
            assert str(error).strip()
        else:
            assert found == good or not kind.has_checksum, f"{harm.__name__} changed what was read"
        tally(f"damaged inputs: {name}", changed != content)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_is_none_or_far_too_large_is_named(
    name: str, readers: Callable[[str], Kind], mended: Callable[[Path], bytes], tally: Any
) -> None:
    kind = readers(name)
    mended(kind.path)
    with kind.path.open("r+b") as file:
        file.truncate(files.LARGEST + 1)  # a hole: it takes no space
    with pytest.raises(
        UserError, match=r"bytes, more than any file|is missing or damaged|changed or damaged"
    ):
        kind.read()
    kind.path.unlink()
    kind.path.mkdir()
    with pytest.raises(UserError):
        kind.read()
    kind.path.rmdir()
    kind.path.symlink_to(kind.path.name)
    with pytest.raises(UserError):
        kind.read()
    kind.path.unlink()
    if name != "manifest":  # without its file, nothing was published yet
        with pytest.raises(UserError):
            kind.read()
    tally(f"damaged inputs: {name}", 4)


def test_there_are_enough_of_them() -> None:
    assert (len(KINDS) + len(data._MNIST_FILES)) * len(several(Effort(1))) > 2_000


# --- Raw data. ---


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four small files in the place of MNIST's, their checksums pinned in the place of its."""
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    chance = np.random.default_rng(0)
    for name, count in (("train", 60), ("t10k", 20)):
        images = chance.integers(0, 255, (count, 28, 28), dtype=np.uint8)
        header = struct.pack(">HBB3I", 0, 8, 3, count, 28, 28)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        labels = np.arange(count, dtype=np.uint8) % 10
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(
            struct.pack(">HBBI", 0, 8, 1, count) + labels.tobytes()
        )
    sums = {path.name: sha256(path) for path in folder.iterdir()}
    monkeypatch.setattr(data, "_MNIST_FILES", {name: sums[name] for name in data._MNIST_FILES})
    return folder


@pytest.mark.parametrize("name", data._MNIST_FILES)
def test_damaged_raw_data_is_never_trained_on(
    name: str, raw: Path, mended: Callable[[Path], bytes], tally: Any, effort: Effort
) -> None:
    path = raw / name
    swap = ("train", "t10k") if "train" in name else ("t10k", "train")
    content, other = mended(path), (raw / name.replace(*swap)).read_bytes()
    chance = random.Random(f"{name} {effort.seed}")
    for harm in several(effort):
        path.write_bytes(changed := harm(content, other, chance))
        data.load.cache_clear()
        if changed == content:
            continue
        with pytest.raises(data.DataError, match=rf"(?s){path} is not the file it should be.*delete it"):
            data.load("mnist", raw.parents[1])
        tally("damaged inputs: raw data")
    with path.open("r+b") as file:
        file.truncate(files.LARGEST + 1)
    with pytest.raises(data.DataError, match=r"it has .* bytes"):
        data.load("mnist", raw.parents[1])
    path.unlink()
    path.mkdir()
    with pytest.raises(data.DataError, match=rf"{path} cannot be read"):
        data.load("mnist", raw.parents[1])
    tally("damaged inputs: raw data", 2)
    data.load.cache_clear()
