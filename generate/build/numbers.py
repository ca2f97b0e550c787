"""Numbers for prose: every scalar of every result and the settings of every run, by name."""

from __future__ import annotations

from generate.pipeline.manifest import Manifest
from generate.pipeline.store import JSON, JSONObject, read_values
from generate.training.fingerprint import TOLERANCES
from generate.workspace import Workspace


def numbers(workspace: Workspace, manifest: Manifest) -> dict[str, JSON]:
    """Every scalar of every result as ``<result>.<name>``, and every run's settings as ``<RUN>.<name>``.

    Raises:
        StoreError: a result is missing, or not the file that was published.
    """
    found: dict[str, JSON] = {}
    for name, entry in manifest.results.items():
        for scalar, value in read_values(workspace.result(name), entry["sha256"]).scalars().items():
            found[f"{name}.{scalar}"] = value
    for name, entry in manifest.runs.items():
        found |= {f"{name}.{field}": value for field, value in _run_numbers(entry).items()}
    return found | {f"replay.{name}": tolerance for name, tolerance in TOLERANCES.items()}


def _run_numbers(entry: JSONObject) -> dict[str, JSON]:
    model, optimisation = entry["config"]["model"], entry["config"]["optimisation"]
    provenance = entry["provenance"]
    return {
        "parameters": sum(entry["parameters"].values()),
        **{f"{part}_parameters": count for part, count in entry["parameters"].items()},
        **{name: model[name] for name in ("latent",) if name in model},
        **{name: optimisation[name] for name in ("images_seen", "batch_size", "learning_rate", "seed")},
        "key": entry["key"],
        "epochs": entry["epochs"],
        "steps": optimisation["images_seen"] // optimisation["batch_size"],
        "minutes": provenance["seconds"] / 60,
        **{name: provenance[name] for name in ("seconds", "images_per_second", "device")},
    }
