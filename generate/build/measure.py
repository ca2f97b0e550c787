"""Results: measured of finished runs, several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from inspect import signature
from typing import Any

import torch

from generate.experiments import RUNS
from generate.pipeline.files import StoreError
from generate.pipeline.registry import Declared, Node, Result
from generate.pipeline.store import write_values
from generate.pipeline.together import side_by_side
from generate.pipeline.values import Values
from generate.training.finished import Course, finished, published
from generate.training.runs import limited, processes_and_threads
from generate.workspace import Workspace


def measured(workspace: Workspace, nodes: list[Result], sums: Mapping[str, str]) -> Iterator[Result]:
    """Measure results into their files, ``workspace.jobs`` at once; each is given back when it is on disk.

    Of the runs in ``sums`` the published weights are measured, whose checksums these are, of others what was
    trained here. Those that no other may disturb come last, one by one.

    Raises:
        StoreError: a run that is to be measured is no longer there.
    """
    together = [node for node in nodes if not node.alone]
    jobs, threads = processes_and_threads(workspace.jobs)
    yield from side_by_side(jobs, [partial(_measure, workspace, node, sums, threads) for node in together])
    yield from (_measure(workspace, node, sums, torch.get_num_threads()) for node in nodes if node.alone)


def function(node: Node) -> Callable[..., Any]:
    """What makes a result or a figure: the function declared under its name."""
    declared: Declared[Result] = getattr(import_module(node.module), node.name)
    return declared.function


def _measure(workspace: Workspace, node: Result, sums: Mapping[str, str], threads: int) -> Result:
    measure = function(node)
    with limited(threads):
        given: dict[str, object] = {
            need: _finished(workspace, name)
            if need in node.courses or name not in sums
            else published(workspace, RUNS[name], sums[name])
            for need, name in node.needs.items()
        }
        if "data" in signature(measure).parameters:
            given["data"] = workspace.dataset_images
        values = Values(measure(**given))
    write_values(workspace.result(node.id), values)
    return node


def _finished(workspace: Workspace, name: str) -> Course:
    done = finished(workspace, RUNS[name])
    if done is None:
        raise StoreError(
            f"{name} is no longer whole in {workspace.folder(RUNS[name])}. The same command trains it again."
        )
    return done
