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
from generate.pipeline.manifest import ABOUT, Kind, entry_file, entry_files
from generate.pipeline.store import parsed
from site_src.shortcodes import shapes
from site_src.shortcodes.shapes import Shape, faults

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
class Form:
    """What is in a file, and which command writes it; none does if it is written by hand."""

    shape: Shape
    command: str = ""


FIGURES = "make figures"
DATASET = Form(shapes.ABOUT, FIGURES)
NUMBERS = Form(shapes.NUMBERS, FIGURES)
ENTRIES: dict[Kind, Form] = {
    "runs": Form(shapes.RUN, FIGURES),
    "results": Form(shapes.RESULT, FIGURES),
    "figures": Form(shapes.FIGURE, FIGURES),
}


@dataclass(frozen=True)
class Published:
    """The manifest's runs, results and figures, and the numbers, by name; the data set all of it is about.

    Paths in it are relative to ``docs``.
    """

    docs: Path
    runs: dict[str, Any]
    results: dict[str, Any]
    figures: dict[str, Any]
    numbers: dict[str, int | float | str]
    dataset: str

    def figure_file(self, name: str) -> Path:
        """Where the manifest tells of a figure."""
        return entry_file(self.docs / "data" / "manifest", "figures", name)

    def frames(self, path: str) -> int:
        """Count the frames of a published animation."""
        with sound(self.docs / path, FIGURES) as file:
            if not content(file).endswith(b";"):
                raise ValueError("it ends too early")
            with Image.open(file, formats=["GIF"]) as image:
                return getattr(image, "n_frames", 1)


def read(docs: Path) -> Published:
    """Read the published data under `docs`; a file that is missing counts as empty, so names are reported."""
    manifest = docs / "data" / "manifest"
    about, numbers = (
        load(path, form) if path.exists() else {}
        for path, form in ((manifest / ABOUT, DATASET), (docs / "data" / "numbers.json", NUMBERS))
    )
    entries = {
        kind: {name: load(path, form) for name, path in entry_files(manifest, kind).items()}
        for kind, form in ENTRIES.items()
    }
    return Published(docs=docs, **entries, numbers=numbers, dataset=about.get("dataset", ""))


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


def load(path: Path, form: Form) -> dict[str, Any]:
    """Parse a JSON or TOML file, once per version of it: every page of every build asks for some.

    Raises:
        ShortcodeError: there is no such file, or it has not that form.
    """
    if not path.exists():
        raise ShortcodeError(f"{path} is missing; `{form.command or 'git checkout'}` writes it")
    found = path.stat()
    return _parsed(path, (found.st_mtime_ns, found.st_size, found.st_ino), form)


@lru_cache(maxsize=1024)
def _parsed(path: Path, _version: tuple[int, ...], form: Form) -> dict[str, Any]:
    with sound(path, form.command):
        text = content(path)
        loaded = tomllib.loads(text.decode()) if path.suffix == ".toml" else parsed(text)
        for fault in faults(loaded, form.shape):
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
