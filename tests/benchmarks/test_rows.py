"""The table and the file, from made-up measurements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from generate.pipeline.files import StoreError
from tests.benchmarks.rows import Report, Row, read, table, write

MACHINE = {"cpu": "A processor", "cores": 2, "memory_gb": 8, "system": "Linux"}
MACHINE |= {"python": "3.11", "torch": "2", "threads": 2}
WHEN = {"measured": "2026-01-02", "commit": "abc1234", "device": "A processor, 2 cores"}
TITLES = {"loop": "The loop", "commands": "Commands", "gpu": "GPU"}
LOOP = Row("AE_16D", 10.3, "ms", 10.0, 1.03, "<= 1.05 x", group="loop", **WHEN)  # type: ignore[arg-type]
LIST = Row("list", 0.75, "s", limit="<= 0.5 s", group="commands", **WHEN)  # type: ignore[arg-type]
UNMEASURED = Row("step", note="no GPU on this machine: not measured", group="gpu")


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("a", 2.0, "ms", 2.0, 1.05, "<= 1.05 x"), True),
        (Row("a", 2.0, "ms", 2.0, 1.051, "<= 1.05 x"), False),
        (Row("a", 2.0, "s", 9.8, 4.9, ">= 5 x"), False),
        (Row("a", 2.0, "s", 10.0, 5.0, ">= 5 x"), True),
        (Row("a", 90.0, "s", limit="<= 90 s"), True),
        (Row("a", 90.1, "s", limit="<= 90 s"), False),
        (Row("a", 90.1, "s"), None),
        (Row("a", unit="s", limit="<= 90 s"), None),
    ],
)
def test_a_limit_is_met_or_missed(row: Row, met: bool | None) -> None:
    assert row.met is met


def test_a_limit_in_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="not in min"):
        Row("whole pipeline", 40.0, "min", limit="<= 50 s")


def test_the_table_tells_met_from_missed() -> None:
    lines = table(Report(MACHINE, (LOOP, LIST, UNMEASURED)), TITLES).splitlines()
    assert [line.split()[-1] for line in lines if "AE_16D" in line or "list" in line] == ["met", "missed"]
    assert "The loop (2026-01-02, abc1234)" in lines
    assert "  step: no GPU on this machine: not measured" in lines


def test_the_table_says_which_rows_come_from_elsewhere() -> None:
    rows = (LOOP, replace(LOOP, group="gpu", device="A big GPU"))
    assert table(Report(MACHINE, rows), TITLES).count("on A big GPU") == 1


def test_machines_that_compute_in_another_format_keep_their_rows() -> None:
    machines = {name: f"A processor, 2 cores, {name}" for name in ("bfloat16", "float32")}
    report = Report(MACHINE)
    for number, device in enumerate([*machines.values(), machines["float32"]]):
        row = replace(LOOP, device=device, ours=float(number))
        report = report.holding("loop", [row], ["loop"])
    assert {row.device: row.ours for row in report.rows} == {machines["bfloat16"]: 0, machines["float32"]: 2}
    lines = table(replace(report, machine=MACHINE | {"precision": "float32"}), TITLES).splitlines()
    assert sum(line.startswith("The loop") for line in lines) == 2
    assert [line for line in lines if line.startswith("  on ")] == [f"  on {machines['bfloat16']}"]


def test_the_table_fits_100_columns() -> None:
    wide = replace(LOOP, name="n" * 60, ours=99_999.0, unit="GFLOP/s", baseline=99_999.0, ratio=0.012345)
    rows = (replace(wide, limit="<= 0.012 x"), replace(UNMEASURED, note="word " * 40))
    assert max(map(len, table(Report(MACHINE, rows), TITLES).splitlines())) <= 100


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "benchmark.json"
    report = Report(MACHINE, (LOOP, LIST, UNMEASURED))
    write(path, report, TITLES)
    first = path.read_bytes()
    assert read(path) == report
    write(path, report, TITLES)
    assert path.read_bytes() == first
    assert [row["met"] for row in json.loads(first)["rows"]] == [True, False, None]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"machine": {}, "rows": [{"name": "a"}]}'])
def test_a_damaged_file_is_named_and_not_overwritten(tmp_path: Path, content: str) -> None:
    path = tmp_path / "benchmark.json"
    path.write_text(content)
    with pytest.raises(StoreError, match="git checkout"):
        read(path)
    assert path.read_text() == content


def test_there_is_no_report_before_the_first() -> None:
    assert read(Path("nowhere.json")) is None
