"""``{{ figure ID }}``: a published figure in both themes, with its number, caption and data."""

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from site_src.shortcodes.published import Published, ShortcodeError, unknown

FIGURE = re.compile(r"\{\{\s*figure\s+([\w/-]+)\s*\}\}")
FIGURE_REFERENCE = r"\{\{\s*ref\s+([\w/-]+)\s*\}\}"
THEMES = ("light", "dark")


class FigureCounter:
    """Numbers the figures of one page in the order in which they stand."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def reset(self) -> None:
        """Start a new page."""
        self.numbers.clear()

    def add(self, figure_id: str) -> int:
        """Give the figure the page's next number, counted from 1."""
        if figure_id in self.numbers:
            raise ShortcodeError(f"figure '{figure_id}' stands twice on this page")
        self.numbers[figure_id] = len(self.numbers) + 1
        return self.numbers[figure_id]

    def reference(self, match: re.Match[str]) -> Element:
        """Link to a figure of this page. Blocks are made before inline text, so each has its number."""
        if match[1] not in self.numbers:
            raise unknown("figure of this page", match[1], self.numbers)
        link = Element("a", {"href": f"#{anchor(match[1])}"})
        link.text = f"Figure {self.numbers[match[1]]}"
        return link


class FigureBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself.

    It makes elements with absolute paths, which MkDocs turns into relative ones and checks.
    """

    def __init__(self, parser: BlockParser, published: Published, counter: FigureCounter) -> None:
        super().__init__(parser)
        self.published = published
        self.counter = counter

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return FIGURE.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the figure."""
        figure_id = FIGURE.sub(r"\1", blocks.pop(0).strip())
        if figure_id not in self.published.figures:
            raise unknown("figure", figure_id, self.published.figures)
        entry = self.published.figures[figure_id]
        box = SubElement(parent, "figure", {"id": anchor(figure_id), "class": "drawing"})
        for theme in THEMES:
            _picture(box, entry, theme)
        if "gif" in entry["files"]["light"]:
            _player(box, entry)
        self._caption(box, figure_id, entry)

    def _caption(self, box: Element, figure_id: str, entry: dict[str, Any]) -> None:
        """Append the caption; the Markdown and maths in it are converted with the page's own."""
        caption = SubElement(box, "figcaption")
        number = SubElement(caption, "span", {"class": "figure-number"})
        number.text = f"Figure {self.counter.add(figure_id)}."
        number.tail = f" {entry['caption']} "
        results = [name for name in entry.get("results", [figure_id]) if name in self.published.results]
        for name in results:
            path = self.published.results[name]["file"]
            link = SubElement(caption, "a", {"href": f"/{path}", "title": f"Download {name}"})
            # Several links by one name could not be told apart.
            link.text = "Data" if len(results) == 1 else f"Data of {name}"
            link.tail = " "


def anchor(figure_id: str) -> str:
    """Return the id that the figure has in the page: ``vae/latent_plane`` becomes ``vae-latent_plane``."""
    return figure_id.replace("/", "-")


def _picture(box: Element, entry: dict[str, Any], theme: str) -> None:
    """Append one theme's still picture; the style sheet hides the other theme's by the address's fragment."""
    formats = entry["files"][theme]
    still = formats.get("png") or formats["svg"]
    SubElement(
        box,
        "img",
        {
            "src": f"/{still['path']}#only-{theme}",
            "alt": entry["alt"],
            "width": str(still["width"]),
            "height": str(still["height"]),
            "loading": "lazy",  # without it the hidden theme's picture is fetched too
        },
    )


def _player(box: Element, entry: dict[str, Any]) -> None:
    """Append links to the animation; the page's script turns them into a button that plays it in place."""
    box.set("class", "drawing animation")
    links = SubElement(box, "p", {"class": "play"})
    for theme in THEMES:
        path = entry["files"][theme]["gif"]["path"]
        link = SubElement(links, "a", {"href": f"/{path}", "class": f"only-{theme}"})
        link.text = "Play the animation"
