"""Readers find the pages: in its own search, and by what is shown with a link."""

from __future__ import annotations

import re

from bs4 import Tag
from PIL import Image
from playwright.async_api import Browser
from playwright.async_api import TimeoutError as Late

from tests.audit.browser import SIZES, Visit, each, tab_for
from tests.audit.site import Finding, Page, Row, Site, attribute

SHARED = ("og:image", "og:title", "og:description", "twitter:card")
SHARED_SIZE = (1200, 630)
FIRST = 10  # what the theme shows before one scrolls
WORDS = 6  # the longest, which say most


def check(site: Site) -> list[Row]:
    """What the built pages tell."""
    return [Row("search", "what is shown where a page is shared", unshared(site))]


def unshared(site: Site) -> list[Finding]:
    """Pages without a title of their own, a text and a picture of the usual size for those who get a link."""
    findings, titles = [], dict[str, str]()
    for page in site.listed:
        said = {name: _meta(page, name) for name in SHARED}
        findings += [
            Finding(page.name, "<head>", f"has no {name}") for name, text in said.items() if not text
        ]
        title = said["og:title"]
        if titles.setdefault(title, page.name) != page.name:
            findings.append(Finding(page.name, "og:title", f"'{title}' is that of {titles[title]} too"))
        file = site.folder / said["og:image"].removeprefix(site.url)
        if said["og:image"] and not (file.is_file() and Image.open(file).size == SHARED_SIZE):
            what = "is no picture of 1200x630 on the site, by its full address"
            findings.append(Finding(page.name, "og:image", f"{said['og:image']} {what}"))
    return findings


def check_in_browser(site: Site) -> list[Row]:
    """Ask the search box for the words of one caption of each page, and for each notebook's title."""
    jobs = [(page, query) for page in site.listed if (query := question(page))]

    async def see(browser: Browser, job: tuple[Page, str]) -> list[Finding]:
        page, query = job
        async with tab_for(browser, Visit(page, "light", SIZES[1])) as (tab, traffic):
            await tab.goto(site.url)
            await traffic.settle()
            box = tab.locator("[data-md-component=search-query]")
            await box.fill(query)
            await box.press("End")  # the theme listens to keys
            results = tab.locator(".md-search-result__link")
            try:
                await results.first.wait_for(timeout=8_000)
            except Late:
                return [Finding(page.name, query, "the search box finds nothing")]
            await traffic.settle()
            links: list[str] = await results.evaluate_all(
                "links => links.map(link => link.href.split(/[?#]/)[0])"
            )
            first = list(dict.fromkeys(links))[:FIRST]
            return (
                []
                if site.address(page) in first
                else [Finding(page.name, query, f"is not among the first {FIRST} found")]
            )

    findings = [finding for found in each(jobs, see, "search") for finding in found]
    return [
        Row(
            "search",
            "typed into the search box",
            findings,
            f"{len(jobs)} queries",
            f"page in the first {FIRST}",
        )
    ]


def question(page: Page) -> str:
    """What a reader would type who remembers a figure of the page, or a notebook's title."""
    if page.path.startswith("notebooks/"):
        return _own(page.soup.select_one("main h1"))
    words = re.findall(r"\b[A-Za-z]+\b", _own(page.soup.select_one("main figcaption")))
    return " ".join(sorted(dict.fromkeys(words), key=len)[-WORDS:])


def _own(element: Tag | None) -> str:
    """The text that stands in an element itself; formulas and links may be written in ways of their own."""
    return " ".join(element.find_all(string=True, recursive=False)).strip() if element else ""


def _meta(page: Page, name: str) -> str:
    found = page.soup.select_one(f'meta[property="{name}"], meta[name="{name}"]')
    return attribute(found, "content") if found else ""
