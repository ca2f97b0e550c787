"""What HTML a notebook may bring to its page: that of Markdown and coloured code, and nothing that acts.

nbconvert passes on whatever HTML stands in a cell. It is refused, not cleaned: who wrote it should know.
"""

import re
from collections.abc import Iterator

from bs4 import Tag
from bs4.element import NavigableString

TAGS = re.compile(
    r"a|blockquote|br|code|del|div|em|h[1-6]|hr|li|ol|p|pre|span|strong|su[bp]|table|t(?:body|d|h|head|r)|ul"
)
# No value holds a dollar sign, between two of which maths is looked for.
ATTRIBUTES = {
    # Of headings, of code, of a table's cells, of Pygments, of terminals.
    "class": re.compile(r"anchor-link|highlight|left|center|right|[a-z]{1,2}\d?|ansi-[\w-]+"),
    "href": re.compile(r"https?://[^$\\\s]*|(?:#|(?:\.\./)*\w)[^$:\\\s]*"),  # of no scheme that runs code
    "id": re.compile(r"[^$\s]+"),
    "title": re.compile(r"[^$]*"),
}


def refused(part: Tag) -> Iterator[str]:
    """What in a part of a page is not allowed, in words."""
    for one in part.descendants:
        if not isinstance(one, Tag):
            if type(one) is not NavigableString:
                yield f"a {type(one).__name__.lower()}"
        elif not TAGS.fullmatch(one.name):
            yield f"<{one.name}>"
        else:
            yield from (
                f'<{one.name} {name}="{value}">'
                for name in one.attrs
                for value in one.get_attribute_list(name)
                if name not in ATTRIBUTES or not ATTRIBUTES[name].fullmatch(value or "")
            )
