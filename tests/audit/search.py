"""Readers find the pages: in its own search, by search engines, by what is shown with a link."""

from __future__ import annotations

import json
import re
from html import unescape
from xml.etree import ElementTree

from bs4 import Tag
from PIL import Image
from playwright.async_api import Browser
from playwright.async_api import TimeoutError as Late

from tests.audit.browser import SIZES, Visit, each, tab_for
from tests.audit.site import NOT_FOUND, Finding, Page, Row, Site, attribute, shown

SHARED = ("og:image", "og:title", "og:description", "twitter:card")
SHARED_SIZE = (1200, 630)
FIRST = 10  # what the theme shows before one scrolls
WORDS = 6  # the longest, which say most
TAG = re.compile(r"<[^>]*>")


def check(site: Site) -> list[Row]:
    """What the built files tell."""
    figures = sum(len(captions(page)) for page in site.listed)
    return [
        Row(
            "search",
            "captions and notebooks in the search index",
            unindexed(site),
            f"{figures} captions",
            "all there",
        ),
        Row("search", "what is shown where a page is shared", unshared(site)),
        Row("search", "sitemap.xml lists every page", unlisted(site)),
        Row("search", "a page for what does not exist", unfound(site)),
    ]


def unindexed(site: Site) -> list[Finding]:
    """Captions and notebooks that the site's search does not know."""
    file = site.folder / "search" / "search_index.json"
    if not file.is_file():
        return [Finding("search/search_index.json", "", "there is no search index")]
    texts: dict[str, str] = {}
    for entry in json.loads(file.read_text(encoding="utf-8"))["docs"]:
        page = entry["location"].partition("#")[0]
        texts[page] = texts.get(page, "") + _letters(
            unescape(TAG.sub("", f"{entry['title']} {entry['text']}"))
        )
    findings = [
        Finding(page.name, "<figcaption>", f"is not in the search index: '{text[:60]}'")
        for page in site.listed
        for caption in captions(page)
        for text in _own(caption)
        if _letters(text) not in texts.get(page.path, "")
    ]
    return findings + [
        Finding(page.name, "", "is not in the search index")
        for page in site.listed
        if page.path.startswith("notebooks/") and page.path not in texts
    ]


def captions(page: Page) -> list[Tag]:
    """The captions of a page's figures."""
    return page.soup.select("main figcaption")


def unshared(site: Site) -> list[Finding]:
    """Pages without a title, a text and a picture of the usual size for those who are sent a link to them."""
    findings = []
    for page in site.listed:
        said = {name: _meta(page, name) for name in SHARED}
        findings += [
            Finding(page.name, "<head>", f"has no {name}") for name, text in said.items() if not text
        ]
        if said["og:image"]:
            file = site.folder / said["og:image"].removeprefix(site.url)
            size = Image.open(file).size if file.is_file() else None
            if size != SHARED_SIZE:
                what = (
                    f"is {size[0]}x{size[1]}, not 1200x630"
                    if size
                    else "is no file of the site, by its full address"
                )
                findings.append(Finding(page.name, "og:image", f"{said['og:image']} {what}"))
    return findings


def unlisted(site: Site) -> list[Finding]:
    """Pages that the sitemap leaves out, and addresses in it that lead nowhere."""
    file = site.folder / "sitemap.xml"
    if not file.is_file():
        return [Finding("sitemap.xml", "", "there is none")]
    listed = {
        (element.text or "").strip()
        for element in ElementTree.parse(file).iter()
        if element.tag.endswith("}loc")
    }
    there = {site.url + page.path for page in site.listed}
    return [Finding("sitemap.xml", address, "is missing") for address in sorted(there - listed)] + [
        Finding("sitemap.xml", address, "is no page") for address in sorted(listed - there)
    ]


def unfound(site: Site) -> list[Finding]:
    """The page for unknown addresses, which comes at any depth: its addresses must be whole."""
    page = next((page for page in site.pages if page.path == NOT_FOUND), None)
    if page is None:
        return [Finding(NOT_FOUND, "", "there is none")]
    return [
        Finding(NOT_FOUND, shown(element), "is relative, so it leads elsewhere from another depth")
        for element in page.soup.find_all(["a", "link", "script", "img"])
        for address in [attribute(element, "href") or attribute(element, "src")]
        if address and not address.startswith(("/", "#", "data:", "http:", "https:"))
    ]


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
        heading = page.soup.select_one("main h1")
        return _own(heading)[0] if heading and _own(heading) else ""
    words = re.findall(
        r"\b[A-Za-z]+\b", " ".join(text for caption in captions(page)[:1] for text in _own(caption))
    )
    return " ".join(sorted(dict.fromkeys(words), key=len)[-WORDS:])


def _own(element: Tag) -> list[str]:
    """The text that stands in an element itself; formulas and links may be written in ways of their own."""
    return [
        text.strip() for text in element.find_all(string=True, recursive=False) if len(_letters(text)) > 3
    ]


def _meta(page: Page, name: str) -> str:
    found = page.soup.select_one(f'meta[property="{name}"], meta[name="{name}"]')
    return attribute(found, "content") if found else ""


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
