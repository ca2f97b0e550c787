"""Figures: drawn of results in every theme, several at once, and written where a byte changed."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version

import matplotlib as mpl

from generate.build.catalogue import RESULTS
from generate.build.freshness import figure_key
from generate.build.measure import function
from generate.build.progress import progress
from generate.build.publish import file_entry
from generate.experiments import FULL
from generate.pipeline.files import write_bytes
from generate.pipeline.history import commit, is_changed
from generate.pipeline.manifest import Manifest
from generate.pipeline.registry import Figure
from generate.pipeline.store import JSON, JSONObject, read_values
from generate.pipeline.together import side_by_side
from generate.pipeline.values import Values
from generate.plotting import render
from generate.plotting.theme import THEMES
from generate.training.runs import processes_and_threads
from generate.workspace import Workspace

DRAWN_WITH = ("matplotlib", "numpy", "pillow")
Files = dict[str, dict[str, dict[str, JSON]]]  # entries by theme and suffix

WORTH = 10  # figures that pay for the seconds in which a process of their own starts


def draw_all(workspace: Workspace, manifest: Manifest, figures: list[Figure]) -> int:
    """Draw figures into their files and the manifest; how many files changed."""
    changed = 0
    jobs, _ = processes_and_threads(workspace.jobs)
    drawn = side_by_side(
        min(jobs, max(1, len(figures) // WORTH)),
        [partial(_drawn, workspace, node, _sums(manifest, node)) for node in figures],
    )
    for node, words, files, fresh in progress(drawn, desc="drawing", total=len(figures)):
        changed += fresh
        entry = {
            **words,
            "key": figure_key(manifest, node),
            "files": files,
            "results": sorted(node.needs.values()),
            "runs": sorted({run for name in node.needs.values() for run in RESULTS[name].needs.values()}),
            "source": f"{node.module.replace('.', '/')}.py",
        }
        before = manifest.figures.get(node.id, {})
        manifest.enter("figures", node.id, entry | {"made": _made(before, entry)})
    return changed


def _made(before: JSONObject, entry: JSONObject) -> JSONObject:
    """The commit and the libraries that drew a figure.

    One that has come out as it was is the one that was drawn then; but code that has been committed since
    is better named by its commit.
    """
    then, now = before.get("made"), commit()
    if (
        then
        and before == {**entry, "made": then}
        and not (is_changed(then["commit"]) and not is_changed(now))
    ):
        return dict(then)
    versions = {name: version(name) for name in DRAWN_WITH}
    return {"commit": now, "versions": {"python": platform.python_version(), **versions}}


def _sums(manifest: Manifest, node: Figure) -> dict[str, str]:
    return {name: manifest.results[name]["sha256"] for name in node.needs.values()}


def _drawn(
    workspace: Workspace, node: Figure, sums: Mapping[str, str]
) -> tuple[Figure, dict[str, str], Files, int]:
    """A figure drawn from its results, in whichever process."""
    values = {need: read_values(workspace.result(name), sums[name]) for need, name in node.needs.items()}
    return node, node.words(values), *_draw(workspace, node, values)


def _draw(workspace: Workspace, node: Figure, values: Mapping[str, Values]) -> tuple[Files, int]:
    """Draw a figure in every theme; file entries by theme and suffix, and how many files changed."""
    draw = function(node)
    files: Files = {}
    changed = 0
    for theme in THEMES:
        with mpl.rc_context(theme.rc()):
            picture = draw(theme, **values)
            width, height = render.size(picture)
            encoded = render.encode(picture, small=workspace.budget == FULL)
        files[theme.name] = {}
        for suffix, content in encoded.items():
            path = workspace.docs / "figures" / f"{node.id}.{theme.name}.{suffix}"
            changed += write_bytes(path, content)
            entry = file_entry(workspace, path, "path")
            files[theme.name][suffix] = entry | {"width": width, "height": height}
    return files, changed
