"""A row of the benchmark, the printed table, and the file that keeps both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from generate.pipeline.errors import UserError
from generate.pipeline.files import StoreError
from generate.pipeline.store import read_json, write_json


class BenchmarkError(UserError):
    """Something could not be measured; the message says what and why."""


@dataclass(frozen=True)
class Row:
    """One comparison: ours and the baseline in ``unit``, their ratio, and the limit on one of them.

    A limit is ``<= 90 s`` on ours or ``>= 5 x`` on the ratio; without one the row is only reported. A row
    without ``ours`` was not measured, and ``note`` says why. The last four fields say where and when.
    """

    name: str
    ours: float | None = None
    unit: str = ""
    baseline: float | None = None
    ratio: float | None = None
    limit: str = ""
    note: str = ""
    group: str = ""
    device: str = ""
    measured: str = ""
    commit: str = ""

    def __post_init__(self) -> None:
        # Rounded here, so that table, file and page agree, and the limit is held against what they show.
        for name in ("ours", "baseline", "ratio"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, rounded(value))
        if self.limit and self.limit.split()[-1] not in ("x", self.unit):
            raise ValueError(f"the limit {self.limit!r} of {self.name} is not in {self.unit or 'x'}")

    @property
    def arithmetic(self) -> str:
        """The number format it was computed in, or the GPU: what a device's name ends with."""
        return self.device.rpartition(", ")[2]

    @property
    def met(self) -> bool | None:
        """Whether the limit holds; None where there is none or nothing was measured."""
        if not self.limit:
            return None
        sense, value, unit = self.limit.split()
        found = self.ratio if unit == "x" else self.ours
        if found is None:
            return None
        return found <= float(value) if sense == "<=" else found >= float(value)


@dataclass(frozen=True)
class Report:
    """The machine most rows were measured on, and the rows in order of their groups."""

    machine: Mapping[str, Any]
    rows: tuple[Row, ...] = ()

    def of(self, group: str) -> list[Row]:
        """A group's rows."""
        return [row for row in self.rows if row.group == group]

    def holding(self, group: str, rows: Iterable[Row], order: Iterable[str]) -> Report:
        """The report with a group's rows replaced; groups that ``order`` does not name are dropped.

        Rows of a machine that computes in another format stay beside them: it is fast in other ways.
        """
        new = list(rows)
        replaced = {row.arithmetic for row in new}
        kept = [row for row in self.of(group) if row.device and row.arithmetic not in replaced]
        found = {name: self.of(name) for name in order} | {group: new + kept}
        return replace(self, rows=tuple(row for group_rows in found.values() for row in group_rows))


def rounded(value: float) -> float:
    """Four significant digits; whole numbers from 1,000 on."""
    short = float(f"{value:.4g}")
    return int(short) if abs(short) >= 1_000 else short


def read(path: Path) -> Report | None:
    """The report in a file, or None where there is no file.

    Raises:
        StoreError: the file is damaged.
    """
    if not path.exists():
        return None
    names = {field.name for field in fields(Row)}
    try:
        content = read_json(path)
        rows = [Row(**{name: row[name] for name in names}) for row in content["rows"]]
        return Report(dict(content["machine"]), tuple(rows))
    except (KeyError, TypeError, ValueError, StoreError) as error:
        raise StoreError(
            f"{path} is not a benchmark's file ({error!r}). Restore it with `git checkout`, or delete it and "
            "run `make bench`."
        ) from error


def write(path: Path, report: Report, titles: Mapping[str, str]) -> None:
    """Write a report, the same bytes for the same rows."""
    rows = [vars(row) | {"met": row.met} for row in report.rows]
    write_json(path, {"machine": dict(report.machine), "groups": dict(titles), "rows": rows})


def table(report: Report, titles: Mapping[str, str]) -> str:
    """The report as text, at most 100 columns wide."""
    lines = [_line("", "ours", "baseline", "ratio", "limit", "")]
    for (group, _), rows in groupby(report.rows, key=lambda row: (row.group, row.device)):
        shown = list(rows)
        when = f" ({shown[0].measured}, {shown[0].commit})" if shown[0].measured else ""
        lines += ["", titles[group] + when]
        if shown[0].device not in ("", place(report.machine)):
            lines.append(f"  on {shown[0].device}"[:100])
        lines += [_row(row) for row in shown]
    return "\n".join(lines)


def place(machine: Mapping[str, Any]) -> str:
    """What tells machines apart at a glance."""
    parts = machine["cpu"], f"{machine['cores']} cores", machine.get("precision")
    return ", ".join(part for part in parts if part)


def _row(row: Row) -> str:
    if row.ours is None:
        return f"  {row.name}: {row.note}"[:100]
    ratio = "" if row.ratio is None else f"{row.ratio:,} x"
    met = "" if row.met is None else "met" if row.met else "missed"
    ours, baseline = (_quantity(value, row.unit) for value in (row.ours, row.baseline))
    return _line(row.name, ours, baseline, ratio, row.limit or "reported", met)


def _quantity(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,} {unit}".strip()


def _line(name: str, *cells: str) -> str:
    ours, baseline, ratio, limit, met = cells
    return f"  {name:<37.37}{ours:>16}{baseline:>16}{ratio:>10}{limit:>11}  {met}".rstrip()
