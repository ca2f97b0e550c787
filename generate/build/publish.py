"""What is published of runs, and what of it is no longer whole."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from generate import data
from generate.build.freshness import run_fault
from generate.experiments import RUNS, Run
from generate.pipeline.files import DAMAGED, faulty, set_aside, sha256
from generate.pipeline.manifest import Manifest
from generate.pipeline.store import JSON, JSONObject, read_tensors, write_tensors
from generate.training.finished import Course, finished
from generate.training.loop import halved
from generate.workspace import Workspace


def publish_runs(workspace: Workspace, manifest: Manifest, anew: Collection[Run] = ()) -> None:
    """Publish runs that are finished here: those trained ``anew``, and those whose publication is at fault.

    What is published and sound stays, though the same was trained here once more: other results rest on it.
    """
    wanted = [run for run in RUNS.values() if run in anew or run_fault(workspace, manifest, run)]
    done = ((run, finished(workspace, run)) for run in wanted)
    for run, course in done:
        if course:
            manifest.enter("runs", run.name, _published(workspace, run, course))


def _published(workspace: Workspace, run: Run, done: Course) -> JSONObject:
    card = done.card
    kept = {name: card[name] for name in ("key", "config", "parameters", "replay", "provenance")}
    epochs = done.run.optimisation.images_seen / data.source(workspace.dataset).train_images
    return kept | {"epochs": epochs, "weights": _publish_weights(workspace, run, done)}


def _publish_weights(workspace: Workspace, run: Run, done: Course) -> dict[str, JSON]:
    """Write a run's weights, if they are published at all; what the manifest says of them."""
    if not run.published:
        return {"sha256": done.sha256}
    path, weights = workspace.weights(run), read_tensors(done.weights, done.sha256)
    write_tensors(path, halved(weights), f"{run.name}-{workspace.run_key(run)}")
    return file_entry(workspace, path, "file")


def set_damaged_aside(workspace: Workspace, manifest: Manifest) -> None:
    """Move published weights and results out of the way that are there and not as they were published."""
    entries = *(run["weights"] for run in manifest.runs.values()), *manifest.results.values()
    for entry in entries:
        name = entry.get("file", "")
        if (workspace.docs / name).is_file() and faulty(workspace.docs, {name: entry["sha256"]}):
            kept = set_aside(workspace.docs / name, workspace.runs / DAMAGED)
            print(f"{name} was changed or damaged. It is now {kept}; what it held is made again.", flush=True)


def published_sums(workspace: Workspace, manifest: Manifest) -> dict[str, str]:
    """Checksums of the published weights that are those of their run's configuration, by run."""
    return {
        run.name: manifest.runs[run.name]["weights"]["sha256"]
        for run in RUNS.values()
        if run.published and not run_fault(workspace, manifest, run)
    }


def file_entry(workspace: Workspace, path: Path, name: str) -> dict[str, JSON]:
    """What the manifest says of a file: where it is, under the key ``name``, and its checksum."""
    return {name: path.relative_to(workspace.docs).as_posix(), "sha256": sha256(path)}
