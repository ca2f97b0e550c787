"""Markdown shortcodes of the site: figures, numbers, references, a table and maths, checked when building.

Written in a page                     becomes
``{{ figure vae/latent_plane }}``     (a paragraph) the picture in both themes, a numbered caption, its data
``{{ ref vae/latent_plane }}``        a link reading "Figure 3", or "Figure 3 of “GAN”" on other pages
``{{ figure vae/latent_plane live plane vae }}``  the same with a live view in its pictures' place
``{{ figure control/steering with steer }}``      the same with a live view after it
``{{ view plane compare/samples }}``  (a paragraph) a live view of the playground; without it, the picture
``{{ num VAE_16D.parameters:, }}``    the number of that name, formatted by a Python format specification
``{{ table benchmark }}``             (a paragraph) a table of a file in docs/data/, or of what is installed
``{{ cite kingma2014 }}``             a link to the list of references, with the reference as its tooltip
``{{ bibliography }}``                (a paragraph) that list
``{{ glossary }}``                    (a paragraph) the terms that pages link to at their first mention
``$...$`` and ``$$...$$``             MathML, set inline or as a block

A name that nobody published, a malformed shortcode and unreadable TeX raise a ShortcodeError, which ends
the build.
"""

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown.core import Markdown
from markdown.extensions import Extension

from site_src.shortcodes.citations import CITATION, BibliographyBlock, citation
from site_src.shortcodes.families import Tables
from site_src.shortcodes.figures import FIGURE_REFERENCE, FigureBlock, FigureCounter, ViewBlock, placed
from site_src.shortcodes.glossary import GlossaryBlock, Terms
from site_src.shortcodes.inline import INLINE_MATHS, Inline
from site_src.shortcodes.maths import MathBlock, mathml
from site_src.shortcodes.numbers import NUMBER, formatted
from site_src.shortcodes.provenance import Provenance
from site_src.shortcodes.published import ShortcodeError, read
from site_src.shortcodes.tables import TableBlock

__all__ = ["ShortcodeError", "Shortcodes", "makeExtension"]

ROOT = Path(__file__).parents[2]
SLIP = r"\{\{\s*(?:num|figure|ref|view|table|cite|bibliography|glossary)\b[^}]*\}?\}?"

PLAYGROUND = Path(__file__).parents[1] / "theme" / "assets" / "playground"

# Python-Markdown's own order: code spans 190, backslash escapes 180; code blocks 80, tables 75, headings 70.
# The shortcodes come between the first two of each: code stays as typed, and TeX keeps its backslashes.
INLINE, BLOCK = 185, 77


class Shortcodes(Extension):
    """Registers the processors; ``docs`` holds data/ and figures/, and is relative to the repository."""

    def __init__(self, **options: Any) -> None:
        self.config = {"docs": ["docs", "folder that holds data/manifest/ and data/numbers.json"]}
        self.counter = FigureCounter()
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def reset(self) -> None:
        """Start a new page; Python-Markdown calls this between documents."""
        self.counter.reset()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Read what was published and register the processors; MkDocs has one converter for each page."""
        md.registerExtension(self)
        docs = ROOT / self.getConfig("docs")
        published = read(docs)
        self.counter.elsewhere = placed(docs)
        blocks = md.parser.blockprocessors
        blocks.register(FigureBlock(md.parser, published, self.counter, views()), "figure", BLOCK)
        blocks.register(ViewBlock(md.parser, published, self.counter, views()), "view", BLOCK)
        blocks.register(TableBlock(md.parser, published), "data_table", BLOCK)
        blocks.register(BibliographyBlock(md.parser), "bibliography", BLOCK)
        blocks.register(GlossaryBlock(md.parser), "glossary", BLOCK)
        blocks.register(MathBlock(md.parser, md.htmlStash), "maths_block", BLOCK)

        # After inline text has become elements (20), before MkDocs makes links relative (0).
        md.treeprocessors.register(Provenance(md, published, self.counter.numbers), "provenance", 7)
        md.treeprocessors.register(Tables(md), "families", 6)
        md.treeprocessors.register(Terms(md), "terms", 5)

        def maths(match: re.Match[str]) -> str:
            return md.htmlStash.store(mathml(match[1], display=False))

        def number(match: re.Match[str]) -> str:
            return formatted(published.numbers, match[1], match[2] or "")

        inline = md.inlinePatterns
        inline.register(Inline(INLINE_MATHS, maths), "maths", INLINE)
        inline.register(Inline(NUMBER, number), "number", INLINE)
        inline.register(Inline(FIGURE_REFERENCE, self.counter.reference), "figure_reference", INLINE)
        inline.register(Inline(CITATION, citation), "citation", INLINE)
        inline.register(Inline(SLIP, _refuse), "slip", INLINE - 1)


def views() -> frozenset[str]:
    """The names of the playground's views."""
    return frozenset(path.stem for path in (PLAYGROUND / "views").glob("*.js"))


def makeExtension(**options: Any) -> Shortcodes:  # noqa: N802 (Python-Markdown's name)
    """Build the extension; this is the entry point that Python-Markdown looks for."""
    return Shortcodes(**options)


def _refuse(match: re.Match[str]) -> Element:
    raise ShortcodeError(f"this is not a shortcode: {match[0]} (a figure or table is a paragraph by itself)")
