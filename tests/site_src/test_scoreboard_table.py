"""The scoreboard on a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generate.pipeline.store import write_json
from site_src.shortcodes import ShortcodeError

Convert = Callable[[str], str]


def cell(text: str, spread: str = "", best: bool = False) -> dict[str, object]:
    return {"text": text, "spread": spread, "best": best}


ROW = {
    "title": "Ratio <of> all",
    "about": "Sees *all*.",
    "better": "lower",
    "cells": [cell("1"), cell("350", "1"), cell(""), cell("1.7", "0.1", best=True)],
}
CONTENT = {
    "columns": ["Real", "AE", "VAE", "GAN"],
    "sections": [{"title": "Samples", "rows": [ROW]}, {"title": "Other", "rows": [ROW | {"better": ""}]}],
}


@pytest.fixture
def text(published: Path, html: Convert) -> str:
    write_json(published / "data" / "scoreboard.json", CONTENT)
    return html("{{ table scoreboard }}")


def test_it_has_headers_for_columns_sections_and_rows(text: str) -> None:
    assert text.count('scope="col"') == 5
    assert text.count('scope="rowgroup"') == text.count("<tbody>") == 2
    assert text.count('scope="row"') == 2


def test_the_best_is_bold_and_a_spread_stands_beside_its_mean(text: str) -> None:
    assert text.count("<strong>1.7</strong><small>±\N{NO-BREAK SPACE}0.1</small>") == 2
    assert "<span>350</span><small>±\N{NO-BREAK SPACE}1</small>" in text
    assert "<span>1</span></td>" in text


def test_a_row_says_what_it_tells_and_which_end_is_better(text: str) -> None:
    assert text.count("Ratio &lt;of&gt; all<small>Sees *all*. (lower is better)</small>") == 1
    assert text.count("Sees *all*.</small>") == 1


def test_an_empty_scoreboard_is_a_malformed_one(published: Path, html: Convert) -> None:
    write_json(published / "data" / "scoreboard.json", {})
    with pytest.raises(ShortcodeError, match="make figures"):
        html("{{ table scoreboard }}")
