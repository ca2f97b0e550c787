"""Is what is published what this code would make? Keys and checksums tell; nothing that makes it is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from generate import data
from generate.build.catalogue import FIGURES, RESULTS, SOURCES
from generate.experiments import RUNS, Run
from generate.pipeline.files import faulty
from generate.pipeline.keys import code_key, key
from generate.pipeline.manifest import Manifest, open_manifest
from generate.pipeline.registry import Figure, Result
from generate.pipeline.store import JSON, JSONObject
from generate.workspace import Workspace

MEASURING = tuple(
    f"generate.{name}"
    for name in (
        *("results", "evaluation", "latent", "models", "data"),
        *("training.trainer", "pipeline.spread"),
    )
)
DRAWING = ("generate.figures", "generate.plotting", "generate.pipeline.spread")

# What only trains: a result is of weights, and the replay tells whether they would come out differently.
LEARNING = ("generate.models.learner.Descent", "generate.models.gan.Game")

# Drawing functions get a theme and a sheet as arguments, and are encoded afterwards: their code names none.
STYLE = (
    "generate.plotting.theme.THEMES",
    "generate.plotting.sheet.Sheet",
    "generate.plotting.render.encode",
)


def read_manifest(workspace: Workspace) -> Manifest:
    """What was published, and nothing if nothing was.

    Raises:
        StoreError: it is damaged, of another version of this code or of another data set.
    """
    return open_manifest(workspace.manifest, workspace.dataset)


def states(workspace: Workspace, manifest: Manifest) -> Iterator[tuple[str, str, str | None]]:
    """Kind, name and fault of every run, result and figure, in that order; no fault is up to date."""
    for run in RUNS.values():
        yield "run", run.name, run_fault(workspace, manifest, run)
    for result in RESULTS.values():
        yield "result", result.id, result_fault(workspace, manifest, result)
    for figure in FIGURES.values():
        yield "figure", figure.id, figure_fault(workspace, manifest, figure)


def run_fault(workspace: Workspace, manifest: Manifest, run: Run) -> str | None:
    """Whether what is published of a run, its weights above all, is of its configuration."""
    entry = manifest.runs.get(run.name)
    if entry is None:
        return "never trained"
    if told := workspace.changed(run, entry):
        return told
    return _file_fault(workspace, entry["weights"]) if run.published else None


def result_fault(workspace: Workspace, manifest: Manifest, node: Result) -> str | None:
    """Whether a result was measured by this code on these runs, and is whole."""
    entry = manifest.results.get(node.id)
    if entry is None:
        return "never measured"
    words = {"key": "its code or a run it measures changed", "weights": "a run it measures was trained again"}
    return _fault(workspace, entry, measured_of(workspace, manifest, node), words, [entry])


def figure_fault(workspace: Workspace, manifest: Manifest, node: Figure) -> str | None:
    """Whether a figure was drawn by this code from these results, and its files are whole."""
    entry = manifest.figures.get(node.id)
    if entry is None:
        return "never drawn"
    words = {"key": "its code, words or a result it draws changed"}
    files = (file for by_suffix in entry["files"].values() for file in by_suffix.values())
    return _fault(workspace, entry, {"key": figure_key(manifest, node)}, words, files)


def result_key(workspace: Workspace, node: Result) -> str:
    """What defines a result: the runs it measures, the data, and the code of all that it computes with."""
    runs = {need: workspace.run_key(RUNS[name]) for need, name in node.needs.items()}
    code = code_key(SOURCES, roots(node, workspace.dataset), MEASURING, LEARNING)
    return key(runs, data.checksum(workspace.dataset), code)


def roots(node: Result, dataset: str) -> list[str]:
    """What a result rests on and its code does not name: networks, and how data are read; dotted names."""
    configs = {type(RUNS[name].model) for name in node.needs.values()}
    networks = [f"{config.__module__}.{config.__name__}" for config in configs]
    return [node.source, *networks, *data.definitions(dataset)]


def figure_key(manifest: Manifest, node: Figure) -> str:
    """What defines a figure: the results it draws, its words, and the code that draws it."""
    results = {need: manifest.results.get(name, {}).get("sha256") for need, name in node.needs.items()}
    return key(results, node.alt, node.caption, code_key(SOURCES, [node.source, *STYLE], DRAWING))


def measured_of(workspace: Workspace, manifest: Manifest, node: Result) -> dict[str, JSON]:
    """What the manifest says a result was measured of: its key, and the weights."""
    return {"key": result_key(workspace, node), "weights": _measured_weights(manifest, node)}


def _measured_weights(manifest: Manifest, node: Result) -> dict[str, str]:
    """Checksums of the weights of the runs that a result measures."""
    published = ((name, manifest.runs.get(name)) for name in node.needs.values())
    return {name: entry["weights"]["sha256"] for name, entry in published if entry}


def _fault(
    workspace: Workspace,
    entry: JSONObject,
    now: Mapping[str, JSON],
    words: Mapping[str, str],
    files: Iterable[JSONObject],
) -> str | None:
    """The first of an entry's fields that is not as it is ``now``, in words, else of its files."""
    changed = (words[name] for name, value in now.items() if entry[name] != value)
    broken = filter(None, (_file_fault(workspace, file) for file in files))
    return next(chain(changed, broken), None)


def _file_fault(workspace: Workspace, entry: JSONObject) -> str | None:
    name = entry.get("file") or entry["path"]
    if not (workspace.docs / name).exists():
        return f"{name} is missing"
    whole = not faulty(workspace.docs, {name: entry["sha256"]})
    return None if whole else f"{name} was changed or damaged"
