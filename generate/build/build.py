"""From runs to results to figures: make what is missing or out of date.

Each step records what it made in the manifest as soon as it is on disk, so an interrupted build goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from generate.build.catalogue import FIGURES, RESULTS
from generate.build.draw import draw_all
from generate.build.freshness import (
    measured_of,
    read_manifest,
    result_fault,
    run_fault,
)
from generate.build.measure import measured
from generate.build.numbers import numbers
from generate.build.progress import progress
from generate.build.publish import file_entry, publish_runs, published_sums, set_damaged_aside
from generate.build.scoreboard import scoreboard
from generate.device import measuring_device
from generate.experiments import RUNS, Run
from generate.pipeline.manifest import Manifest
from generate.pipeline.registry import Figure, Result, select
from generate.pipeline.store import write_json
from generate.training.runs import counted, ensure
from generate.workspace import Workspace


@dataclass(frozen=True)
class Summary:
    """What a build did: ids of what was trained, measured and drawn, and how many files changed."""

    trained: tuple[str, ...]
    measured: tuple[str, ...]
    drawn: tuple[str, ...]
    changed: int
    seconds: float


def build(
    workspace: Workspace,
    only: str | None = None,
    fresh: bool = False,
    agreed: Callable[[], bool] = lambda: True,
) -> Summary:
    """Bring the figures that ``only`` names (all by default) up to date with the code.

    Measures what is missing or stale, of the published weights where these are all it needs; trains what
    cannot be had otherwise; draws every figure named. A file is written only where a byte changed. ``fresh``
    trains and measures everything that the figures rest on again. More than ten minutes of training must be
    ``agreed`` to.

    Raises:
        UnknownName, DataError, NotAgreed, Diverged, StoreError: with words for the person at the keyboard.
    """
    started = time.perf_counter()
    figures = [FIGURES[name] for name in select(FIGURES, only)]
    manifest = read_manifest(workspace)
    results = _results_of(figures) if only else list(RESULTS.values())

    def stale_results() -> list[Result]:
        return [node for node in results if fresh or result_fault(workspace, manifest, node)]

    def wanted() -> list[Run]:
        return _to_train(workspace, manifest, stale, [] if only else list(RUNS.values()), fresh and not newly)

    newly: list[Run] = []
    publish_runs(workspace, manifest)
    set_damaged_aside(workspace, manifest)
    stale = stale_results()
    then = f"{counted(stale, 'result')} to measure and {counted(figures, 'figure')} to draw"
    # A run trained anew makes results stale that may need further runs, hence the loop.
    while batch := ensure(workspace, wanted(), fresh and not newly, agreed, then):
        newly += batch
        publish_runs(workspace, manifest, batch if fresh else ())
        stale = stale_results()
    if stale and not newly:
        print(then, flush=True)
    _measure_all(workspace, manifest, stale)
    if not only:  # then everything was looked at that the code knows
        manifest.forget("runs", RUNS)
        manifest.forget("results", RESULTS)
        manifest.forget("figures", FIGURES)
    changed = draw_all(workspace, manifest, figures)
    write_json(workspace.numbers, numbers(workspace, manifest))
    write_json(workspace.scoreboard, scoreboard(workspace, manifest.results))
    return Summary(
        tuple(run.name for run in newly),
        tuple(node.id for node in stale),
        tuple(figure.id for figure in figures),
        changed,
        time.perf_counter() - started,
    )


def _to_train(
    workspace: Workspace, manifest: Manifest, stale: list[Result], runs: list[Run], fresh: bool
) -> list[Run]:
    """The runs that have to be there, in the order in which they are trained.

    Those of ``runs`` whose publication is at fault; of those that stale results measure also the ones whose
    course is looked at, or whose weights are not published.
    """
    looked_at = {node.needs[need] for node in stale for need in node.courses}
    measured_too = {name for node in stale for name in node.needs.values()}
    among = measured_too | {run.name for run in runs}

    def is_wanted(run: Run) -> bool:
        if fresh or run.name in looked_at or run_fault(workspace, manifest, run):
            return True
        return run.name in measured_too and not run.published

    return [run for run in RUNS.values() if run.name in among and is_wanted(run)]


def _measure_all(workspace: Workspace, manifest: Manifest, stale: list[Result]) -> None:
    if not stale:
        return  # before anything is read that only measuring asks for
    if measuring_device(workspace.device) != workspace.device:
        print(f"Measuring on the CPU: {workspace.device} has no float64, which measures need.", flush=True)
    found = measured(workspace, stale, published_sums(workspace, manifest))
    for node in progress(found, desc="measuring", total=len(stale)):
        entry = file_entry(workspace, workspace.result(node.id), "file")
        manifest.enter("results", node.id, entry | measured_of(workspace, manifest, node))


def _results_of(figures: Iterable[Figure]) -> list[Result]:
    needed = {name for figure in figures for name in figure.needs.values()}
    return [node for name, node in RESULTS.items() if name in needed]
