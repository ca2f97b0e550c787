"""What the pipeline has published for the site: figures, their data and named numbers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from mkdocs.exceptions import BuildError
from PIL import Image


class ShortcodeError(BuildError):
    """A page asks for something that was not published, or in a form that cannot be read."""


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

    def frames(self, path: str) -> int:
        """Count the frames of a published animation."""
        with Image.open(self.docs / path) as image:
            return getattr(image, "n_frames", 1)


def read(docs: Path) -> Published:
    """Read the published data under `docs`; a file that is missing counts as empty, so names are reported."""
    manifest = _json(docs / "data" / "manifest.json")
    return Published(
        docs=docs,
        figures=manifest.get("figures", {}),
        results=manifest.get("results", {}),
        runs=manifest.get("runs", {}),
        numbers=_json(docs / "data" / "numbers.json"),
        dataset=manifest.get("dataset", ""),
    )


def _json(path: Path) -> dict[str, Any]:
    """Parse a JSON object, once per version of the file: every page of every build asks for it."""
    return _parsed(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=8)
def _parsed(path: Path, _modified: int) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def unknown(kind: str, name: str, names: Iterable[str]) -> ShortcodeError:
    """Build the error for a name nobody published, with the names that come closest."""
    near = get_close_matches(name, list(names), n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(near)}?" if near else "; run `make figures` to publish it"
    return ShortcodeError(f"no {kind} is called '{name}'{hint}")
