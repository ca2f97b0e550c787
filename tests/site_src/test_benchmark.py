"""The benchmark's table on a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from markdown import Markdown

from generate.pipeline.store import read_json, write_json
from site_src.shortcodes import ShortcodeError
from tests.benchmarks.rows import Report, Row, write

Convert = Callable[[str], str]

MACHINE = {"cpu": "A <fast> processor", "cores": 2, "memory_gb": 8, "system": "Linux 6"}
MACHINE |= {"python": "3.11", "torch": "2", "threads": 2}
HERE = {"measured": "2026-01-02", "commit": "abc1234", "device": "A <fast> processor, 2 cores"}
ROWS = (
    Row("AE_16D & co", 10.3, "ms", 10.0, 1.03, "<= 1.05 x", group="loop", **HERE),  # type: ignore[arg-type]
    Row("GAN_16D", 1234.0, "ms", 10.0, 1.2, "<= 1.05 x", group="loop", **HERE),  # type: ignore[arg-type]
    Row("AE_16D", 1.0, "ms", group="gpu", **HERE | {"device": "A big GPU"}),  # type: ignore[arg-type]
    Row("pipeline", note="not measured", group="pipeline"),
)
TITLES = {"loop": "The *loop*", "gpu": "GPU", "pipeline": "All of it"}


@pytest.fixture
def measured(published: Path) -> Path:
    path = published / "data" / "benchmark.json"
    write(path, Report(MACHINE, ROWS), TITLES)
    return path


@pytest.mark.usefixtures("measured")
def test_the_table_has_header_cells_units_and_verdicts(html: Convert) -> None:
    text = html("{{ table benchmark }}")
    assert text.count('scope="col"') == 6
    assert text.count('scope="rowgroup"') == text.count("<tbody>") == 3
    assert text.count('scope="row"') == 4
    for cell in ("10.3\N{NO-BREAK SPACE}ms", "1,234\N{NO-BREAK SPACE}ms", "1.03\N{NO-BREAK SPACE}×", "met"):
        assert f">{cell}</td>" in text
    assert ">missed</td>" in text
    assert ">≤\N{NO-BREAK SPACE}1.05\N{NO-BREAK SPACE}×</td>" in text
    assert '<td colspan="5">not measured</td>' in text


@pytest.mark.usefixtures("measured")
def test_the_machine_is_named_once_and_any_other_beside_its_rows(html: Convert) -> None:
    text = html("{{ table benchmark }}")
    assert text.count("A &lt;fast&gt; processor, 2 cores") == 1
    assert "GPU (2026-01-02, abc1234, A big GPU)" in text
    assert ">All of it</th>" in text


@pytest.mark.usefixtures("measured")
def test_words_are_escaped_and_no_markdown(html: Convert) -> None:
    text = html("{{ table benchmark }}")
    assert "AE_16D &amp; co" in text
    assert "The *loop* (2026-01-02, abc1234)" in text


def test_a_missing_file_fails_the_build(html: Convert) -> None:
    with pytest.raises(ShortcodeError, match=r"benchmark\.json is missing; `make bench`"):
        html("{{ table benchmark }}")


@pytest.mark.parametrize(
    "change", [{"rows": [{"group": "loop"}]}, {"machine": {}}, {"groups": {}}, {"rows": 3}]
)
def test_a_malformed_file_fails_the_build(html: Convert, measured: Path, change: dict[str, object]) -> None:
    write_json(measured, read_json(measured) | change)
    with pytest.raises(ShortcodeError, match=r"benchmark\.json is malformed"):
        html("{{ table benchmark }}")


def test_a_file_that_is_no_json_fails_the_build(html: Convert, measured: Path) -> None:
    measured.write_text("<<<<<<< HEAD")
    with pytest.raises(ShortcodeError, match=r"benchmark\.json is malformed"):
        html("{{ table benchmark }}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ table bench }}", "no table is called 'bench'"),
        ("See {{ table benchmark }}.", "a paragraph by itself"),
    ],
)
@pytest.mark.usefixtures("measured")
def test_a_slip_is_an_error(html: Convert, text: str, message: str) -> None:
    with pytest.raises(ShortcodeError, match=message):
        html(text)


def test_the_demo_says_that_it_has_none(published: Path) -> None:
    write_json(published / "data/manifest/about.json", {"dataset": "digits"})
    options = {"site_src.shortcodes": {"docs": str(published)}}
    page = Markdown(extensions=["site_src.shortcodes"], extension_configs=options)
    assert page.convert("{{ table benchmark }}") == "<p>No benchmark was run for this demo.</p>"


def test_rows_in_the_machines_own_format_do_not_repeat_it(html: Convert, published: Path) -> None:
    own, other = (f"A processor, 2 cores, {name}" for name in ("float32", "bfloat16"))
    rows = [Row("AE_16D", 1.0, "ms", group="loop", **HERE | {"device": name}) for name in (own, other)]  # type: ignore[arg-type]
    machine = MACHINE | {"cpu": "A processor", "precision": "float32"}
    write(published / "data" / "benchmark.json", Report(machine, tuple(rows)), TITLES)
    text = html("{{ table benchmark }}")
    assert text.count(own) == 1
    assert text.count('scope="rowgroup"') == 2
    assert f"(2026-01-02, abc1234, {other})" in text
