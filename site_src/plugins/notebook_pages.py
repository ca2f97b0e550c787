"""Pages of notebooks in the site's own style: what mkdocs-jupyter renders, less 600 KB of styles.

Maths becomes MathML as on every other page, code is coloured and copied like other code, and each picture
is a file of its own with the alt text that its cell carries (``# %% alt="..."`` in the script).
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files

from site_src.plugins.notebook_files import COMMAND, Picture, pictures
from site_src.plugins.schema import refused
from site_src.shortcodes.inline import INLINE_MATHS
from site_src.shortcodes.maths import mathml
from site_src.shortcodes.published import ShortcodeError

DISPLAY_MATHS = re.compile(r"(?:<p>\s*)?\$\$(.+?)\$\$(?:\s*</p>)?", re.DOTALL)
EXECUTED = re.compile(r"docs/notebooks/(.+)\.ipynb$")
ALIGNED = re.compile(r"text-align: ?(left|center|right);?")
CODE = re.compile(r"(<(?:pre|code)\b.*?</(?:pre|code)>)", re.DOTALL)


class Options(Config):
    """There are none."""


class NotebookPages(BasePlugin[Options]):
    """A MkDocs plugin, to stand after mkdocs-jupyter."""

    def on_files(self, files: Files, *, config: MkDocsConfig, **_: Any) -> Files:
        """Put each notebook's pictures beside its page."""
        for notebook in [file for file in files if file.src_uri.endswith(".ipynb")]:
            folder = notebook.src_uri.removesuffix(".ipynb")
            for picture in pictures(Path(str(notebook.abs_src_path))):
                files.append(File.generated(config, f"{folder}/{picture.name}", content=picture.png))
        return files

    def on_page_content(self, content: str, *, page: Any, **_: Any) -> str:
        """Rewrite the body of a notebook's page; other pages stay as they are."""
        path = Path(page.file.abs_src_path)
        if path.suffix != ".ipynb":
            return content
        download = f'<p class="download"><a href="{path.name}" download>Download this notebook</a></p>'
        try:
            return "\n".join([*_cells(content, pictures(path)), download])
        except NotPublishable as error:
            raise ShortcodeError(f"{path.name}: {error}; change its script and run `{COMMAND}`") from error

    def on_page_context(self, context: Any, *, page: Any, **_: Any) -> Any:
        """Lead whoever edits to the script, which the notebook is made from."""
        if page.edit_url and page.file.src_uri.endswith(".ipynb"):
            page.edit_url = EXECUTED.sub(r"site_src/notebooks/\1.py", page.edit_url)
        return context


class NotPublishable(Exception):
    """A notebook has what its page must not have."""


def _cells(content: str, drawn: list[Picture]) -> Iterator[str]:
    """What matters of each cell, in order: prose, code, printed text, pictures."""
    left = list(drawn)
    for part in BeautifulSoup(content, "html.parser").select(
        ".jp-MarkdownOutput, .highlight-ipynb, .jp-RenderedText, .jp-RenderedImage"
    ):
        kinds = part.get_attribute_list("class")
        _align(part)
        for what in refused(part) if "jp-RenderedImage" not in kinds else ():
            raise NotPublishable(f"a page must not have {what}")
        if "jp-MarkdownOutput" in kinds:
            yield _prose(part)
        elif "highlight-ipynb" in kinds:
            yield f'<div class="highlight"><pre><code>{_inner(part.pre)}</code></pre></div>'
        elif "jp-RenderedText" in kinds:
            yield f'<div class="output"><pre><code>{_inner(part.pre)}</code></pre></div>'
        elif left:
            yield _image(left.pop(0))
        else:
            raise NotPublishable("HTML that passes for a picture")
    if left:
        raise NotPublishable(f"pictures that are shown in another form: {left[0].alt}")


def _align(part: Tag) -> None:
    """Align a table's cells by class; the site's policy forbids inline styles."""
    for cell in part.select("td[style], th[style]"):
        if aligned := ALIGNED.fullmatch(str(cell["style"])):
            del cell["style"]
            cell["class"] = aligned[1]


def _image(picture: Picture) -> str:
    alt, (width, height) = html.escape(picture.alt), picture.size
    size = f'width="{width}" height="{height}"'
    return f'<img class="output" alt="{alt}" src="{picture.name}" {size} loading="lazy">'


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
