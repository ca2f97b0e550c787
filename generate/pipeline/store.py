"""Files written aside and renamed, so that what stands under a final name is always whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generate.pipeline.errors import UserError

if TYPE_CHECKING:
    from generate.pipeline.values import Values


class StoreError(UserError):
    """A file could not be written or read; the message names it and says what to do."""


def write_bytes(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path`` unless it is there already; say whether anything changed.

    Raises:
        StoreError: the disk is full or read-only; nothing is left half-written.
    """
    if _holds(path, content):
        return False
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {error.strerror}. Nothing was changed there.") from error
    return True


def write_json(path: Path, content: Any) -> bool:
    """Write JSON with sorted keys; floats must be finite."""
    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return write_bytes(path, (text + "\n").encode())


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        StoreError: the file is damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise StoreError(f"cannot read {path}: {error}. {RESTORE}") from error


def write_values(path: Path, values: Values) -> bool:
    """Write a result as a compressed .npz, byte for byte the same for the same values."""
    import numpy as np

    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **values.arrays())
    return write_bytes(path, buffer.getvalue())


def read_values(path: Path) -> Values:
    """Read a result.

    Raises:
        StoreError: the file is missing or damaged.
    """
    import numpy as np

    from generate.pipeline.values import Values

    try:
        with np.load(path, allow_pickle=False) as file:
            return Values(dict(file))
    except (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise StoreError(f"cannot read {path}: {error}. {RESTORE}") from error


def write_tensors(path: Path, tensors: Mapping[str, Any], label: str = "") -> bool:
    """Write named tensors as safetensors, byte for byte the same for the same tensors and label."""
    from safetensors.torch import save

    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    # One entry only: safetensors writes several in an order that changes from process to process.
    return write_bytes(path, save(contiguous, {"label": label}))


def read_tensors(path: Path) -> dict[str, Any]:
    """Read safetensors into CPU memory.

    Raises:
        StoreError: the file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(path.read_bytes())
    except (SafetensorError, OSError, ValueError) as error:
        raise StoreError(f"cannot read {path}: {error}. {RESTORE}") from error


def sha256(path: Path) -> str:
    """The file's SHA-256 as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


RESTORE = "Restore it with `git checkout`, or delete it and run `make figures`."


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
