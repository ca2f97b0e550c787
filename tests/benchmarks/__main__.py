"""``python -m tests.benchmarks``: measure, print one table, and keep it in docs/data/benchmark.json."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from generate.pipeline.errors import UserError
from generate.pipeline.registry import find
from tests.benchmarks import commands, gpu, idiom, rows, training
from tests.benchmarks.context import FILE, Context, Occasion, occasion
from tests.benchmarks.rows import Report, Row


@dataclass(frozen=True)
class Group:
    """Rows that are measured together, and under what title they stand."""

    title: str
    measure: Callable[[Context], Iterator[Row]]


GROUPS = {
    "loop": Group("Loop overhead: a step in the trainer, and the model's step alone", training.loop),
    "idiom": Group("The usual example: a fully connected VAE fed by a DataLoader", idiom.idiom),
    "eager": Group("A step of ours, and of the straightforward float32 loop", training.eager),
    "peak": Group("Arithmetic: a step, and matrix products alone", training.peak),
    "commands": Group("Whole commands, in a clean copy", commands.commands),
    "pipeline": Group("The whole pipeline from nothing", commands.pipeline),
    "parallel": Group("Two runs at once, and one after the other", commands.parallel),
    "gpu": Group("GPU: a step as a CUDA graph, and launched kernel by kernel", gpu.gpu),
}
TITLES = {name: group.title for name, group in GROUPS.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 if everything was measured, met or missed, 2 for an error said in words."""
    options = _parser().parse_args(arguments)
    try:
        chosen = {options.only: find(GROUPS, options.only, "group")} if options.only else GROUPS
        full = options.full or options.only == "pipeline"
        report = bench(chosen, FILE, Context(), occasion(), absent(full, torch.cuda.is_available()))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nStopped. The groups measured so far are in {FILE}.", file=sys.stderr)
        return 130
    print(rows.table(report, TITLES))
    return 0


def absent(full: bool, cuda: bool) -> dict[str, str]:
    """The groups that this run leaves out, and why."""
    reasons = {} if full else {"pipeline": "`make bench FULL=1` measures it"}
    return reasons if cuda else reasons | {"gpu": "no GPU on this machine: not measured"}


def bench(
    chosen: Mapping[str, Group],
    path: Path,
    context: Context,
    now: Occasion,
    missing: Mapping[str, str],
) -> Report:
    """Measure groups and keep each in the file at ``path`` as soon as it is there; the whole report.

    Groups that are not chosen, and those ``missing`` here, keep the rows of an earlier run.
    """
    report = rows.read(path) or Report(now.machine)
    for name, group in chosen.items():
        if name in missing:
            found = report.of(name) or [Row(group.title.partition(":")[0], note=missing[name], group=name)]
        else:
            found = [_stamped(row, name, now) for row in group.measure(context)]
            # A GPU's rows name their device and may come from another machine than all others.
            report = report if name == "gpu" and report.rows else replace(report, machine=now.machine)
        report = report.holding(name, found, GROUPS)
        rows.write(path, report, TITLES)
    return report


def _stamped(row: Row, group: str, now: Occasion) -> Row:
    device = row.device or rows.place(now.machine)
    return replace(row, group=group, device=device, measured=now.measured, commit=now.commit)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Is the pipeline fast?")
    parser.add_argument(
        "--only", metavar="GROUP", help=f"one of {', '.join(GROUPS)}; the others keep their rows"
    )
    parser.add_argument(
        "--full", action="store_true", help="also train everything from nothing, which takes hours"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
