"""``{{ cite KEY }}`` and ``{{ bibliography }}``: literature from site_src/content/bibliography.toml."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString

from site_src.shortcodes.published import Form, load, sound, unknown
from site_src.shortcodes.shapes import WORKS

CITATION = r"\{\{\s*cite\s+([\w-]+)\s*\}\}"
BIBLIOGRAPHY = re.compile(r"\{\{\s*bibliography\s*\}\}")
SOURCE = Path(__file__).parents[1] / "content" / "bibliography.toml"
LIST = Form(WORKS)
PAGE = "/bibliography.md"


@dataclass(frozen=True)
class Work:
    """A publication: how a sentence names it, who wrote it, and where it is found."""

    short: str
    authors: str
    title: str
    place: str
    link: str

    @property
    def words(self) -> str:
        """The whole reference in one line."""
        return f"{self.authors}, {self.title}, {self.place}"


def works() -> dict[str, Work]:
    """The publications by key, in the order of the list.

    Raises:
        ShortcodeError: the file is malformed; the message says where.
    """
    with sound(SOURCE, ""):
        return {key: Work(**entry) for key, entry in load(SOURCE, LIST).items()}


def citation(match: re.Match[str]) -> Element:
    """A link to the list of references whose tooltip is the reference itself."""
    if match[1] not in works():
        raise unknown("work", match[1], works())
    work = works()[match[1]]
    link = Element("a", {"href": f"{PAGE}#{match[1]}", "class": "citation", "title": work.words})
    link.text = AtomicString(work.short)
    return link


class BibliographyBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself by the list of all works."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return BIBLIOGRAPHY.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the list."""
        blocks.pop(0)
        box = SubElement(parent, "ul", {"class": "bibliography"})
        for key, work in works().items():
            item = SubElement(box, "li", {"id": key})
            item.text = AtomicString(f"{work.authors}, ")
            link = SubElement(item, "a", {"href": work.link})
            link.text = AtomicString(work.title)
            link.tail = AtomicString(f", {work.place}.")
