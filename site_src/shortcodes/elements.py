"""Making elements."""

from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

RIGHT = {"class": "right"}  # a column of numbers; the style sheet aligns by class


def append_text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    """Append an element; its text is no Markdown, and is escaped when the page is written."""
    element = SubElement(parent, tag, attributes)
    element.text = AtomicString(text)
    return element
