"""Pages of notebooks in the site's own style: what mkdocs-jupyter renders, less 600 KB of styles.

Maths becomes MathML as on every other page, code is coloured and copied like other code, and each picture has
the alt text that its cell carries (``# %% alt="..."`` in the script).
"""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from mkdocs.config.base import Config
from mkdocs.plugins import BasePlugin

from site_src.shortcodes.maths import INLINE_MATHS, mathml
from site_src.shortcodes.published import ShortcodeError

DISPLAY_MATHS = re.compile(r"(?:<p>\s*)?\$\$(.+?)\$\$(?:\s*</p>)?", re.DOTALL)
CODE = re.compile(r"(<(?:pre|code)\b.*?</(?:pre|code)>)", re.DOTALL)


class Options(Config):
    """There are none."""


class NotebookPages(BasePlugin[Options]):
    """A MkDocs plugin, to stand after mkdocs-jupyter."""

    def on_page_content(self, content: str, *, page: Any, **_: Any) -> str:
        """Rewrite the body of a notebook's page; other pages stay as they are."""
        path = Path(page.file.abs_src_path)
        if path.suffix != ".ipynb":
            return content
        download = f'<p class="download"><a href="{path.name}" download>Download this notebook</a></p>'
        return "\n".join([*_cells(content, alternatives(path)), download])


def alternatives(path: Path) -> list[str]:
    """The alt text of every picture in a notebook, in order.

    Raises:
        ShortcodeError: a cell with a picture has none.
    """
    found = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                if "alt" not in cell["metadata"]:
                    start = "".join(cell["source"])[:80]
                    raise ShortcodeError(f'{path.name}: this cell draws and has no alt="...": {start}')
                found.append(str(cell["metadata"]["alt"]))
    return found


def _cells(content: str, texts: list[str]) -> Iterator[str]:
    """What matters of each cell, in order: prose, code, printed text, pictures."""
    described = iter(texts)
    for part in BeautifulSoup(content, "html.parser").select(
        ".jp-MarkdownOutput, .highlight-ipynb, .jp-RenderedText, .jp-RenderedImage"
    ):
        kinds = part.get_attribute_list("class")
        if "jp-MarkdownOutput" in kinds:
            yield _prose(part)
        elif "highlight-ipynb" in kinds:
            yield f'<div class="highlight"><pre><code>{_inner(part.pre)}</code></pre></div>'
        elif "jp-RenderedText" in kinds:
            yield f'<div class="output"><pre><code>{_inner(part.pre)}</code></pre></div>'
        else:
            alt, source = html.escape(next(described)), part.img["src"] if part.img else ""
            yield f'<img class="output" alt="{alt}" src="{source}" loading="lazy">'


def _prose(part: Tag) -> str:
    for anchor in part.select("a.anchor-link"):
        anchor["class"] = "headerlink"
        anchor["title"] = "Link to this section"
    pieces = CODE.split(_inner(part))
    return "".join(piece if CODE.fullmatch(piece) else _with_maths(piece) for piece in pieces)


def _with_maths(text: str) -> str:
    text = DISPLAY_MATHS.sub(lambda found: f'<div class="formula">{_formula(found[1], "block")}</div>', text)
    return re.sub(INLINE_MATHS, lambda found: _formula(found[1], "inline"), text)


def _formula(tex: str, display: str) -> str:
    return mathml(html.unescape(tex).strip(), display=display == "block")


def _inner(element: Tag | None) -> str:
    return element.decode_contents().strip("\n") if element else ""
