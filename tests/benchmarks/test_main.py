"""Which groups are measured, which rows are kept, and that every group can be measured at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generate import data
from generate.device import precision_on
from generate.experiments import GAN_16D
from tests.benchmarks import __main__ as cli
from tests.benchmarks import commands, training
from tests.benchmarks.__main__ import GROUPS, Group, absent, bench, main
from tests.benchmarks.context import Context, Occasion, occasion
from tests.benchmarks.gpu import largest_difference
from tests.benchmarks.rows import BenchmarkError, Row, read

TINY = Context(dataset=data.DIGITS, blocks=1, steps=1, repeats=1)
MACHINE = {"cpu": "A processor", "cores": 2}


def fake(*rows: Row) -> Group:
    def measure(_: Context) -> Iterator[Row]:
        yield from rows

    return Group("A title", measure)


def at(day: int, cpu: str = "A processor") -> Occasion:
    return Occasion(MACHINE | {"cpu": cpu}, f"2026-01-{day:02}", f"commit{day}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "benchmark.json"


def test_other_groups_keep_their_rows_date_and_commit(path: Path) -> None:
    bench({"loop": fake(Row("a", 1.0, "ms"))}, path, TINY, at(1), {})
    bench({"eager": fake(Row("b", 2.0, "ms"))}, path, TINY, at(2), {})
    report = bench({"loop": fake(Row("c", 3.0, "ms"))}, path, TINY, at(3), {})
    assert [(row.name, row.measured, row.commit) for row in report.rows] == [
        ("c", "2026-01-03", "commit3"),
        ("b", "2026-01-02", "commit2"),
    ]
    assert read(path) == report


def test_what_cannot_be_measured_here_keeps_its_last_measurement(path: Path) -> None:
    on_gpu = {"gpu": fake(Row("AE_16D", 1.0, "ms", 5.0, 5.0, ">= 4 x", device="A big GPU"))}
    missing = absent(full=False, cuda=False)
    (row,) = bench(on_gpu, path, TINY, at(1), missing).rows
    assert (row.ours, row.met) == (None, None)
    assert "no GPU on this machine" in row.note
    bench(on_gpu, path, TINY, at(2), absent(full=False, cuda=True))
    (row,) = bench(on_gpu, path, TINY, at(3), missing).rows
    assert (row.ours, row.device, row.measured, row.met) == (1.0, "A big GPU", "2026-01-02", True)


def test_a_gpus_machine_does_not_replace_that_of_the_other_rows(path: Path) -> None:
    bench({"loop": fake(Row("a", 1.0, "ms"))}, path, TINY, at(1), {})
    rows = {"gpu": fake(Row("b", 1.0, "ms", device="A big GPU"))}
    assert bench(rows, path, TINY, at(2, cpu="Another"), {}).machine["cpu"] == "A processor"
    assert bench({"loop": fake()}, path, TINY, at(3, cpu="Another"), {}).machine["cpu"] == "Another"


def test_what_was_measured_before_an_error_is_kept(path: Path) -> None:
    def fails(_: Context) -> Iterator[Row]:
        raise BenchmarkError("out of order")

    groups = {"loop": fake(Row("a", 1.0, "ms")), "eager": Group("Fails", fails)}
    with pytest.raises(BenchmarkError):
        bench(groups, path, TINY, at(1), {})
    assert [row.name for row in (read(path) or pytest.fail()).rows] == ["a"]


@pytest.fixture
def at_path(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line with made-up groups and a file of its own."""
    monkeypatch.setattr(cli, "FILE", path)
    monkeypatch.setattr(cli, "GROUPS", {name: fake(Row(name, 1.0, "s")) for name in GROUPS})
    return path


def test_only_measures_one_group(at_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "loop"]) == 0
    assert [row.name for row in (read(at_path) or pytest.fail()).rows] == ["loop"]
    assert "1.0 s" in capsys.readouterr().out


def test_the_whole_pipeline_is_measured_when_asked_for(at_path: Path) -> None:
    for arguments, measured in (([], False), (["--full"], True), (["--only", "pipeline"], True)):
        at_path.unlink(missing_ok=True)
        assert main(arguments) == 0
        (row,) = (read(at_path) or pytest.fail()).of("pipeline")
        assert (row.ours is not None) == measured


def test_an_unknown_group_is_answered_with_a_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "lop"]) == 2
    assert "did you mean loop?" in capsys.readouterr().err


def test_a_damaged_file_stops_before_measuring(at_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at_path.parent.mkdir()
    at_path.write_text("{}")
    assert main([]) == 2
    assert "git checkout" in capsys.readouterr().err


@pytest.mark.sampled(0)
def test_a_familys_steps_are_measured(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PEAK_SIZES", (16,))
    monkeypatch.setattr(training, "FAMILIES", (GAN_16D,))
    monkeypatch.setattr(training, "SHORT", 2)
    chosen = {name: GROUPS[name] for name in ("loop", "eager", "peak")}
    report = bench(chosen, path, TINY, occasion(), {})
    formats = len({precision_on("cpu"), "float32"})
    assert {row.group: len(report.of(row.group)) for row in report.rows} == {
        "loop": 2,
        "eager": 1,
        "peak": formats,
    }
    assert all(row.ours and row.baseline and row.ratio for row in report.rows)


def test_a_step_with_a_penalty_is_counted_whole() -> None:
    flops = {run.name: training.step_flops(run, TINY) for run in training.FAMILIES}
    # Encoder and decoder take 22 million multiplications an image forward, thrice that with both gradients.
    assert flops["AE_16D"] == pytest.approx(64 * 3 * 2 * 22e6, rel=0.05)
    assert flops["GAN_16D"] > 1.5 * flops["AE_16D"]


def test_two_runs_are_trained_at_once_and_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(commands, "ensure", lambda workspace, runs: seen.append((workspace.jobs, runs)))
    (row,) = commands.parallel(TINY)
    assert [jobs for jobs, _ in seen] == [1, 2]
    assert len({run.optimisation.seed for run in seen[0][1]}) == 2
    assert row.limit == ""


def test_a_clean_copy_has_the_code_and_no_runs() -> None:
    with commands.clean_copy() as folder:
        assert (folder / "generate" / "data.py").exists()
        assert (folder / "docs" / "data" / "manifest" / "about.json").exists()
        assert not (folder / "runs").exists()
        assert not (folder / ".venv").exists()
    assert not folder.exists()


def test_the_largest_difference_is_relative() -> None:
    assert largest_difference([1.0, 8.0], [1.0, 10.0]) == pytest.approx(0.2)


def test_nothing_imports_what_is_here() -> None:
    root = Path(__file__).parents[2]
    for path in (*(root / "generate").rglob("*.py"), *(root / "site_src").rglob("*.py")):
        assert not re.search(r"(?m)^\s*(from|import) tests\b", path.read_text(encoding="utf-8")), path
