"""TeX to MathML at build time: the reader's browser runs no script for it and asks no other host."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.util import HtmlStash
from math_core import LatexError, LatexToMathML

from site_src.shortcodes.published import ShortcodeError

ALIGNED = re.compile(r'style="text-align: (left|right);[^"]*"')  # the style sheet aligns by class
LONGEST = 2_000  # characters; the converter calls itself for every brace, and a crash is no message
CONVERTER = LatexToMathML(fancy_error=False)

MENDED = {
    # The same sign in a fifth of the bytes.
    "&ApplyFunction;": "\u2061",
    # Asks for one of two script alphabets; where the font has only one, a browser may take another font.
    "\ufe00": "",
    # Firefox would draw it as large as a sum.
    ">⊙</mo>": ' largeop="false">⊙</mo>',
}


class MathBlock(BlockProcessor):
    """``$$...$$`` as a paragraph by itself, on one line or several."""

    def __init__(self, parser: BlockParser, stash: HtmlStash) -> None:
        super().__init__(parser)
        self.stash = stash

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block opens with two dollar signs."""
        return block.lstrip().startswith("$$")

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append a box with the formula in display style."""
        text = blocks.pop(0).strip()
        if len(text) < 5 or not text.endswith("$$"):
            raise ShortcodeError(f"this formula does not end with $$ in its own paragraph: {text}")
        # A wide formula scrolls in a box of its own.
        box = ElementTree.SubElement(parent, "div", {"class": "formula"})
        box.text = self.stash.store(mathml(text[2:-2].strip(), display=True))


def mathml(tex: str, *, display: bool) -> str:
    """Convert TeX to MathML; raise ShortcodeError for what the converter cannot read."""
    if len(tex) > LONGEST:
        raise ShortcodeError(f"TeX of {len(tex):,} characters, and {LONGEST:,} are allowed: {tex[:60]} ...")
    try:
        markup = CONVERTER.convert_with_local_state(tex, displaystyle=display)
    except (LatexError, UnicodeError) as error:
        raise ShortcodeError(f"unreadable TeX (at character {error}): {tex}") from error
    for given, mended in MENDED.items():
        markup = markup.replace(given, mended)
    markup = ALIGNED.sub(r'class="\1"', markup)
    if ' style="' in markup:
        raise ShortcodeError(f"TeX that needs styles of its own, which the site's policy forbids: {tex}")
    return markup
