"""The built site as the checks read it, and what they say about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).parents[2]
NOT_FOUND = "404.html"


class AuditError(Exception):
    """The audit cannot be made; the message says what is missing."""


class Finding(NamedTuple):
    """One fault: the page it is on, the element concerned, and what is wrong."""

    page: str
    element: str
    message: str


@dataclass(frozen=True)
class Row:
    """One line of the table; it is met when nothing was found."""

    check: str
    subject: str
    findings: list[Finding]
    measured: str = ""
    limit: str = "none"

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        measured = self.measured or (f"{len(self.findings):,} found" if self.findings else "none")
        return self.check, self.subject, measured, self.limit, "MISSED" if self.findings else "ok"


@dataclass(frozen=True)
class Page:
    """One HTML file."""

    path: str  # as in the page's address: "vae/", and "" for the home page
    html: str = field(repr=False)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page, parsed once."""
        return BeautifulSoup(self.html, "html.parser")

    @property
    def name(self) -> str:
        """What the tables call it."""
        return self.path or "(home)"


@dataclass(frozen=True)
class Site:
    """A built folder, and the address at which it is or would be served."""

    folder: Path
    url: str = "https://example.org/sub/path/"

    @cached_property
    def pages(self) -> list[Page]:
        """Every page, by address."""
        files = sorted(self.folder.rglob("*.html"))
        return [
            Page(file.relative_to(self.folder).as_posix().removesuffix("index.html"), file.read_text("utf-8"))
            for file in files
        ]

    @property
    def listed(self) -> list[Page]:
        """The pages a reader may be sent to: all but the one for what does not exist."""
        return [page for page in self.pages if page.path != NOT_FOUND]

    def address(self, page: Page) -> str:
        """Where the page is read. The page for what does not exist may turn up at any depth."""
        return self.url + ("no/such/page/" if page.path == NOT_FOUND else page.path)


def build(folder: Path, url: str, **settings: Any) -> Site:
    """Build this repository's site strictly for an address; ``settings`` go before those of mkdocs.yml.

    Not quietly: MkDocs would then count no warning, and be strict about nothing.

    Raises:
        AuditError: MkDocs found fault with a page.
    """
    built, config = folder / "site", folder / "mkdocs.yml"
    theme = {"custom_dir": str(ROOT / "site_src" / "theme")} | settings.pop("theme", {})
    # Paths are taken from where the configuration is.
    inherited = {"INHERIT": str(ROOT / "mkdocs.yml"), "docs_dir": str(ROOT / "docs")}
    config.write_text(
        json.dumps(inherited | settings | {"site_dir": str(built), "site_url": url, "theme": theme})
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AuditError(f"The site cannot be built:\n{done.stdout}{done.stderr}")
    return Site(built, url)


def attribute(element: Tag, name: str) -> str:
    """An attribute's text, empty where there is none."""
    return " ".join(filter(None, element.get_attribute_list(name)))


def shown(element: Tag, length: int = 100) -> str:
    """An element's opening tag, shortened for a table."""
    attributes = "".join(f' {name}="{attribute(element, name)}"' for name in element.attrs)
    tag = f"<{element.name}{attributes}>"
    return tag if len(tag) <= length else tag[: length - 4] + " ..."
