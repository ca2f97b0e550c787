"""Terms of ``content/glossary.toml``: their first mention on a page links to their meaning, also its tooltip.

``{{ glossary }}`` is the list of them.
"""

import re
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor
from markdown.core import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from site_src.shortcodes.published import Form, load
from site_src.shortcodes.shapes import TERMS

GLOSSARY = re.compile(r"\{\{\s*glossary\s*\}\}")
PAGE = "/glossary.md"
PROSE = {
    "p",
    "li",
    "em",
    "strong",
}  # where terms are looked for; links, headings, tables and code stay as they are
SOURCE = Path(__file__).parents[1] / "content" / "glossary.toml"
LIST = Form(TERMS)


def terms() -> dict[str, str]:
    """What each term means, in the order of the file.

    Raises:
        ShortcodeError: the file is malformed; the message says where.
    """
    return load(SOURCE, LIST)


class GlossaryBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself by a list of definitions."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return GLOSSARY.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the list."""
        blocks.pop(0)
        box = SubElement(parent, "dl", {"class": "glossary"})
        for term, meaning in terms().items():
            SubElement(box, "dt", {"id": anchor(term)}).text = AtomicString(term)
            SubElement(box, "dd").text = AtomicString(meaning)


class Terms(Treeprocessor):
    """Links the first mention of each term in the prose of a page."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.names = {term.lower(): term for term in terms()}
        longest_first = sorted(terms(), key=len, reverse=True)
        # A plural counts as a mention; a capital at the start of a sentence too.
        names = "|".join(map(re.escape, longest_first))
        self.pattern = re.compile(rf"(?<!-)\b(?:{names})(?=s?\b(?!-))", re.IGNORECASE)

    def run(self, root: Element) -> None:
        """Walk through the page in reading order."""
        if root.find(".//dl[@class='glossary']") is None:
            self._walk(root, set(self.names))

    def _walk(self, element: Element, left: set[str]) -> None:
        if element.tag in PROSE:
            element.text = self._link(element, 0, element.text, left)
        for child in list(element):
            if child.tag in PROSE or child.tag in {"div", "ul", "ol", "details"}:
                self._walk(child, left)
            if element.tag in PROSE:
                child.tail = self._link(element, list(element).index(child) + 1, child.tail, left)

    def _link(self, parent: Element, place: int, text: str | None, left: set[str]) -> str | None:
        """Insert links for the terms in a piece of text; returns the text before the first."""
        if not text or isinstance(text, AtomicString):
            return text
        match = next((found for found in self.pattern.finditer(text) if found[0].lower() in left), None)
        if match is None:
            return text
        term = self.names[match[0].lower()]
        left.discard(match[0].lower())
        link = Element("a", {"href": f"{PAGE}#{anchor(term)}", "class": "term", "title": terms()[term]})
        link.text = AtomicString(match[0])
        parent.insert(place, link)
        link.tail = self._link(parent, place + 1, text[match.end() :], left)
        return text[: match.start()]


def anchor(term: str) -> str:
    """The id of a term in the list: ``KL divergence`` becomes ``kl-divergence``."""
    return re.sub(r"\W+", "-", term.lower())
