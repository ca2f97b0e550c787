"""``{{ figure ID }}``: a published figure in both themes, with its number, caption and data.

``{{ figure ID live NAME }}``: the same, with a live view in the pictures' place once it has started; a word
more, such as a family's, and the view is of that alone.
``{{ figure ID with NAME }}``: the same, with the view after the figure, whose pictures stay.
``{{ ref ID }}``: a link to a figure, on the same page or on another.
``{{ view NAME ID }}``: a live view by itself, where the figure's pictures stand in until it starts; a word
more, here too, makes it of that alone.
"""

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString

from site_src.shortcodes import provenance
from site_src.shortcodes.elements import append_text
from site_src.shortcodes.published import FIGURES, Published, ShortcodeError, sound, unknown

FIGURE = re.compile(
    r"\{\{\s*figure\s+(?P<figure>[\w/-]+)"
    r"(?:\s+(?P<how>live|with)\s+(?P<live>\w+)(?:\s+(?P<of>\w+))?)?\s*\}\}"
)
VIEW = re.compile(r"\{\{\s*view\s+(?P<view>\w+)\s+(?P<stands_in>[\w/-]+)(?:\s+(?P<of>\w+))?\s*\}\}")
FIGURE_REFERENCE = r"\{\{\s*ref\s+([\w/-]+)\s*\}\}"
STANDING = re.compile(rf"^{FIGURE.pattern}$", re.MULTILINE)
HEADING = re.compile(r"^# (.+?)\s*(?:\{.*\})?$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
THEMES = ("light", "dark")


class FigureCounter:
    """Numbers the figures of one page in the order in which they stand; knows where those of others are."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.elsewhere: dict[str, tuple[str, str]] = {}

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
        """Link to a figure of this page, or else of another, which the link's text then names.

        Blocks are made before inline text, so each figure of this page has its number.
        """
        figure_id = match[1]
        if figure_id in self.numbers:
            address, text = "", f"Figure {self.numbers[figure_id]}"
        elif figure_id in self.elsewhere:
            address, text = self.elsewhere[figure_id]
        else:
            raise unknown("figure on a page", figure_id, self.numbers.keys() | self.elsewhere.keys())
        link = Element("a", {"href": f"{address}#{anchor(figure_id)}"})
        link.text = text
        return link


def placed(docs: Path) -> dict[str, tuple[str, str]]:
    """By figure, the address of its page from the root of ``docs``, and what a link there says."""
    found: dict[str, tuple[str, str]] = {}
    for page in sorted(docs.rglob("*.md")):
        with sound(page, ""):
            text = page.read_text(encoding="utf-8")
        title = HEADING.search(text)
        for number, standing in enumerate(STANDING.finditer(CODE.sub("", text)), start=1):
            name = title[1] if title else page.stem
            found[standing["figure"]] = (
                f"/{page.relative_to(docs).as_posix()}",
                f"Figure {number} of “{name}”",
            )
    return found


class FigureBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself.

    It makes elements with absolute paths, which MkDocs turns into relative ones and checks.
    """

    def __init__(
        self, parser: BlockParser, published: Published, counter: FigureCounter, views: frozenset[str]
    ) -> None:
        super().__init__(parser)
        self.published = published
        self.counter = counter
        self.views = views

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return FIGURE.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the figure."""
        block = FIGURE.fullmatch(blocks.pop(0).strip())
        assert block  # as tested
        figure_id = block["figure"]
        if figure_id not in self.published.figures:
            raise unknown("figure", figure_id, self.published.figures)
        entry = self.published.figures[figure_id]
        box = SubElement(parent, "figure", {"id": anchor(figure_id), "class": "drawing"})
        with sound(self.published.figure_file(figure_id), FIGURES):
            live = block["how"] == "live"
            pictures = _place(box, block["live"], self.views, block["of"]) if live else box
            for theme in THEMES:
                _picture(pictures, entry, theme)
            if "gif" in entry["files"]["light"]:
                _player(box, entry, self.published)
            self._caption(box, figure_id, entry)
        if block["how"] == "with":
            _place(parent, block["live"], self.views, block["of"]).set("id", f"{anchor(figure_id)}-live")

    def _caption(self, box: Element, figure_id: str, entry: dict[str, Any]) -> None:
        """Append the caption; the Markdown and maths in it are converted with the page's own."""
        caption = SubElement(box, "figcaption")
        number = SubElement(caption, "span", {"class": "figure-number"})
        number.text = f"Figure {self.counter.add(figure_id)}."
        number.tail = f" {entry['caption']} "
        results = [name for name in entry["results"] if name in self.published.results]
        for name in results:
            path = self.published.results[name]["file"]
            link = SubElement(caption, "a", {"href": f"/{path}", "title": f"Download {name}"})
            # Several links by one name could not be told apart.
            link.text = "Data" if len(results) == 1 else f"Data of {name}"
            link.tail = " "
        self._made(caption, figure_id, entry)

    def _made(self, caption: Element, figure_id: str, entry: dict[str, Any]) -> None:
        """Append what it takes to make the figure again: its code, the command, the trainings behind it."""
        details = SubElement(caption, "details", {"class": "made"})
        append_text(details, "summary", "How this was made")
        words = SubElement(details, "p")
        words.text = "In "
        append_text(words, "code", entry["source"]).tail = ", again with "
        command = append_text(words, "code", f"make figures ONLY={figure_id}")
        runs = [f"{name} (seed {self._seed(name)})" for name in entry["runs"]]
        command.tail = f", from {', '.join(runs) or 'the data alone'}. "
        append_text(words, "a", "Provenance", href=f"#{provenance.ANCHOR}").tail = "."

    def _seed(self, run: str) -> int:
        return int(self.published.runs[run]["config"]["optimisation"]["seed"])


class ViewBlock(BlockProcessor):
    """Replaces a shortcode that is a paragraph by itself; the page's script finds it by ``data-view``."""

    def __init__(
        self, parser: BlockParser, published: Published, counter: FigureCounter, views: frozenset[str]
    ) -> None:
        super().__init__(parser)
        self.published = published
        self.counter = counter
        self.views = views

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Tell whether the block is the shortcode and nothing else."""
        return VIEW.fullmatch(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the place with the figure's pictures, unless they stand on the page already."""
        block = VIEW.fullmatch(blocks.pop(0).strip())
        assert block  # as tested
        figure_id = block["stands_in"]
        box = _place(parent, block["view"], self.views, block["of"])
        box.set("id", block["view"])  # a figure has one of its own
        _needs(box)
        if figure_id not in self.published.figures:
            raise unknown("figure", figure_id, self.published.figures)
        if figure_id in self.counter.numbers:
            return
        with sound(self.published.figure_file(figure_id), FIGURES):
            for theme in THEMES:
                _picture(box, self.published.figures[figure_id], theme)


def anchor(figure_id: str) -> str:
    """Return the id that the figure has in the page: ``vae/latent_plane`` becomes ``vae-latent_plane``."""
    return figure_id.replace("/", "-")


def _place(parent: Element, view: str, views: frozenset[str], of: str | None = None) -> Element:
    """Append the place of a live view, ``of`` something or of everything."""
    if view not in views:
        raise unknown("view", view, views)
    box = SubElement(parent, "div", {"class": "view", "data-view": view})
    if of:
        box.set("data-of", of)
    return box


def _needs(box: Element) -> None:
    """Append what a view needs, which the page shows until scripts run; the search need not find it."""
    note = append_text(
        box,
        "p",
        "A picture stands in for a live view, which needs JavaScript and a site that is served: ",
        **{"class": "needs", "role": "note", "data-search-exclude": ""},
    )
    for command, rest in (
        ("python3 -m http.server", " in the site's folder, or "),
        ("make serve", " in the project's."),
    ):
        append_text(note, "code", command).tail = AtomicString(rest)


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


def _player(box: Element, entry: dict[str, Any], published: Published) -> None:
    """Append links to the animation; the page's script puts a player in their place."""
    box.set("class", "drawing animation")
    links = SubElement(box, "p", {"class": "play"})
    for theme in THEMES:
        path = entry["files"][theme]["gif"]["path"]
        frames = str(published.frames(path))
        link = SubElement(links, "a", {"href": f"/{path}", "class": f"only-{theme}", "data-frames": frames})
        link.text = "Play the animation"
