"""``{{ table benchmark }}``: what ``make bench`` measured, and on what machine."""

import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString

from site_src.shortcodes.published import ShortcodeError

TABLE = re.compile(r"\{\{\s*table\s+([\w/-]+)\s*\}\}")
COLUMNS = ("Measured", "Ours", "Baseline", "Ratio", "Limit", "Met")
SIGNS = {
    "<=": "\N{LESS-THAN OR EQUAL TO}",
    ">=": "\N{GREATER-THAN OR EQUAL TO}",
    "x": "\N{MULTIPLICATION SIGN}",
}


class BenchmarkBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself by a sentence on the machine and the table."""

    def __init__(self, parser: BlockParser, docs: Path, dataset: str) -> None:
        super().__init__(parser)
        self.path = docs / "data" / "benchmark.json"
        self.demo = dataset not in ("", "mnist")

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return TABLE.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the sentence and the table; a demo, for which no benchmark is run, says so instead."""
        name = TABLE.sub(r"\1", blocks.pop(0).strip())
        if name != "benchmark":
            raise ShortcodeError(f"no table is called '{name}'; there is: benchmark")
        if self.demo and not self.path.exists():
            _text(parent, "p", "No benchmark was run for this demo.")
            return
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            _append(parent, content)
        except FileNotFoundError as error:
            raise ShortcodeError(f"{self.path} is missing; `make bench` writes it") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ShortcodeError(
                f"{self.path} is malformed ({error!r}); restore it with `git checkout`, or delete it and run "
                "`make bench`"
            ) from error


def _append(parent: Element, content: dict[str, Any]) -> None:
    machine, rows = content["machine"], content["rows"]
    place = f"{machine['cpu']}, {machine['cores']} cores"
    _text(
        parent,
        "p",
        f"Measured on {place}, with {machine['memory_gb']} GB of memory, {machine['system']}, "
        f"Python {machine['python']} and PyTorch {machine['torch']} on {machine['threads']} threads.",
    )
    table = SubElement(parent, "table", {"aria-label": "Benchmark"})
    head = SubElement(SubElement(table, "thead"), "tr")
    for column in COLUMNS:
        _text(head, "th", column, scope="col", **_aligned(column))
    for group, measured in groupby(rows, key=lambda row: row["group"]):
        body = SubElement(table, "tbody")
        shown = list(measured)
        title = content["groups"][group] + _occasion(shown[0], place)
        _text(SubElement(body, "tr"), "th", title, scope="rowgroup", colspan=str(len(COLUMNS)))
        for row in shown:
            _row(SubElement(body, "tr"), row)


def _occasion(row: dict[str, Any], place: str) -> str:
    """When and at which commit a group was measured, and on what if not on the machine of the others."""
    if not row["measured"]:
        return ""
    device = "" if row["device"] == place else f", {row['device']}"
    return f" ({row['measured']}, {row['commit']}{device})"


def _row(line: Element, row: dict[str, Any]) -> None:
    _text(line, "th", row["name"], scope="row")
    if row["ours"] is None:
        _text(line, "td", row["note"], colspan=str(len(COLUMNS) - 1))
        return
    limit = "\N{NO-BREAK SPACE}".join(SIGNS.get(word, word) for word in row["limit"].split())
    met = {True: "met", False: "missed", None: ""}[row["met"]]
    cells = (
        _quantity(row["ours"], row["unit"]),
        _quantity(row["baseline"], row["unit"]),
        _quantity(row["ratio"], SIGNS["x"]),
        limit or "reported",
        met,
    )
    for column, text in zip(COLUMNS[1:], cells, strict=True):
        _text(line, "td", text, **_aligned(column))


def _quantity(value: float | None, unit: str) -> str:
    """A number with its unit, which no line break parts from it."""
    return "" if value is None else f"{value:,}\N{NO-BREAK SPACE}{unit}".rstrip()


def _aligned(column: str) -> dict[str, str]:
    return {"style": "text-align: right;"} if column in COLUMNS[1:4] else {}


def _text(parent: Element, tag: str, text: str, **attributes: str) -> None:
    """Append an element; its text is no Markdown, and is escaped when the page is written."""
    SubElement(parent, tag, attributes).text = AtomicString(text)
