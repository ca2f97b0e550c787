"""Is what is published what this code would make? A ``*_fault`` says in a few words what is not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import generate.figures  # noqa: F401 (registers every figure and, through them, every result)
from generate import data
from generate.experiments import RUNS, Run
from generate.numbers import numbers
from generate.pipeline.keys import code_key, key, plain
from generate.pipeline.registry import FIGURES, RESULTS, Figure, Result
from generate.pipeline.store import read_json, sha256
from generate.plotting import render
from generate.plotting.sheet import Sheet
from generate.plotting.theme import THEMES, Theme
from generate.replay import replay
from generate.workspace import Workspace

MEASURING = ("generate.results", "generate.evaluation", "generate.latent")
DRAWING = ("generate.figures", "generate.plotting")

# Relative. Other kernels and thread counts were measured to change losses by 5e-7 and the distance moved
# by 5e-5; taking the variety channel from the discriminator changes its first losses by 1e-4.
TOLERANCES = {"losses": 3e-5, "moved": 1e-3}

Manifest = dict[str, Any]


def read_manifest(workspace: Workspace) -> Manifest:
    """What was published, or an empty manifest."""
    if not workspace.manifest.exists():
        return {"dataset": workspace.dataset, "runs": {}, "results": {}, "figures": {}}
    manifest: Manifest = read_json(workspace.manifest)
    return manifest


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
    if entry["weights"] != measured_weights(manifest, node):
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


def measured_weights(manifest: Manifest, node: Result) -> dict[str, str]:
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
