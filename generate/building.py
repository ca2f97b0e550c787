"""From runs to results to figures: make what is missing or out of date.

Each step records what it made in the manifest as soon as it is on disk, so an interrupted build goes on.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import matplotlib as mpl
from tqdm import tqdm

from generate import data
from generate.catalogue import FIGURES, RESULTS
from generate.device import measuring_device
from generate.experiments import FULL, RUNS, Run
from generate.freshness import (
    Manifest,
    figure_key,
    measured_weights,
    read_manifest,
    result_fault,
    result_key,
    run_fault,
)
from generate.measuring import function, measured
from generate.numbers import numbers
from generate.pipeline.files import DAMAGED, faulty, set_aside, sha256, write_bytes
from generate.pipeline.history import commit, is_changed
from generate.pipeline.registry import Figure, Result, select
from generate.pipeline.store import read_tensors, read_values, write_json, write_tensors
from generate.pipeline.together import side_by_side
from generate.pipeline.values import Values
from generate.plotting import render
from generate.plotting.theme import THEMES
from generate.running import Trained, ensure, shares, trained
from generate.scoreboard import scoreboard
from generate.training import WEIGHTS, halved
from generate.workspace import Workspace

DRAWN_WITH = ("matplotlib", "numpy", "pillow")
WORTH = 10  # figures that pay for the seconds in which a process of their own starts


@dataclass(frozen=True)
class Summary:
    """What a build did: ids of what was trained, measured and drawn, and how many files changed."""

    trained: tuple[str, ...]
    measured: tuple[str, ...]
    drawn: tuple[str, ...]
    changed: int
    seconds: float


def build(workspace: Workspace, only: str | None = None, fresh: bool = False) -> Summary:
    """Bring the figures that ``only`` names (all by default) up to date with the code.

    Trains and measures only what is missing or stale, and draws every figure named; a file is written
    only where a byte changed. ``fresh`` trains and measures everything that the figures rest on again.

    Raises:
        UnknownName, DataError, Diverged, StoreError: with a message for the person at the keyboard.
    """
    started = time.perf_counter()
    figures = [FIGURES[name] for name in select(FIGURES, only)]
    manifest = read_manifest(workspace)
    results = _results_of(figures) if only else list(RESULTS.values())
    others = [] if only else [run for run in RUNS.values() if fresh or run_fault(workspace, manifest, run)]

    def stale_results() -> list[Result]:
        return [node for node in results if fresh or result_fault(workspace, manifest, node)]

    newly: list[Run] = []
    _publish_runs(workspace, manifest)
    _set_damaged_aside(workspace, manifest)
    stale = stale_results()
    # A run trained anew makes results stale that may need further runs, hence the loop.
    while batch := ensure(workspace, _runs(stale, others), fresh and not newly):
        newly += batch
        _publish_runs(workspace, manifest)
        stale = stale_results()
    _measure_all(workspace, manifest, stale)
    if not only:
        _forget(manifest)
    changed = _draw_all(workspace, manifest, figures)
    write_json(workspace.numbers, numbers(workspace, manifest))
    write_json(workspace.scoreboard, scoreboard(workspace, manifest["results"]))
    return Summary(
        tuple(run.name for run in newly),
        tuple(node.id for node in stale),
        tuple(figure.id for figure in figures),
        changed,
        time.perf_counter() - started,
    )


def _runs(stale: list[Result], others: list[Run]) -> list[Run]:
    """The runs that stale results measure, and others, in the order in which they are trained."""
    wanted = {name for node in stale for name in node.needs.values()} | {run.name for run in others}
    return [run for name, run in RUNS.items() if name in wanted]


def _publish_runs(workspace: Workspace, manifest: Manifest) -> None:
    """Bring the published weights and cards up to the runs that are finished here."""
    finished = ((run, trained(workspace, run)) for run in RUNS.values())
    if found := {run.name: _published(workspace, run, done) for run, done in finished if done}:
        manifest["runs"] |= found
        write_json(workspace.manifest, manifest)


def _published(workspace: Workspace, run: Run, done: Trained) -> dict[str, Any]:
    card = done.card
    kept = {name: card[name] for name in ("key", "config", "parameters", "replay", "provenance")}
    epochs = done.run.optimisation.images_seen / data.source(workspace.dataset).train_images
    return kept | {"epochs": epochs, "weights": _publish_weights(workspace, run, done)}


def _publish_weights(workspace: Workspace, run: Run, done: Trained) -> dict[str, Any]:
    """Write a run's weights, if they are published at all; what the manifest says of them."""
    expected = done.card["files"][WEIGHTS]
    if not run.published:
        return {"sha256": expected}
    path, weights = workspace.weights(run), read_tensors(done.folder / WEIGHTS, expected)
    write_tensors(path, halved(weights), f"{run.name}-{workspace.run_key(run)}")
    return _file_entry(workspace, path, "file")


def _set_damaged_aside(workspace: Workspace, manifest: Manifest) -> None:
    """Move published weights and results out of the way that are there and not as they were published."""
    entries = *(run["weights"] for run in manifest["runs"].values()), *manifest["results"].values()
    for entry in entries:
        name = entry.get("file", "")
        if (workspace.docs / name).is_file() and faulty(workspace.docs, {name: entry["sha256"]}):
            kept = set_aside(workspace.docs / name, workspace.runs / DAMAGED)
            print(f"{name} was changed or damaged. It is now {kept}; what it held is made again.", flush=True)


def _measure_all(workspace: Workspace, manifest: Manifest, stale: list[Result]) -> None:
    if stale and measuring_device(workspace.device) != workspace.device:
        print(f"Measuring on the CPU: {workspace.device} has no float64, which measures need.", flush=True)
    for node in _progress(measured(workspace, stale), desc="measuring", total=len(stale)):
        entry = _file_entry(workspace, workspace.result(node.id), "file")
        made_from = {"key": result_key(workspace, node), "weights": measured_weights(manifest, node)}
        manifest["results"][node.id] = entry | made_from
        write_json(workspace.manifest, manifest)


def _draw_all(workspace: Workspace, manifest: Manifest, figures: list[Figure]) -> int:
    changed = 0
    jobs, _ = shares(workspace.jobs)
    drawn = side_by_side(
        min(jobs, max(1, len(figures) // WORTH)),
        [partial(_drawn, workspace, node, _sums(manifest, node)) for node in figures],
    )
    for node, words, files, fresh in _progress(drawn, desc="drawing", total=len(figures)):
        changed += fresh
        entry = {
            **words,
            "key": figure_key(manifest, node),
            "files": files,
            "results": sorted(node.needs.values()),
            "runs": sorted({run for name in node.needs.values() for run in RESULTS[name].needs.values()}),
            "source": f"{node.module.replace('.', '/')}.py",
        }
        before = manifest["figures"].get(node.id, {})
        manifest["figures"][node.id] = entry | {"made": _made(before, entry)}
    write_json(workspace.manifest, manifest)
    return changed


def _made(before: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
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
    return {name: manifest["results"][name]["sha256"] for name in node.needs.values()}


def _drawn(
    workspace: Workspace, node: Figure, sums: Mapping[str, str]
) -> tuple[Figure, dict[str, str], dict[str, Any], int]:
    """A figure drawn from its results, in whichever process."""
    values = {need: read_values(workspace.result(name), sums[name]) for need, name in node.needs.items()}
    return node, node.words(values), *_draw(workspace, node, values)


def _draw(workspace: Workspace, node: Figure, values: Mapping[str, Values]) -> tuple[dict[str, Any], int]:
    """Draw a figure in every theme; file entries by theme and suffix, and how many files changed."""
    draw = function(node)
    files: dict[str, Any] = {}
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
            entry = _file_entry(workspace, path, "path")
            files[theme.name][suffix] = entry | {"width": width, "height": height}
    return files, changed


def _file_entry(workspace: Workspace, path: Any, name: str) -> dict[str, Any]:
    return {name: path.relative_to(workspace.docs).as_posix(), "sha256": sha256(path)}


def _forget(manifest: Manifest) -> None:
    """Drop what the code no longer knows."""
    for kind, known in (("runs", RUNS), ("results", RESULTS), ("figures", FIGURES)):
        manifest[kind] = {name: entry for name, entry in manifest[kind].items() if name in known}


def _results_of(figures: Iterable[Figure]) -> list[Result]:
    needed = {name for figure in figures for name in figure.needs.values()}
    return [node for name, node in RESULTS.items() if name in needed]


_progress = partial(
    tqdm, unit="", leave=False, disable=None, bar_format="{desc} {n_fmt}/{total_fmt} |{bar:30}|"
)
