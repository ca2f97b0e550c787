"""Files that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from generate.pipeline import store
from generate.pipeline.files import StoreError
from generate.pipeline.values import Values

VALUES = Values({"codes": np.arange(600, dtype=np.float32).reshape(300, 2) % 7, "mean": 0.5, "name": "word"})
TENSORS = {"weight": torch.arange(12.0).view(3, 4).T, "count": torch.tensor(3)}


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS], ids=["full disk", "read-only disk"])
@pytest.mark.parametrize("moment", ["tempfile.mkstemp", "os.fsync", "pathlib.Path.replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, code: int
) -> None:
    path = tmp_path / "a.json"
    store.write_bytes(path, b"old")
    monkeypatch.setattr(moment, failing(code))
    with pytest.raises(StoreError, match=f"cannot write {path}: {os.strerror(code)}"):
        store.write_bytes(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot write"):
        store.write_bytes(tmp_path / "file" / "a.json", b"new")


def test_a_file_is_written_only_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.bin"
    assert store.write_bytes(path, b"one")
    os.utime(path, ns=(1, 1))
    assert not store.write_bytes(path, b"one")
    assert path.stat().st_mtime_ns == 1
    assert store.write_bytes(path, b"two")
    assert path.read_bytes() == b"two"


def test_written_files_are_readable_by_others(tmp_path: Path) -> None:
    store.write_bytes(tmp_path / "a", b"content")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    store.write_values(tmp_path / "a.npz", VALUES)
    found = store.read_values(tmp_path / "a.npz")
    assert found.scalars() == VALUES.scalars()
    assert np.array_equal(found.codes, VALUES.codes)
    assert found.codes.dtype == np.float32


def test_json_comes_back_as_it_was(tmp_path: Path) -> None:
    content = {"b": [1, 2.5, None], "a": {"ä": "ö"}}
    store.write_json(tmp_path / "a.json", content)
    assert store.read_json(tmp_path / "a.json") == content


def test_json_has_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.write_json(tmp_path / "a.json", {"loss": float("nan")})
    assert not list(tmp_path.iterdir())


def test_tensors_come_back_as_they_were(tmp_path: Path) -> None:
    store.write_tensors(tmp_path / "a.safetensors", TENSORS, "VAE_2D")
    found = store.read_tensors(tmp_path / "a.safetensors")
    assert all(torch.equal(found[name], tensor) for name, tensor in TENSORS.items())


WRITERS: dict[str, Callable[[Path], bool]] = {
    "npz": lambda path: store.write_values(path, VALUES),
    "json": lambda path: store.write_json(path, {"a": 1, "b": [0.1, 2]}),
    "safetensors": lambda path: store.write_tensors(path, TENSORS),
}
READERS: dict[str, Callable[[Path], object]] = {
    "npz": store.read_values,
    "json": store.read_json,
    "safetensors": store.read_tensors,
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_bytes_do_not_depend_on_the_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    WRITERS[suffix](tmp_path / "one" / "file")
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert WRITERS[suffix](tmp_path / "two" / "file")
    assert (tmp_path / "one" / "file").read_bytes() == (tmp_path / "two" / "file").read_bytes()


@pytest.mark.parametrize("suffix", READERS)
def test_a_missing_file_is_named(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(StoreError, match=f"cannot read .*missing.{suffix}"):
        READERS[suffix](tmp_path / f"missing.{suffix}")


@pytest.mark.parametrize("suffix", READERS)
def test_a_file_cut_short_is_named_and_how_to_restore_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    WRITERS[suffix](path)
    content = path.read_bytes()
    for length in range(0, len(content) - 2, 7):
        path.write_bytes(content[:length])
        with pytest.raises(StoreError, match=rf"cut\.{suffix}.*git checkout.*make figures"):
            READERS[suffix](path)


@pytest.mark.parametrize("suffix", READERS)
def test_a_flipped_byte_is_read_past_or_named_and_nothing_worse(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"flipped.{suffix}"
    WRITERS[suffix](path)
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
        try:
            READERS[suffix](path)
        except StoreError as error:
            assert f"flipped.{suffix}" in str(error)
