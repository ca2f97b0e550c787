"""Every address in the pages and styles leads to something, and nothing is fetched from another host."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import Tag

from tests.audit.site import Finding, Page, Row, Site, attribute, shown

FOLLOWED = {"a", "area"}  # a reader decides; whatever else has an address is fetched
ADDRESSES = ("href", "src", "poster", "data", "xlink:href")
FETCHED_RELATIONS = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "prefetch",
    "manifest",
    "apple-touch-icon",
}
FETCHED_RELATIONS |= {"preconnect", "dns-prefetch"}
PICTURES = ("og:image", "og:image:url", "twitter:image")
IN_STYLES = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)|@import\s+["']([^"']+)""")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class Link(NamedTuple):
    """An address as it is written, where, and whether a browser fetches it unasked."""

    page: str
    element: str
    base: str
    address: str
    fetched: bool


def check(site: Site) -> list[Row]:
    """The rows of the table."""
    found = list(links(site))
    return [
        Row(
            "links",
            "addresses and anchors inside the site",
            broken(site),
            f"{len(found):,} looked at",
            "all there",
        ),
        Row("links", "what is fetched from other hosts", foreign(site)),
        Row("links", "ids that a page has twice", repeated_ids(site)),
    ]


def broken(site: Site) -> list[Finding]:
    """Addresses inside the site at which there is no file, and anchors without an element."""
    anchors = {site.url + page.path: _anchors(page) for page in site.pages}
    findings = []
    for link in links(site):
        address, anchor = urldefrag(urljoin(link.base, link.address))
        address = address.partition("?")[0]
        if urlsplit(address)[:2] != urlsplit(site.url)[:2]:
            continue
        if (fault := _fault(site, address)) is None and not link.fetched:
            known = anchors.get(address.removesuffix("index.html"))
            if known is not None and anchor and unquote(anchor) not in known:
                fault = f"no element has the id '{unquote(anchor)}'"
        if fault:
            findings.append(Finding(link.page, link.element, f"{link.address}: {fault}"))
    return findings


def foreign(site: Site) -> list[Finding]:
    """What a browser would ask of another host without being told to."""
    home = urlsplit(site.url).netloc
    return [
        Finding(link.page, link.element, f"{link.address} is on another host")
        for link in links(site)
        if link.fetched and urlsplit(urljoin(link.base, link.address)).netloc not in ("", home)
    ]


def repeated_ids(site: Site) -> list[Finding]:
    """Ids that more than one element of a page has."""
    return [
        Finding(page.name, f"#{name}", f"{count} elements have the id '{name}'")
        for page in site.pages
        for name, count in Counter(attribute(element, "id") for element in page.soup.select("[id]")).items()
        if count > 1
    ]


def links(site: Site) -> Iterator[Link]:
    """Every address in the pages and in the style sheets, as it is written."""
    for page in site.pages:
        base = site.address(page)
        for element in page.soup.find_all(True):
            for address, fetched in _addresses(element):
                yield Link(page.name, shown(element), base, address.strip(), fetched)
    for sheet in sorted(site.folder.rglob("*.css")):
        name = sheet.relative_to(site.folder).as_posix()
        for address in _in_styles(sheet.read_text(encoding="utf-8")):
            yield Link(name, "url()", site.url + name, address, fetched=True)


def _addresses(element: Tag) -> Iterator[tuple[str, bool]]:
    """The addresses that an element carries, each with whether it is fetched unasked."""
    fetched = element.name not in FOLLOWED
    if element.name == "link":
        fetched = bool(FETCHED_RELATIONS & set(element.get_attribute_list("rel")))
    for name in ADDRESSES:
        if address := attribute(element, name):
            yield address, fetched
    for name in ("srcset", "imagesrcset"):
        for candidate in attribute(element, name).split(", "):
            if candidate.strip():
                yield candidate.split()[0], True
    if element.name == "meta" and {attribute(element, "property"), attribute(element, "name")} & set(
        PICTURES
    ):
        yield attribute(element, "content"), True
    if element.name == "style":
        yield from ((address, True) for address in _in_styles(element.get_text()))
    yield from ((address, True) for address in _in_styles(attribute(element, "style")))


def _in_styles(text: str) -> Iterator[str]:
    for groups in IN_STYLES.findall(COMMENT.sub("", text)):
        address = "".join(groups)
        if address and not address.startswith(("data:", "#")):
            yield address


def _anchors(page: Page) -> set[str]:
    names = {attribute(element, "id") for element in page.soup.select("[id]")}
    return names | {attribute(element, "name") for element in page.soup.select("a[name]")} | {"", "top"}


def _fault(site: Site, address: str) -> str | None:
    if not address.startswith(site.url):
        return f"leads out of the site's folder, to {urlsplit(address).path}"
    file = site.folder / unquote(address.removeprefix(site.url))
    if file.is_dir() and address.endswith("/"):
        file /= "index.html"
    if file.is_dir():
        return "names a folder without the slash at its end, which costs a redirection"
    return None if file.is_file() else "there is no such file"
