"""The table of what is promised for when things go wrong, and how often tests tried to break each promise."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from site_src.shortcodes.elements import RIGHT, append_text
from site_src.shortcodes.published import ShortcodeError

# What is promised, and under which names the tests count what they tried.
PROMISES = {
    "A build that is killed goes on where it was, and ends with the same bytes as one that was not": {
        "killed while training": "killed while training",
        "killed while measuring": "killed while measuring",
        "killed while drawing": "killed while drawing",
        "bytes compared": "bytes compared",
    },
    "A file that cannot be written is named and left as it was; nothing stays half-written": {
        "write faults (ENOSPC)": "writes to a full disk",
        "write faults (EIO)": "writes that failed on the disk",
        "write faults (EACCES)": "writes that were not allowed",
        "write faults (torn)": "processes killed in the middle of a write",
    },
    "A damaged file is named or does no harm; a build sets it aside and makes it again": {
        "damaged inputs": "damaged files read",
        "damaged files mended": "damaged files mended by a build",
    },
    "No text in a data file, a shortcode, a command or a variable becomes code, or a traceback": {
        "hostile inputs": "hostile texts tried",
    },
    "Who builds is alone; the others wait, and nobody waits for the dead": {
        "processes that waited for a lock": "processes that waited",
        "locks taken from the dead": "locks taken from the dead",
        "workers that ended with their parent": "workers that ended with their parent",
        "reads while a file was rewritten": "reads of a file that was being rewritten",
    },
    "Another number of threads changes first steps by no more than make check tolerates": {
        "replays compared": "replays compared",
    },
}


def append_reliability(parent: Element, content: dict[str, Any]) -> None:
    """Append the table, and where and when it was counted.

    Raises:
        ShortcodeError: something promised was not tried at all.
    """
    table = SubElement(parent, "table", {"aria-label": "Reliability"})
    head = SubElement(SubElement(table, "thead"), "tr")
    append_text(head, "th", "Promised, and tried", scope="col")
    append_text(head, "th", "Times", scope="col", **RIGHT)
    for promise, names in PROMISES.items():
        body = SubElement(table, "tbody")
        append_text(SubElement(body, "tr"), "th", promise, scope="rowgroup", colspan="2")
        for name, told in names.items():
            line = SubElement(body, "tr")
            append_text(line, "th", told, scope="row")
            append_text(line, "td", f"{_count(content['counts'], name):,}", **RIGHT)
    machine = content["machine"]
    append_text(
        parent,
        "p",
        f"Counted on {content['measured']} at commit {content['commit']}, on {machine['cpu']} with "
        f"{machine['cores']} cores, {machine['system']}, Python {machine['python']} and PyTorch "
        f"{machine['torch']}. None of these tries failed: the table is written only then.",
    )


def _count(counts: Mapping[str, int], name: str) -> int:
    """How often something was tried, of whichever kind."""
    count = sum(times for what, times in counts.items() if what.partition(":")[0] == name)
    if not count:
        raise ShortcodeError(f"reliability.json counts no {name!r}; `make fuzz` writes it anew")
    return count
