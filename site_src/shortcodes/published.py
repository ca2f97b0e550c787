"""What the site is made from: figures, their data, named numbers, lists. It is read here, and with doubt."""

import struct
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from mkdocs.exceptions import BuildError
from PIL import Image

from generate.pipeline.files import faulty
from generate.pipeline.store import unsealed
from site_src.shortcodes.shapes import MANIFEST, NUMBERS, Shape, faults

LARGEST = 16 << 20  # bytes; the largest file so far has half a megabyte
DAMAGE = (
    OSError,
    ValueError,  # among them what JSON, TOML, UTF-8 and base64 complain with
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    EOFError,
    SyntaxError,  # Pillow's word for a broken PNG
    struct.error,
    Image.DecompressionBombError,
)


class ShortcodeError(BuildError):
    """A page asks for something that was not published, or in a form that cannot be read."""


@dataclass(frozen=True, eq=False)
class DataFile:
    """A file: its name, its shape, and which command writes it; none does if it is written by hand."""

    name: str
    shape: Shape
    command: str = ""


MANIFEST_FILE = DataFile("manifest.json", MANIFEST, "make figures")
NUMBERS_FILE = DataFile("numbers.json", NUMBERS, "make figures")


@dataclass(frozen=True)
class Published:
    """The manifest's figures, results and runs, and the numbers, by name; the data set all of it is about.

    Paths in it are relative to ``docs``.
    """

    docs: Path
    figures: dict[str, Any]
    results: dict[str, Any]
    runs: dict[str, Any]
    numbers: dict[str, int | float | str]
    dataset: str

    @property
    def manifest(self) -> Path:
        """Where all but the numbers was read from."""
        return self.docs / "data" / MANIFEST_FILE.name

    def frames(self, path: str) -> int:
        """Count the frames of a published animation."""
        with sound(self.docs / path, MANIFEST_FILE.command) as file:
            if not content(file).endswith(b";"):
                raise ValueError("it ends too early")
            with Image.open(file, formats=["GIF"]) as image:
                return getattr(image, "n_frames", 1)


def read(docs: Path) -> Published:
    """Read the published data under `docs`; a file that is missing counts as empty, so names are reported."""
    folder = docs / "data"
    manifest, numbers = (
        load(folder, file) if (folder / file.name).exists() else {} for file in (MANIFEST_FILE, NUMBERS_FILE)
    )
    return Published(
        docs=docs,
        figures=manifest.get("figures", {}),
        results=manifest.get("results", {}),
        runs=manifest.get("runs", {}),
        numbers=numbers,
        dataset=manifest.get("dataset", ""),
    )


def altered(docs: Path) -> str | None:
    """The first figure, result or file of weights that is missing or not as it was published."""
    published = read(docs)
    themes = (theme for figure in published.figures.values() for theme in figure["files"].values())
    entries = [
        *(file for theme in themes for file in theme.values()),
        *published.results.values(),
        *(run["weights"] for run in published.runs.values() if "file" in run["weights"]),
    ]
    return faulty(docs, {entry.get("path") or entry["file"]: entry["sha256"] for entry in entries})


def load(folder: Path, file: DataFile) -> dict[str, Any]:
    """Parse a JSON or TOML file, once per version of it: every page of every build asks for some.

    Raises:
        ShortcodeError: there is no such file, or not one of the kind's shape.
    """
    path = folder / file.name
    if not path.exists():
        raise ShortcodeError(f"{path} is missing; `{file.command or 'git checkout'}` writes it")
    found = path.stat()
    return _parsed(path, (found.st_mtime_ns, found.st_size, found.st_ino), file)


@lru_cache(maxsize=8)
def _parsed(path: Path, _version: tuple[int, ...], file: DataFile) -> dict[str, Any]:
    with sound(path, file.command):
        text = content(path)
        loaded = tomllib.loads(text.decode()) if path.suffix == ".toml" else unsealed(path.name, text)
        for fault in faults(loaded, file.shape):
            raise ValueError(fault)
        return loaded


def content(path: Path) -> bytes:
    """A file's bytes, if it is not absurdly large."""
    if (size := path.stat().st_size) > LARGEST:
        raise ValueError(f"it has {size:,} bytes, and more than {LARGEST:,} are not read")
    return path.read_bytes()


@contextmanager
def sound(path: Path, command: str) -> Iterator[Path]:
    """Turn what a damaged file leads to into an error that says which file it is and what to do.

    Raises:
        ShortcodeError: the file is damaged.
    """
    try:
        yield path
    except DAMAGE as error:
        why = str(error) if type(error) is ValueError else repr(error)
        again = f"delete it and run `{command}`" if command else "mend it"
        raise ShortcodeError(
            f"{path} is malformed ({why}); restore it with `git checkout`, or {again}"
        ) from error


def unknown(kind: str, name: str, names: Iterable[str]) -> ShortcodeError:
    """Build the error for a name nobody published, with the names that come closest."""
    near = get_close_matches(name, list(names), n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(near)}?" if near else "; run `make figures` to publish it"
    return ShortcodeError(f"no {kind} is called '{name}'{hint}")
