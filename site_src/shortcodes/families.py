"""Tables as the site shows them: aligned by class, with a colour a column where AE, VAE and GAN compare.

A table whose header names the three families is the site's comparison in three columns: beside one another
where there is room, one under another, each under its name, on a phone.
"""

import re
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor

FAMILIES = {"Autoencoder": "ae", "AE": "ae", "VAE": "vae", "GAN": "gan"}
ALIGNED = re.compile(r"text-align: (left|center|right);")


class Tables(Treeprocessor):
    """Mends what Python-Markdown writes: it aligns by inline styles, which a strict policy forbids."""

    def run(self, root: Element) -> None:
        """Rewrite every table of a page."""
        for table in root.iter("table"):
            for cell in table.iter():
                if aligned := ALIGNED.fullmatch(cell.get("style", "")):
                    del cell.attrib["style"]
                    cell.set("class", aligned[1])
                if cell.tag == "th" and not "".join(cell.itertext()).strip():
                    cell.tag = "td"  # an empty corner heads nothing
                elif cell.tag == "th":
                    cell.attrib.setdefault("scope", "col")
            _compare(table)


def _compare(table: Element) -> None:
    """Mark the columns of a comparison; label each cell for narrow screens, which show no header."""
    head, *rows = table.iter("tr")
    families = [_family(cell) for cell in head]
    if len({*families} - {""}) < 3:
        return
    table.set("data-families", str(len(families) - 1))
    for row in (head, *rows):
        for cell, family, title in list(zip(row, families, head, strict=False))[1:]:
            cell.set("class", f"{cell.get('class', '')} {family}".strip())
            if row is not head:
                cell.set("data-label", "".join(title.itertext()))


def _family(cell: Element) -> str:
    """The class of the family that a header cell names, with or without an addition: "GAN, by search"."""
    return FAMILIES.get("".join(cell.itertext()).split(",")[0].strip(), "")
