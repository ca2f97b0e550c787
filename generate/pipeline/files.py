"""Files that are whole or not there: written aside and renamed, read within limits, set aside if damaged."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from generate.pipeline.errors import UserError

LARGEST = 256 * 2**20  # bytes; five times what MNIST's training images have, the largest file of all
DAMAGED = "damaged"  # the folder, among the runs, for what is set aside
RESTORE = "Restore it with `git checkout`, or delete it and run `make figures`."


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
        # The name says who writes: what a killed process has left can be told from what is being written.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.{os.getpid()}.", suffix=PART, dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except (OSError, ValueError) as error:  # a path with a null character is a ValueError
        if temporary:
            temporary.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {_reason(error)}. Nothing was changed there.") from error
    return True


def read_bytes(path: Path, expected: str | None = None) -> bytes:
    """What a file holds; ``expected`` is its SHA-256, if that is known.

    Raises:
        StoreError: it is missing, cannot be read, is far too large, or is not the file it should be.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise OSError(errno.EFBIG, f"it has {size:,} bytes, more than any file of this project")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {path}: {_reason(error)}. {RESTORE}") from error
    if expected and hashlib.sha256(content).hexdigest() != expected:
        raise StoreError(f"{path} is not the file that was published: it was changed or damaged. {RESTORE}")
    return content


def sha256(path: Path) -> str:
    """The file's SHA-256 as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def faulty(folder: Path, files: Mapping[str, str]) -> str | None:
    """The first of some files, given by name and SHA-256, that is missing or not as it was written."""
    return next((name for name, expected in files.items() if _sum(folder / name) != expected), None)


def set_aside(path: Path, folder: Path) -> Path:
    """Move a damaged file or folder into ``folder``, under a name of its own, and say where it is.

    Raises:
        StoreError: it cannot be moved.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = {other.name for other in folder.iterdir()}
        number = next(n for n in range(1, len(taken) + 2) if f"{path.name}-{n}" not in taken)
        return path.rename(folder / f"{path.name}-{number}")
    except OSError as error:
        raise StoreError(f"cannot move the damaged {path} aside: {error.strerror}. Delete it.") from error


def sweep(folder: Path) -> int:
    """Delete what processes that are gone have left half-written below ``folder``; how many files."""
    left = [path for path in folder.rglob(f".*{PART}") if not _is_alive(_writer(path))]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


PART = ".part"


def _sum(path: Path) -> str | None:
    """The file's checksum; computed once for each state of the file, since a build asks many times."""
    try:
        state = path.stat()
        return _sum_once(path, state.st_size, state.st_mtime_ns, state.st_ino)
    except (OSError, ValueError):
        return None


@cache
def _sum_once(path: Path, *_: int) -> str:
    return sha256(path)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _writer(path: Path) -> int:
    """The process that the name of a file written aside tells of: ``.<name>.<process>.<random>.part``."""
    number = path.name.split(".")[-3]
    return int(number) if number.isdigit() else 0


def _is_alive(process: int) -> bool:
    if process in (0, os.getpid()):  # whoever sweeps has not begun to write
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True  # somebody else's
    except (OSError, OverflowError):
        return False
    return True


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except (OSError, ValueError):
        return False
