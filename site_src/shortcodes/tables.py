"""``{{ table NAME }}``: a table of what a file in docs/data/ says, of the runs, or of what is installed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from site_src.shortcodes.api import append_api
from site_src.shortcodes.benchmark import append_benchmark
from site_src.shortcodes.elements import append_text
from site_src.shortcodes.licences import append_licences
from site_src.shortcodes.published import FIGURES, Form, Published, load, sound, unknown
from site_src.shortcodes.reliability import append_reliability
from site_src.shortcodes.runs import append_runs
from site_src.shortcodes.scoreboard import append_scoreboard
from site_src.shortcodes.shapes import BENCHMARK, RELIABILITY, SCOREBOARD

TABLE = re.compile(r"\{\{\s*table\s+([\w/-]+)\s*\}\}")


@dataclass(frozen=True)
class Table:
    """How a table is appended, the form of its file in docs/data/, and what a demo without it says."""

    append: Callable[[Element, dict[str, Any]], None]
    form: Form
    absent: str


TABLES = {
    "benchmark": Table(
        append_benchmark, Form(BENCHMARK, "make bench"), "No benchmark was run for this demo."
    ),
    "reliability": Table(
        append_reliability, Form(RELIABILITY, "make fuzz"), "This demo was not put to the test."
    ),
    "scoreboard": Table(append_scoreboard, Form(SCOREBOARD, FIGURES), "This demo has no scoreboard."),
}


class TableBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself by its table."""

    def __init__(self, parser: BlockParser, published: Published) -> None:
        super().__init__(parser)
        self.folder = published.docs / "data"
        self.demo = published.dataset not in ("", "mnist")
        self.fileless: dict[str, Callable[[Element], None]] = {
            "api": append_api,
            "licences": append_licences,
            "runs": partial(append_runs, runs=published.runs),
        }

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return TABLE.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the table; a demo, which may lack its file, says so instead."""
        name = TABLE.sub(r"\1", blocks.pop(0).strip())
        if name in self.fileless:
            self.fileless[name](parent)
            return
        if name not in TABLES:
            raise unknown("table", name, [*TABLES, *self.fileless])
        table, path = TABLES[name], self.folder / f"{name}.json"
        if self.demo and not path.exists():
            append_text(parent, "p", table.absent)
            return
        loaded = load(path, table.form)
        with sound(path, table.form.command):
            table.append(parent, loaded)
