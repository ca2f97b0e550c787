"""What a page's elements must be: its language, its headings, its landmarks, its title."""

from __future__ import annotations

from itertools import pairwise

from tests.audit.site import Finding, Row, Site, attribute, shown

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def check(site: Site) -> list[Row]:
    """The rows of the table."""
    return [
        Row("markup", "pages without a language or a title of their own", unnamed(site)),
        Row("markup", "headings: one h1, no level skipped", headings(site)),
        Row("markup", "landmarks: header, one main, footer, named navigation", landmarks(site)),
    ]


def unnamed(site: Site) -> list[Finding]:
    """Pages that do not say their language, or that another page's title names too."""
    findings, titles = [], dict[str, str]()
    for page in site.pages:
        root, title = page.soup.html, page.soup.title
        if root is None or not attribute(root, "lang"):
            findings.append(Finding(page.name, "<html>", "has no lang"))
        name = title.get_text(strip=True) if title else ""
        if not name:
            findings.append(Finding(page.name, "<title>", "is missing or empty"))
        elif name in titles:
            findings.append(Finding(page.name, "<title>", f"'{name}' is that of {titles[name]} too"))
        titles.setdefault(name, page.name)
    return findings


def headings(site: Site) -> list[Finding]:
    """Pages without exactly one h1, empty headings, and headings more than one level below the one before."""
    findings = []
    for page in site.pages:
        found = page.soup.find_all(HEADINGS)
        mains = [heading for heading in found if heading.name == "h1"]
        if len(mains) != 1:
            findings.append(Finding(page.name, "<h1>", f"there are {len(mains)}, not 1"))
        findings += [
            Finding(page.name, shown(heading), "is empty")
            for heading in found
            if not heading.get_text(strip=True)
        ]
        findings += [
            Finding(
                page.name, shown(after), f"'{after.get_text(strip=True)[:60]}' comes after an {before.name}"
            )
            for before, after in pairwise(found)
            if int(after.name[1]) > int(before.name[1]) + 1
        ]
    return findings


def landmarks(site: Site) -> list[Finding]:
    """Pages whose parts a screen reader could not jump to or tell apart."""
    findings = []
    for page in site.pages:
        for part, count in (("header", 1), ("main", 1), ("footer", 1)):
            # Inside an article or a section, header and footer are no landmarks.
            found = [
                one for one in page.soup.find_all(part) if not one.find_parent(["article", "section", "main"])
            ]
            if len(found) != count:
                findings.append(Finding(page.name, f"<{part}>", f"there are {len(found)}, not {count}"))
        findings += [
            Finding(page.name, shown(nav), "has no name (aria-label or aria-labelledby)")
            for nav in page.soup.find_all("nav")
            if not (attribute(nav, "aria-label") or attribute(nav, "aria-labelledby"))
        ]
    return findings
