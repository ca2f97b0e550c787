"""The manifest: what was made from what; a small file for each run, result and figure.

So a change shows in a diff as what it is, and two people who each add a figure touch no file of one another.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generate.pipeline.files import RESTORE, StoreError
from generate.pipeline.store import JSON, JSONObject, read_json, write_json

Kind = Literal["runs", "results", "figures"]

ABOUT = "about.json"
VERSION = 3  # of the manifest's form
FIELDS: dict[Kind, frozenset[str]] = {
    "runs": frozenset({"key", "config", "parameters", "replay", "provenance", "epochs", "weights"}),
    "results": frozenset({"key", "file", "sha256", "weights"}),
    "figures": frozenset({"key", "alt", "caption", "files", "made", "results", "runs", "source"}),
}


@dataclass(frozen=True)
class Manifest:
    """The entries of runs, results and figures by name, sorted, and the folder they are read from."""

    folder: Path
    dataset: str
    runs: dict[str, JSONObject]
    results: dict[str, JSONObject]
    figures: dict[str, JSONObject]

    def enter(self, kind: Kind, name: str, entry: Mapping[str, JSON]) -> None:
        """Set an entry, here and on disk."""
        getattr(self, kind)[name] = dict(entry)
        write_json(self.folder / ABOUT, _about(self.dataset))
        write_json(entry_file(self.folder, kind, name), entry)

    def forget(self, kind: Kind, known: Collection[str]) -> None:
        """Drop the entries of names that are not known any more, here and on disk."""
        entries: dict[str, JSONObject] = getattr(self, kind)
        for name in entries.keys() - set(known):
            del entries[name]
            entry_file(self.folder, kind, name).unlink(missing_ok=True)


def open_manifest(folder: Path, dataset: str) -> Manifest:
    """The manifest of what was made of a data set, or a new one.

    Raises:
        StoreError: a file of it is damaged; it is of another version of this code, or of another data set.
    """
    if not os.path.lexists(folder):
        return Manifest(folder, dataset, {}, {}, {})
    about = folder / ABOUT
    found = read_json(about)
    for name, here in _about(dataset).items():
        if found.get(name) != here:
            raise StoreError(f"{about} is of {name} {found.get(name)}; this code expects {here}. {RESTORE}")
    return Manifest(folder, dataset, *(_entries(folder, kind) for kind in FIELDS))


def entry_file(folder: Path, kind: Kind, name: str) -> Path:
    """Where an entry is kept."""
    return folder / kind / f"{name}.json"


def entry_files(folder: Path, kind: Kind) -> dict[str, Path]:
    """The files of all entries of a kind, by name, sorted."""
    below = folder / kind
    paths = sorted(below.rglob("*.json"))
    return {path.relative_to(below).with_suffix("").as_posix(): path for path in paths}


def _about(dataset: str) -> dict[str, JSON]:
    return {"dataset": dataset, "version": VERSION}


def _entries(folder: Path, kind: Kind) -> dict[str, JSONObject]:
    entries = {name: read_json(path) for name, path in entry_files(folder, kind).items()}
    for name, entry in entries.items():
        if lacking := FIELDS[kind] - entry.keys():
            raise StoreError(f"{entry_file(folder, kind, name)} lacks '{min(lacking)}'. {RESTORE}")
    return entries
