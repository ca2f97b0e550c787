"""TeX to MathML at build time: the reader's browser runs no script for it and asks no other host."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.util import HtmlStash

from site_src.shortcodes.published import ShortcodeError

# A dollar sign beside a space, after a backslash or before a digit is a dollar sign.
INLINE_MATHS = r"(?<![\\$])\$(?![\s$])([^$]+?)(?<![\s\\])\$(?![\d$])"

ARGUMENTS = dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2)
ARGUMENTS |= dict.fromkeys(("msubsup", "munderover"), 3)
FUNCTION = re.compile(r"<mi>(log|exp|ln|sin|cos|det|tr)</mi>(?!<mo stretchy=\"false\">&#x00028;)")
# "Is distributed as" is a relation and not an identifier; the bars of a norm keep their height.
MENDED = {
    "<mi>&#x0007E;</mi>": "<mo>&#x0223C;</mo>",
    "<mo>&#x02016;</mo>": '<mo stretchy="false">&#x02016;</mo>',
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
    """Convert TeX to MathML; raise ShortcodeError for what the converter cannot read or reads wrongly."""
    try:
        markup = convert(tex, display="block" if display else "inline")
    except Exception as error:  # the converter has a class for each complaint and no base for them
        raise ShortcodeError(f"unreadable TeX ({type(error).__name__}): {tex}") from error
    if defect := _defect(tex, ElementTree.fromstring(markup)):
        raise ShortcodeError(f"unreadable TeX ({defect}): {tex}")
    # TeX sets a thin space after a function's name; MathML does so for operators only.
    markup = FUNCTION.sub(r'<mo form="prefix" lspace="0" rspace="0.167em">\1</mo>', markup)
    for given, mended in MENDED.items():
        markup = markup.replace(given, mended)
    return markup


def _defect(tex: str, root: Element) -> str | None:
    """Name what the converter lets pass in silence: unknown commands, missing arguments, open braces."""
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if "\\" in (element.text or ""):
            return f"unknown command {element.text}"
        if len(element) != ARGUMENTS.get(name, len(element)):
            return f"{name} lacks an argument"
    bare = re.sub(r"\\[{}]", "", tex)
    return None if bare.count("{") == bare.count("}") else "braces do not match"
