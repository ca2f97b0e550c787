"""``{{ table NAME }}``: a table whose content is a file in docs/data/, or what is installed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from site_src.shortcodes.api import append_api
from site_src.shortcodes.benchmark import append_benchmark
from site_src.shortcodes.elements import append_text
from site_src.shortcodes.licences import append_licences
from site_src.shortcodes.published import MANIFEST_FILE, DataFile, load, sound, unknown
from site_src.shortcodes.reliability import append_reliability
from site_src.shortcodes.runs import append_runs
from site_src.shortcodes.scoreboard import append_scoreboard
from site_src.shortcodes.shapes import BENCHMARK, RELIABILITY, SCOREBOARD

TABLE = re.compile(r"\{\{\s*table\s+([\w/-]+)\s*\}\}")


@dataclass(frozen=True)
class Table:
    """How a table is appended, its file, and what a demo without it says."""

    append: Callable[[Element, dict[str, Any]], None]
    file: DataFile
    absent: str


TABLES = {
    "benchmark": Table(
        append_benchmark,
        DataFile("benchmark.json", BENCHMARK, "make bench"),
        "No benchmark was run for this demo.",
    ),
    "runs": Table(append_runs, MANIFEST_FILE, "This demo has no runs."),
    "reliability": Table(
        append_reliability,
        DataFile("reliability.json", RELIABILITY, "make fuzz"),
        "This demo was not put to the test.",
    ),
    "scoreboard": Table(
        append_scoreboard,
        DataFile("scoreboard.json", SCOREBOARD, "make figures"),
        "This demo has no scoreboard.",
    ),
}

FILELESS = {"api": append_api, "licences": append_licences}


class TableBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself by its table."""

    def __init__(self, parser: BlockParser, docs: Path, dataset: str) -> None:
        super().__init__(parser)
        self.folder = docs / "data"
        self.demo = dataset not in ("", "mnist")

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return TABLE.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the table; a demo, which may lack it, says so instead."""
        name = TABLE.sub(r"\1", blocks.pop(0).strip())
        if name in FILELESS:
            FILELESS[name](parent)
            return
        if name not in TABLES:
            raise unknown("table", name, [*TABLES, *FILELESS])
        table, path = TABLES[name], self.folder / TABLES[name].file.name
        if self.demo and not path.exists():
            append_text(parent, "p", table.absent)
            return
        loaded = load(self.folder, table.file)
        with sound(path, table.file.command):
            table.append(parent, loaded)
