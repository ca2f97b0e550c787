"""What files hold: JSON, named arrays, named tensors. Nothing here is ever unpickled."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from generate.pipeline.files import LARGEST, RESTORE, StoreError, read_bytes, write_bytes

if TYPE_CHECKING:
    from torch import Tensor

    from generate.pipeline.values import Values

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"  # as it is written
JSONObject = dict[str, Any]  # a JSON object as it is read: whoever reads it knows what is in it


def write_json(path: Path, content: Mapping[str, JSON]) -> bool:
    """Write a JSON object with sorted keys; floats must be finite."""
    return write_bytes(path, (_text(content, indent=1) + "\n").encode())


def read_json(path: Path) -> JSONObject:
    """Read a JSON object.

    Raises:
        StoreError: the file is missing, or holds something else.
    """
    try:
        return parsed(read_bytes(path))
    except (ValueError, RecursionError) as error:
        raise StoreError(f"cannot read {path}: {error}. {RESTORE}") from error


def parsed(text: bytes) -> JSONObject:
    """The JSON object of a text.

    Raises:
        ValueError, RecursionError: it is none.
    """
    content = json.loads(text.decode())  # bytes could have a mark of their order
    if not isinstance(content, dict):
        raise ValueError("it holds no JSON object")
    return content


def write_values(path: Path, values: Values) -> bool:
    """Write a result as a compressed .npz, byte for byte the same for the same values."""
    import numpy as np

    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **values.arrays())
    return write_bytes(path, buffer.getvalue())


def read_values(path: Path, expected: str | None = None) -> Values:
    """Read a result; ``expected`` is the file's SHA-256, if that is known.

    Raises:
        StoreError: the file is missing, damaged, or not the one expected.
    """
    import numpy as np

    from generate.pipeline.values import Values

    content = read_bytes(path, expected)
    try:
        _refuse_bombs(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return Values({name: _array(file[name]) for name in file})
    except _DAMAGED_ARCHIVE as error:
        raise StoreError(f"cannot read {path}: {error}. {RESTORE}") from error


def write_tensors(path: Path, tensors: Mapping[str, Tensor], label: str = "") -> bool:
    """Write named tensors as safetensors, byte for byte the same for the same tensors and label."""
    return write_bytes(path, _packed(tensors, label))


def read_tensors(path: Path, expected: str | None = None) -> dict[str, Tensor]:
    """Read safetensors into CPU memory; ``expected`` is the file's SHA-256, if that is known.

    Raises:
        StoreError: the file is missing, damaged, or not the one expected.
    """
    return _unpacked(path, read_bytes(path, expected))


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], label: Mapping[str, JSON]) -> bool:
    """Write named tensors and what a label says of them, with a checksum of both at the end."""
    content = _packed(tensors, _text(label))
    return write_bytes(path, content + hashlib.sha256(content).digest())


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], JSONObject]:
    """The tensors and the label of a checkpoint.

    Raises:
        StoreError: the file is missing or damaged.
    """
    content = read_bytes(path)
    content, checksum = content[:-32], content[-32:]
    if hashlib.sha256(content).digest() != checksum:
        raise StoreError(f"{path} is damaged: its checksum does not fit its content")
    length = int.from_bytes(content[:8], "little")  # of safetensors' header, which the checksum vouches for
    label: JSONObject = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["label"])
    return _unpacked(path, content), label


def _text(content: JSON, indent: int | None = None) -> str:
    return json.dumps(content, indent=indent, sort_keys=True, allow_nan=False, ensure_ascii=False)


# What NumPy and zipfile raise for the many ways in which an archive can be broken.
_DAMAGED_ARCHIVE = (
    *(OSError, ValueError, EOFError, KeyError, TypeError, RuntimeError, SyntaxError, MemoryError),
    *(OverflowError, RecursionError, AttributeError, zipfile.BadZipFile, zlib.error),
)


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST:
        raise ValueError(f"it would unpack to {size:,} bytes")


def _array(found: object) -> object:
    if isinstance(found, bytes):  # what an archive holds besides arrays
        raise ValueError("it holds something that is not an array")
    return found


def _packed(tensors: Mapping[str, Tensor], label: str) -> bytes:
    from safetensors.torch import save

    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    # One entry only: safetensors writes several in an order that changes from process to process.
    return save(contiguous, {"label": label})


def _unpacked(path: Path, content: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError, OverflowError) as error:
        raise StoreError(f"cannot read {path}: {error}. {RESTORE}") from error
