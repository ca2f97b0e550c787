"""Every file that the pipeline reads, damaged in every way: an error that names it, or no harm at all."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from generate import data
from generate.experiments import GAN_2D, VAE_2D
from generate.freshness import read_manifest
from generate.inference import load
from generate.pipeline import files
from generate.pipeline.errors import UserError
from generate.pipeline.files import sha256
from generate.pipeline.store import (
    read_checkpoint,
    read_json,
    read_tensors,
    read_values,
    write_checkpoint,
    write_json,
)
from generate.running import damage, trained
from generate.workspace import Workspace

ROUNDS = 150  # damaged versions of each kind of file
MARKER = "unpickled"


class Bomb:
    """Whoever unpickles this makes a folder."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (MARKER,)


@dataclass(frozen=True)
class Kind:
    """A kind of file: where one is, another of its kind, and how it is read, to something comparable."""

    path: Path
    other: Path
    read: Callable[[], Any]


# --- Ways to damage a file: from its content and another's, by chance, to new content. ---


def cut(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def flipped(content: bytes, _: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 8])):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def zeroed(content: bytes, _: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    length = min(chance.randrange(1, 600), len(content) - start)
    return content[:start] + bytes(length) + content[start + length :]


def longer(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return content + chance.randbytes(chance.randrange(1, 100))


def shuffled(content: bytes, _: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(1, len(content))
    return content[place:] + content[:place]


def spliced(content: bytes, other: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(min(len(content), len(other)))
    return content[:place] + other[place:]


def swapped(_: bytes, other: bytes, __: random.Random) -> bytes:
    return other


def random_bytes(_: bytes, __: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(2_000))


def empty(_: bytes, __: bytes, ___: random.Random) -> bytes:
    return b""


def compressed(content: bytes, _: bytes, __: random.Random) -> bytes:
    return gzip.compress(content)


def pickled(_: bytes, __: bytes, ___: random.Random) -> bytes:
    return pickle.dumps(Bomb())


def pickled_by_torch(_: bytes, __: bytes, ___: random.Random) -> bytes:
    buffer = io.BytesIO()
    torch.save({"weight": Bomb()}, buffer)
    return buffer.getvalue()


def pickled_in_an_archive(_: bytes, __: bytes, ___: random.Random) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, codes=np.array([Bomb()], dtype=object))
    return buffer.getvalue()


@cache
def _bomb() -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, codes=np.zeros(files.LARGEST // 8 + 1))
    return buffer.getvalue()


def zip_bomb(_: bytes, __: bytes, ___: random.Random) -> bytes:
    """A small archive with a large array of zeros."""
    return _bomb()


def json_of_another_kind(_: bytes, __: bytes, chance: random.Random) -> bytes:
    texts = b"[]", b"null", b"7", b'"text"', b"{}", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe{}"
    return chance.choice(texts)


HARMS = [cut, flipped, zeroed, longer, shuffled, spliced]
SINGLE = [
    *(swapped, random_bytes, empty, compressed, pickled, pickled_by_torch, pickled_in_an_archive, zip_bomb),
    *[json_of_another_kind] * 6,
]


# --- The kinds of files. ---


@pytest.fixture(scope="module")
def readers(tiny: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Kind]:
    """A kind of file by name; each in a workspace of its own, copied once."""
    folder = tmp_path_factory.mktemp("damaged")
    shutil.copytree(tiny.docs, folder / "docs")
    shutil.copytree(tiny.folder(GAN_2D), folder / "runs" / tiny.folder(GAN_2D).name)
    here = replace(tiny, docs=folder / "docs", runs=folder / "runs")
    clone = replace(here, runs=folder / "none")
    run = here.folder(GAN_2D)
    write_checkpoint(run / "one.sealed", read_tensors(run / "weights.safetensors"), {"step": 1})
    write_checkpoint(run / "two.sealed", read_tensors(run / "weights.safetensors"), {"step": 2})
    other_card = next(path for path in tiny.runs.glob("AE_2D-*/run.json"))
    result, traversals = here.result("gan/samples"), here.result("vae/traversals")
    expected = read_manifest(tiny)["results"]["gan/samples"]["sha256"]
    weights, benchmark = clone.weights(GAN_2D), folder / "benchmark.json"
    snapshots = sorted((run / "snapshots").iterdir())
    write_json(benchmark, {"rows": [1, 2.5, "three"]})

    def finished() -> Any:
        done = trained(here, GAN_2D)
        if done is None:
            raise UserError(f"{damage(here, GAN_2D)} {run}/")  # what a build says before it trains again
        return [tensor.sum().item() for tensor in done.model().state_dict().values()]

    def in_json(path: Path, other: Path) -> Kind:
        return Kind(path, other, lambda: read_json(path))

    kinds = {
        "checkpoint": Kind(
            run / "one.sealed", run / "two.sealed", lambda: comparable(read_checkpoint(run / "one.sealed"))
        ),
        "a run's card": Kind(run / "run.json", other_card, finished),
        "a run's weights": Kind(run / "weights.safetensors", snapshots[0], finished),
        "a run's snapshot": Kind(snapshots[0], snapshots[-1], finished),
        "published weights": Kind(
            weights, clone.weights(VAE_2D), lambda: comparable(load(GAN_2D, clone).state_dict())
        ),
        "result": Kind(result, traversals, lambda: comparable(read_values(result, expected))),
        "result without a checksum": Kind(
            traversals, traversals, lambda: comparable(read_values(traversals))
        ),
        "manifest": Kind(here.manifest, here.numbers, lambda: read_manifest(here)),
        "numbers": in_json(here.numbers, here.scoreboard),
        "scoreboard": in_json(here.scoreboard, here.numbers),
        "benchmark": in_json(benchmark, here.numbers),
    }
    return kinds.__getitem__


KINDS = (
    *("checkpoint", "a run's card", "a run's weights", "a run's snapshot", "published weights", "result"),
    *("result without a checksum", "manifest", "numbers", "scoreboard", "benchmark"),
)


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
        path.write_bytes(content)
    assert not Path(MARKER).exists(), "a pickle was loaded"


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_named_with_what_to_do_or_does_no_harm(
    name: str, readers: Callable[[str], Kind], mended: Callable[[Path], bytes], tally: Any, effort: int
) -> None:
    kind = readers(name)
    content, other, good = mended(kind.path), kind.other.read_bytes(), kind.read()
    chance = random.Random(f"{name} {effort}" if effort > 1 else name)
    harms = [harm for harm in HARMS for _ in range(ROUNDS * effort // len(HARMS))] + SINGLE
    for harm in harms:
        kind.path.write_bytes(changed := harm(content, other, chance))
        try:
            found = kind.read()
        except UserError as error:
            assert kind.path.name in str(error) or str(kind.path.parent) in str(error), (harm, error)
            assert str(error).strip()
        else:
            assert found == good, f"{harm.__name__} went unnoticed and changed what was read"
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
    with pytest.raises(UserError):
        kind.read()
    tally(f"damaged inputs: {name}", 4)


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
    name: str, raw: Path, mended: Callable[[Path], bytes], tally: Any, effort: int
) -> None:
    path = raw / name
    swap = ("train", "t10k") if "train" in name else ("t10k", "train")
    content, other = mended(path), (raw / name.replace(*swap)).read_bytes()
    chance = random.Random(f"{name} {effort}" if effort > 1 else name)
    for harm in [harm for harm in HARMS for _ in range(ROUNDS * effort // len(HARMS))] + SINGLE:
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
