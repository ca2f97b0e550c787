"""The table of what ``make bench`` measured, and on what machine."""

from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from site_src.shortcodes.elements import RIGHT, append_text

COLUMNS = ("Measured", "Ours", "Baseline", "Ratio", "Limit", "Met")
SIGNS = {
    "<=": "\N{LESS-THAN OR EQUAL TO}",
    ">=": "\N{GREATER-THAN OR EQUAL TO}",
    "x": "\N{MULTIPLICATION SIGN}",
}


def append_benchmark(parent: Element, content: dict[str, Any]) -> None:
    """Append a sentence on the machine, and the table."""
    machine, rows = content["machine"], content["rows"]
    parts = machine["cpu"], f"{machine['cores']} cores", machine.get("precision")
    place = ", ".join(part for part in parts if part)  # as rows name their device
    append_text(
        parent,
        "p",
        f"Measured on {place}, with {machine['memory_gb']} GB of memory, {machine['system']}, "
        f"Python {machine['python']} and PyTorch {machine['torch']} on {machine['threads']} threads.",
    )
    table = SubElement(parent, "table", {"aria-label": "Benchmark"})
    head = SubElement(SubElement(table, "thead"), "tr")
    for column in COLUMNS:
        append_text(head, "th", column, scope="col", **_aligned(column))
    for (group, _), measured in groupby(rows, key=lambda row: (row["group"], row["device"])):
        body = SubElement(table, "tbody")
        shown = list(measured)
        title = content["groups"][group] + _occasion(shown[0], place)
        append_text(SubElement(body, "tr"), "th", title, scope="rowgroup", colspan=str(len(COLUMNS)))
        for row in shown:
            _row(SubElement(body, "tr"), row)


def _occasion(row: dict[str, Any], place: str) -> str:
    """When and at which commit a group was measured, and on what if not on the machine of the others."""
    if not row["measured"]:
        return ""
    device = "" if row["device"] == place else f", {row['device']}"
    return f" ({row['measured']}, {row['commit']}{device})"


def _row(line: Element, row: dict[str, Any]) -> None:
    append_text(line, "th", row["name"], scope="row")
    if row["ours"] is None:
        append_text(line, "td", row["note"], colspan=str(len(COLUMNS) - 1))
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
        append_text(line, "td", text, **_aligned(column))


def _quantity(value: float | None, unit: str) -> str:
    """A number with its unit, which no line break parts from it."""
    return "" if value is None else f"{value:,}\N{NO-BREAK SPACE}{unit}".rstrip()


def _aligned(column: str) -> dict[str, str]:
    return RIGHT if column in COLUMNS[1:4] else {}
