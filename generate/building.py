"""From runs to results to figures: build what is missing or out of date, and check what is published."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import matplotlib as mpl
from tqdm import tqdm

import generate.figures  # noqa: F401 (registers every figure and, through them, every result)
from generate import data
from generate.experiments import RUNS, Run
from generate.pipeline.keys import code_key, key, plain
from generate.pipeline.registry import FIGURES, RESULTS, Figure, Result, select
from generate.pipeline.store import (
    StoreError,
    read_json,
    read_values,
    sha256,
    write_bytes,
    write_json,
    write_tensors,
    write_values,
)
from generate.pipeline.values import Values
from generate.plotting import render
from generate.plotting.sheet import Sheet
from generate.plotting.theme import THEMES, Theme
from generate.running import Trained, ensure, trained
from generate.training import halved, replay
from generate.workspace import Workspace

MEASURING = ("generate.results", "generate.evaluation", "generate.latent")
DRAWING = ("generate.figures", "generate.plotting")

# Relative. Other kernels and thread counts were measured to change losses by 5e-7 and the distance moved
# by 5e-5; taking the variety channel from the discriminator changes its first losses by 1e-4.
TOLERANCES = {"losses": 3e-5, "moved": 1e-3}

Manifest = dict[str, Any]


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
    everyone = [] if only else [*RUNS.values()]

    def stale_results() -> list[Result]:
        return [node for node in results if fresh or result_fault(workspace, manifest, node)]

    newly: list[Run] = []
    _publish_runs(workspace, manifest)
    stale = stale_results()
    # A run trained anew makes results stale that may need further runs, hence the loop.
    while batch := ensure(workspace, _runs(workspace, manifest, stale, everyone), fresh and not newly):
        newly += batch
        _publish_runs(workspace, manifest)
        stale = stale_results()
    _measure_all(workspace, manifest, stale)
    if not only:
        _forget(manifest)
    changed = _draw_all(workspace, manifest, figures)
    write_json(workspace.numbers, numbers(workspace, manifest))
    return Summary(
        tuple(run.name for run in newly),
        tuple(node.id for node in stale),
        tuple(figure.id for figure in figures),
        changed,
        time.perf_counter() - started,
    )


def read_manifest(workspace: Workspace) -> Manifest:
    """What was published, or an empty manifest."""
    if not workspace.manifest.exists():
        return {"dataset": workspace.dataset, "runs": {}, "results": {}, "figures": {}}
    manifest: Manifest = read_json(workspace.manifest)
    return manifest


# --- Freshness: each returns what is wrong in a few words, or None. ---


def run_fault(workspace: Workspace, manifest: Manifest, run: Run) -> str | None:
    """Whether a run's published weights are those of its configuration."""
    entry = manifest["runs"].get(run.name)
    if entry is None:
        return "never trained"
    if entry["key"] != workspace.run_key(run):
        return "its configuration changed"
    return _file_fault(workspace, entry["weights"])


def result_fault(workspace: Workspace, manifest: Manifest, node: Result) -> str | None:
    """Whether a result was measured by this code on these runs, and is whole."""
    entry = manifest["results"].get(node.id)
    if entry is None:
        return "never measured"
    if entry["key"] != result_key(workspace, node):
        return "its code or a run it measures changed"
    if entry["weights"] != _weights(manifest, node):
        return "a run it measures was trained again"
    return _file_fault(workspace, entry)


def figure_fault(workspace: Workspace, manifest: Manifest, node: Figure) -> str | None:
    """Whether a figure was drawn by this code from these results, and its files are whole."""
    entry = manifest["figures"].get(node.id)
    if entry is None:
        return "never drawn"
    if entry["key"] != figure_key(manifest, node):
        return "its code, words or a result it draws changed"
    files = (file for by_suffix in entry["files"].values() for file in by_suffix.values())
    return next(filter(None, (_file_fault(workspace, file) for file in files)), None)


def replay_fault(manifest: Manifest, run: Run, workspace: Workspace) -> str | None:
    """Whether the first steps of a run, on the built-in digits, still go as when it was trained."""
    here = workspace.run(run)
    now = replay(here.model, here.optimisation, data.load(data.DIGITS, workspace.data_folder).train)
    for name, recorded in manifest["runs"][run.name]["replay"].items():
        for step, (was, found) in enumerate(zip(recorded, now[name], strict=True)):
            # NaN is close to nothing, so it is a fault too.
            if not math.isclose(found, was, rel_tol=TOLERANCES[name]):
                return (
                    f"its first steps go differently ({name}[{step}] was {was:.6g}, is {found:.6g}): "
                    "what it learns has changed, and `make figures FRESH=1` trains it again"
                )
    return None


def faults(workspace: Workspace) -> dict[str, str]:
    """Everything published that this code would make differently, and why; trains and draws nothing."""
    manifest = read_manifest(workspace)
    found: dict[str, str | None] = {}
    for run in RUNS.values():
        fault = run_fault(workspace, manifest, run)
        found[run.name] = fault or replay_fault(manifest, run, workspace)
    found |= {node.id: result_fault(workspace, manifest, node) for node in RESULTS.values()}
    for node in FIGURES.values():
        found[f"figure {node.id}"] = figure_fault(workspace, manifest, node)
    if not any(found.values()) and read_json(workspace.numbers) != plain(numbers(workspace, manifest)):
        found["numbers.json"] = "it is not what the results say"
    return {name: fault for name, fault in found.items() if fault}


def result_key(workspace: Workspace, node: Result) -> str:
    """What defines a result: the runs it measures, the data, and its own code."""
    runs = {need: workspace.run_key(run) for need, run in node.needs.items()}
    return key(runs, data.checksum(workspace.dataset), code_key(node.measure, MEASURING))


def figure_key(manifest: Manifest, node: Figure) -> str:
    """What defines a figure: the results it draws, its words, and the code that draws it."""
    results = {
        need: manifest["results"].get(result.id, {}).get("sha256") for need, result in node.needs.items()
    }
    return key(results, node.alt, node.caption, code_key(node.draw, DRAWING), _style_key())


def _weights(manifest: Manifest, node: Result) -> dict[str, str]:
    """Checksums of the published weights of the runs that a result measures."""
    published = ((run.name, manifest["runs"].get(run.name)) for run in node.needs.values())
    return {name: entry["weights"]["sha256"] for name, entry in published if entry}


@cache
def _style_key() -> str:
    # Drawing functions get a theme and a sheet as arguments, so their code names neither class.
    classes = [code_key(item, DRAWING) for item in (Theme, Sheet, render.encode)]
    return key(classes, plain(THEMES))


def _file_fault(workspace: Workspace, entry: Mapping[str, Any]) -> str | None:
    name = entry.get("file") or entry["path"]
    path = workspace.docs / name
    if not path.exists():
        return f"{name} is missing"
    return None if sha256(path) == entry["sha256"] else f"{name} was changed or damaged"


# --- Making: each step records what it made in the manifest as soon as it is on disk. ---


def _runs(workspace: Workspace, manifest: Manifest, stale: list[Result], others: list[Run]) -> list[Run]:
    """The runs that stale results measure, and those of the others that are not published."""
    wanted = {run.name for node in stale for run in node.needs.values()}
    wanted |= {run.name for run in others if run_fault(workspace, manifest, run)}
    return [run for name, run in RUNS.items() if name in wanted]


def _publish_runs(workspace: Workspace, manifest: Manifest) -> None:
    """Bring the published weights and cards up to the runs that are finished here."""
    for run in RUNS.values():
        if done := trained(workspace, run):
            _publish_run(workspace, manifest, run, done)


def _publish_run(workspace: Workspace, manifest: Manifest, run: Run, done: Trained) -> None:
    path = workspace.weights(run)
    write_tensors(path, halved(done.model()), {"run": run.name, "key": workspace.run_key(run)})
    card = done.card
    kept = {name: card[name] for name in ("key", "config", "parameters", "replay", "provenance")}
    epochs = done.run.optimisation.images_seen / data.TRAIN_IMAGES[workspace.dataset]
    manifest["runs"][run.name] = kept | {"epochs": epochs, "weights": _file_entry(workspace, path, "file")}
    write_json(workspace.manifest, manifest)


def _finished(workspace: Workspace, run: Run) -> Trained:
    done = trained(workspace, run)
    if done is None:
        raise StoreError(f"{run.name} is not in {workspace.folder(run)}; was it deleted while this ran?")
    return done


def _measure_all(workspace: Workspace, manifest: Manifest, stale: list[Result]) -> None:
    for node in _progress(stale, desc="measuring"):
        given: dict[str, Any] = {need: _finished(workspace, run) for need, run in node.needs.items()}
        if node.needs_data:
            given["data"] = workspace.dataset_images
        path = workspace.result(node.id)
        write_values(path, Values(node.measure(**given)))
        entry = _file_entry(workspace, path, "file")
        made_from = {"key": result_key(workspace, node), "weights": _weights(manifest, node)}
        manifest["results"][node.id] = entry | made_from
        write_json(workspace.manifest, manifest)


def _draw_all(workspace: Workspace, manifest: Manifest, figures: list[Figure]) -> int:
    changed = 0
    for node in _progress(figures, desc="drawing"):
        values = {need: read_values(workspace.result(result.id)) for need, result in node.needs.items()}
        files, fresh = _draw(workspace, node, values)
        changed += fresh
        manifest["figures"][node.id] = {
            **node.words(values),
            "key": figure_key(manifest, node),
            "files": files,
            "results": sorted(result.id for result in node.needs.values()),
            "runs": sorted({run.name for result in node.needs.values() for run in result.needs.values()}),
            "source": f"{node.draw.__module__.replace('.', '/')}.py",
        }
    write_json(workspace.manifest, manifest)
    return changed


def _draw(workspace: Workspace, node: Figure, values: Mapping[str, Values]) -> tuple[dict[str, Any], int]:
    """Draw a figure in every theme; file entries by theme and suffix, and how many files changed."""
    files: dict[str, Any] = {}
    changed = 0
    for theme in THEMES:
        with mpl.rc_context(theme.rc()):
            picture = node.draw(theme, **values)
            width, height = render.size(picture)
            encoded = render.encode(picture)
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
    needed = {result.id: result for figure in figures for result in figure.needs.values()}
    return [node for name, node in RESULTS.items() if name in needed]


# --- Numbers for prose. ---


def numbers(workspace: Workspace, manifest: Manifest) -> dict[str, Any]:
    """Every scalar of every result as ``<result>.<name>``, and every run's settings as ``<RUN>.<name>``."""
    found: dict[str, Any] = {}
    for name in manifest["results"]:
        for scalar, value in read_values(workspace.result(name)).scalars().items():
            found[f"{name}.{scalar}"] = value
    for name, entry in manifest["runs"].items():
        found |= {f"{name}.{field}": value for field, value in _run_numbers(entry).items()}
    return found


def _run_numbers(entry: Mapping[str, Any]) -> dict[str, Any]:
    model, optimisation = entry["config"]["model"], entry["config"]["optimisation"]
    provenance = entry["provenance"]
    return {
        "parameters": sum(entry["parameters"].values()),
        **{f"{part}_parameters": count for part, count in entry["parameters"].items()},
        **{name: model[name] for name in ("latent",) if name in model},
        **{name: optimisation[name] for name in ("images_seen", "batch_size", "learning_rate", "seed")},
        "epochs": entry["epochs"],
        "steps": optimisation["images_seen"] // optimisation["batch_size"],
        "minutes": provenance["seconds"] / 60,
        **{name: provenance[name] for name in ("seconds", "images_per_second", "device")},
    }


_progress = partial(
    tqdm, unit="", leave=False, disable=None, bar_format="{desc} {n_fmt}/{total_fmt} |{bar:30}|"
)
