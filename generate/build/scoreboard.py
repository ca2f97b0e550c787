"""The scoreboard's table; which rows it has, and in which words, is written in ``scoreboard.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generate.pipeline.store import JSON, JSONObject, read_values
from generate.plotting.theme import FAMILIES
from generate.workspace import Workspace

ROWS = Path(__file__).with_suffix(".toml")
COLUMNS = {"real": "Real", **FAMILIES}
BEST = {"lower": min, "higher": max}


def scoreboard(workspace: Workspace, results: Mapping[str, JSONObject]) -> dict[str, JSON]:
    """The table as data: sections of rows, and for each column a cell of text, spread and whether it is best.

    The text is the mean over seeds and the spread their standard deviation, to the same digit; the
    likelihood, of one run, has the standard error of its mean over images. Nothing while results are missing.

    Raises:
        StoreError: a result is not the file that was published.
    """
    names = {column: f"scores/{column}" for column in (*COLUMNS, "likelihood")}
    if not results.keys() >= {*names.values()}:
        return {}
    scores: dict[str, dict[str, Any]] = {
        column: dict(read_values(workspace.result(name), results[name]["sha256"]))
        for column, name in names.items()
    }
    bound = scores.pop("likelihood")
    scores["vae"] |= {"nats": -bound["importance"], "nats_spread": bound["importance_error"]}
    sections = tomllib.loads(ROWS.read_text(encoding="utf-8"))["section"]
    return {
        "columns": list(COLUMNS.values()),
        "sections": [
            {"title": section["title"], "rows": [_row(row, scores) for row in section["row"]]}
            for section in sections
        ],
    }


def _row(row: Mapping[str, str], scores: Mapping[str, Mapping[str, Any]]) -> dict[str, JSON]:
    key, better = row["key"], row.get("better", "")
    found = {family: scores[family][key] for family in FAMILIES if key in scores[family]}
    best = BEST[better](found.values()) if better in BEST and len(found) > 1 else None
    cells = []
    for column in COLUMNS:
        if key in scores[column]:
            value, spread = scores[column][key], scores[column].get(f"{key}_spread")
            text, aside = (
                format(number, row["form"]) if number is not None else "" for number in (value, spread)
            )
            cells.append({"text": text, "spread": aside, "best": column in FAMILIES and value == best})
        else:
            text = row.get("missing", "") if column in FAMILIES else ""
            cells.append({"text": text, "spread": "", "best": False})
    return {"title": row["title"], "about": row["about"], "better": better, "cells": cells}
