"""``{{ table licences }}``: the pinned packages that are installed, with what they say of their licence."""

import re
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from site_src.shortcodes.elements import append_text

PINS = Path(__file__).parents[2] / "requirements.txt"
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
COLUMNS = ("Package", "Version", "Licence")
NOT_STATED = "not stated"
SHORT = 80  # characters; some packages put the whole text of their licence where its name belongs
CLASSIFIER = "License :: "


class Package(NamedTuple):
    """A package as its own metadata describes it."""

    name: str
    version: str
    licence: str


def installed() -> tuple[Package, ...]:
    """The packages of requirements.txt that are installed here; other systems need a few more or fewer."""
    names = dict.fromkeys(name for name, _ in PIN.findall(PINS.read_text(encoding="utf-8")))
    return tuple(Package(name, found.version, licence(found)) for name, found in _found(names))


def licence(package: Distribution) -> str:
    """What the metadata says, in the order of how exactly it says it."""
    # Typeshed's protocol lacks what the class behind it has.
    metadata: Message = package.metadata  # type: ignore[assignment]
    kinds = [kind for kind in metadata.get_all("Classifier", []) if kind.startswith(CLASSIFIER)]
    named = ", ".join(kind.rpartition(" :: ")[2] for kind in kinds)
    return next(filter(None, (metadata.get("License-Expression"), named, *_short(package))), NOT_STATED)


def append_licences(parent: Element) -> None:
    """Append the table."""
    table = SubElement(parent, "table", {"aria-label": "Licences of the packages"})
    head = SubElement(SubElement(table, "thead"), "tr")
    for column in COLUMNS:
        append_text(head, "th", column, scope="col")
    body = SubElement(table, "tbody")
    for package in installed():
        line = SubElement(body, "tr")
        append_text(line, "th", package.name, scope="row")
        append_text(line, "td", package.version)
        append_text(line, "td", package.licence)


def _found(names: dict[str, None]) -> Iterator[tuple[str, Distribution]]:
    for name in names:
        try:
            yield name, distribution(name)
        except PackageNotFoundError:
            continue


def _short(package: Distribution) -> Iterator[str]:
    """A name in the old field, or at the head of the licence's own file."""
    metadata: Message = package.metadata  # type: ignore[assignment]
    files = [package.read_text(f"licenses/{name}") or "" for name in metadata.get_all("License-File", [])]
    for text in (metadata.get("License") or "", *files):
        lines = text.strip().splitlines()
        if lines and len(lines[0]) <= SHORT and lines[0] != "UNKNOWN":
            yield lines[0].strip()
