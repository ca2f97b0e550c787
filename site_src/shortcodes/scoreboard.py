"""The table of all families by all measures."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from site_src.shortcodes.elements import RIGHT, append_text

BETTER = {"lower": "lower is better", "higher": "higher is better", "": "neither end is better"}


def append_scoreboard(parent: Element, content: dict[str, Any]) -> None:
    """Append the table: the best family of each row in bold type, and what a row tells below its name."""
    table = SubElement(parent, "table", {"aria-label": "Scoreboard"})
    head = SubElement(SubElement(table, "thead"), "tr")
    columns = ["Measure", *content["columns"]]
    for column in columns:
        append_text(head, "th", column, scope="col", **({} if column == columns[0] else RIGHT))
    for section in content["sections"]:
        body = SubElement(table, "tbody")
        line = SubElement(body, "tr")
        append_text(line, "th", section["title"], scope="rowgroup", colspan=str(len(columns)))
        for row in section["rows"]:
            _append_row(SubElement(body, "tr"), row)


def _append_row(line: Element, row: dict[str, Any]) -> None:
    name = append_text(line, "th", row["title"], scope="row")
    append_text(name, "small", f"{row['about']} ({BETTER[row['better']]})" if row["better"] else row["about"])
    for cell in row["cells"]:
        place = SubElement(line, "td", RIGHT)
        append_text(place, "strong" if cell["best"] else "span", cell["text"])
        if cell["spread"]:
            append_text(place, "small", f"\N{PLUS-MINUS SIGN}\N{NO-BREAK SPACE}{cell['spread']}")
