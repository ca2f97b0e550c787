"""Does this code still make what is published? Freshness, and what no key can tell: how each run begins."""

from __future__ import annotations

import math

from generate import data
from generate.build.freshness import read_manifest, states
from generate.build.numbers import numbers
from generate.build.scoreboard import scoreboard
from generate.experiments import RUNS, Run
from generate.pipeline.keys import plain
from generate.pipeline.manifest import Manifest
from generate.pipeline.store import read_json
from generate.training.fingerprint import TOLERANCES, replay
from generate.workspace import Workspace


def faults(workspace: Workspace) -> dict[str, str]:
    """Everything published that this code would make differently, and why; trains and draws nothing."""
    manifest = read_manifest(workspace)
    found: dict[str, str | None] = {}
    for kind, name, fault in states(workspace, manifest):
        if kind == "run":
            found[name] = fault or replay_fault(manifest, RUNS[name], workspace)
        else:
            found[f"figure {name}" if kind == "figure" else name] = fault
    if not any(found.values()):
        tables = {
            workspace.numbers: numbers(workspace, manifest),
            workspace.scoreboard: scoreboard(workspace, manifest.results),
        }
        found |= {
            path.name: "it is not what the results say"
            for path, table in tables.items()
            if read_json(path) != plain(table)
        }
    return {name: fault for name, fault in found.items() if fault}


def replay_fault(manifest: Manifest, run: Run, workspace: Workspace) -> str | None:
    """Whether the first steps of a run, on the built-in digits, still go as when it was trained."""
    here = workspace.within_budget(run)
    now = replay(here.model, here.optimisation, data.load(data.DIGITS, workspace.data_folder).train)
    for name, recorded in manifest.runs[run.name]["replay"].items():
        for step, (was, found) in enumerate(zip(recorded, now[name], strict=True)):
            # NaN is close to nothing, so it is a fault too.
            if not math.isclose(found, was, rel_tol=TOLERANCES[name]):
                return (
                    f"its first steps go differently ({name}[{step}] was {was:.6g}, is {found:.6g}): "
                    "what it learns has changed, and `make figures FRESH=1` trains it again"
                )
    return None
