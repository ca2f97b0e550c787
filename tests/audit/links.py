"""Every address in the pages leads to something. What styles and scripts fetch, the browser asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from tests.audit.site import Finding, Row, Site, attribute, shown

ADDRESSES = ("href", "src", "poster", "data")


class Link(NamedTuple):
    """An address as it is written, and where."""

    page: str
    element: str
    base: str
    address: str


def check(site: Site) -> list[Row]:
    """The row of the table."""
    count = f"{len(list(links(site))):,} looked at"
    return [Row("links", "addresses and anchors inside the site", broken(site), count, "all there")]


def broken(site: Site) -> list[Finding]:
    """Addresses inside the site at which there is no file, and anchors without an element."""
    anchors = {
        site.url + page.path: {attribute(element, "id") for element in page.soup.select("[id]")}
        for page in site.pages
    }
    findings = []
    for link in links(site):
        address, anchor = urldefrag(urljoin(link.base, link.address))
        address = address.partition("?")[0]
        if urlsplit(address)[:2] != urlsplit(site.url)[:2]:
            continue
        fault = _fault(site, address)
        known = anchors.get(address.removesuffix("index.html"))
        if fault is None and known is not None and unquote(anchor) not in known | {"", "top"}:
            fault = f"no element has the id '{unquote(anchor)}'"
        if fault:
            findings.append(Finding(link.page, link.element, f"{link.address}: {fault}"))
    return findings


def links(site: Site) -> Iterator[Link]:
    """Every address in the pages, as it is written."""
    for page in site.pages:
        for element in page.soup.find_all(True):
            for address in filter(None, (attribute(element, name) for name in ADDRESSES)):
                yield Link(page.name, shown(element), site.address(page), address.strip())


def _fault(site: Site, address: str) -> str | None:
    if not address.startswith(site.url):
        return f"leads out of the site's folder, to {urlsplit(address).path}"
    file = site.folder / unquote(address.removeprefix(site.url))
    if file.is_dir() and address.endswith("/"):
        file /= "index.html"
    if file.is_dir():
        return "names a folder without the slash at its end, which costs a redirection"
    return None if file.is_file() else "there is no such file"
