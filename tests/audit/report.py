"""The audit as a table, and below it what failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tests.audit.site import Finding, Row

HEADER = ("check", "what was looked at", "measured", "limit", "")
MOST_PLACES = 6


def table(rows: Sequence[Row]) -> str:
    """One line for each row, in columns."""
    lines = [HEADER, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip_longest(*lines, fillvalue="")]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def details(rows: Sequence[Row]) -> str:
    """What failed, each fault once, with the places where it is."""
    return "\n".join(line for row in rows if row.findings for line in _details(row))


def _details(row: Row) -> Iterator[str]:
    yield f"\n{row.check}: {row.subject}"
    places: dict[str, list[Finding]] = defaultdict(list)
    for finding in row.findings:
        places[finding.message].append(finding)
    for message, findings in places.items():
        where = list(dict.fromkeys(f"{finding.page}  {finding.element}".rstrip() for finding in findings))
        times = f" ({len(findings)} times)" if len(findings) > 1 else ""
        if len(where) == 1:
            yield f"  {where[0]}: {message}{times}"
            continue
        yield f"  {message}{times}"
        yield from (f"      {place}" for place in where[:MOST_PLACES])
        if len(where) > MOST_PLACES:
            pages = len({finding.page for finding in findings})
            yield f"      ... and {len(where) - MOST_PLACES} more; {pages} pages in all"
