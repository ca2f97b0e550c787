"""The table that compares the families."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generate.build.scoreboard import ROWS, scoreboard
from generate.pipeline.files import sha256
from generate.pipeline.store import read_json, write_values
from generate.pipeline.values import Values
from generate.plotting.theme import FAMILIES
from generate.workspace import Workspace, open_workspace

SCORES = {
    "real": {"fcd_ratio": 1.0, "precision": 0.9},
    "ae": {"fcd_ratio": 350.04, "fcd_ratio_spread": 1.26, "precision": 0.97, "mse": 0.0053},
    "vae": {"fcd_ratio": 40.0, "fcd_ratio_spread": 0.5, "precision": 0.5, "mse": 0.0066, "active_units": 16},
    "gan": {"fcd_ratio": 1.7, "fcd_ratio_spread": 0.05, "precision": 0.89, "mse": 0.0074},
    "likelihood": {"importance": -84.5, "importance_error": 0.21, "elbo": -88.0, "samples": 500},
}


@pytest.fixture
def table(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The rows by name."""
    workspace = Workspace("digits", docs=tmp_path)
    for name, scores in SCORES.items():
        write_values(workspace.result(f"scores/{name}"), Values(scores))
    sums = {name: {"sha256": sha256(workspace.result(name))} for name in (f"scores/{key}" for key in SCORES)}
    found = scoreboard(workspace, sums)
    assert found["columns"] == ["Real", "AE", "VAE", "GAN"]
    return {row["title"]: row for section in found["sections"] for row in section["rows"]}


def texts(row: dict[str, Any]) -> list[str]:
    return [cell["text"] for cell in row["cells"]]


def best(row: dict[str, Any]) -> list[int]:
    return [place for place, cell in enumerate(row["cells"]) if cell["best"]]


def test_a_row_has_means_and_spreads_to_the_same_digit(table: dict[str, dict[str, Any]]) -> None:
    row = table["Fréchet ratio"]
    assert texts(row) == ["1.00", "350.04", "40.00", "1.70"]
    assert [cell["spread"] for cell in row["cells"]] == ["", "1.26", "0.50", "0.05"]


def test_the_best_family_is_marked_at_the_end_that_is_better(table: dict[str, dict[str, Any]]) -> None:
    assert best(table["Fréchet ratio"]) == [3]
    assert best(table["Precision"]) == [1]
    assert best(table["Mean squared error of a pixel"]) == [1]


def test_where_there_is_nothing_to_compare_nothing_is_best(table: dict[str, dict[str, Any]]) -> None:
    assert best(table["Active dimensions"]) == []
    assert texts(table["Active dimensions"]) == ["", "", "16", ""]


def test_a_likelihood_is_said_to_be_undefined_where_it_is(table: dict[str, dict[str, Any]]) -> None:
    row = table["Negative log-likelihood, nats, at most"]
    assert texts(row) == ["", "not defined", "84.50", "not defined"]
    assert row["cells"][2]["spread"] == "0.21"


def rows() -> Iterator[dict[str, str]]:
    for section in tomllib.loads(ROWS.read_text(encoding="utf-8"))["section"]:
        yield from section["row"]


def test_every_row_stands_for_a_score_and_every_family_is_in_it() -> None:
    published = read_json(open_workspace(device="cpu").scoreboard)
    cells = [row["cells"] for section in published["sections"] for row in section["rows"]]
    assert len(cells) == len([*rows()])
    for row, shown in zip(rows(), cells, strict=True):
        assert any(cell["text"] for cell in shown[1:]), f"no family has {row['key']}"
        assert row.get("better", "") in ("", "lower", "higher")
        assert len(shown) == 1 + len(FAMILIES)


def test_without_its_results_there_is_no_table() -> None:
    assert scoreboard(open_workspace(device="cpu"), {}) == {}
