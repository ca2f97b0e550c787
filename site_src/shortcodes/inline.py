"""What the inline shortcodes share."""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import InlineProcessor

# A dollar sign beside a space, after a backslash or before a digit is a dollar sign.
INLINE_MATHS = r"(?<![\\$])\$(?![\s$])([^$]+?)(?<![\s\\])\$(?![\d$])"


class Inline(InlineProcessor):
    """Replaces each match of a pattern by the text or element that a function makes of it."""

    def __init__(self, pattern: str, make: Callable[[re.Match[str]], str | Element]) -> None:
        super().__init__(pattern)
        self.make = make

    def handleMatch(  # type: ignore[override] # noqa: D102, N802 (Python-Markdown's name and signature)
        self, m: re.Match[str], _data: str
    ) -> tuple[str | Element, int, int]:
        return self.make(m), m.start(0), m.end(0)
