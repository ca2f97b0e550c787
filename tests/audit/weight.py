"""What a page weighs, as far as the built files tell."""

from __future__ import annotations

from tests.audit.site import ROOT, Finding, Page, Row, Site, attribute, shown

MOST_HTML = 60_000
MOST_ANIMATION = 400_000
MOST_DOCS = 30_000_000


def check(site: Site) -> list[Row]:
    """What the built files tell."""
    heaviest = max(site.pages, key=lambda page: page.size)
    films = [file.stat().st_size for file in site.folder.rglob("*.gif")]
    docs = sum(file.stat().st_size for file in (ROOT / "docs").rglob("*") if file.is_file())
    too_much = [Finding("docs/", "", f"holds {docs:,} bytes")] if docs >= MOST_DOCS else []
    return [
        Row("weight", "HTML of a page", heavy(site), f"{heaviest.size:,} bytes", f"< {MOST_HTML:,}"),
        Row(
            "weight",
            "an animation",
            films_too_heavy(site),
            f"{max(films, default=0):,} bytes",
            f"<= {MOST_ANIMATION:,}",
        ),
        Row("weight", "images without size, alt text or loading=lazy", careless_images(site)),
        Row("weight", "docs/ as committed", too_much, f"{docs / 1e6:.1f} MB", f"< {MOST_DOCS / 1e6:.0f} MB"),
    ]


def heavy(site: Site, most: int = MOST_HTML) -> list[Finding]:
    """Pages of too much HTML."""
    return [
        Finding(page.name, "", f"{page.size:,} bytes of HTML") for page in site.pages if page.size >= most
    ]


def films_too_heavy(site: Site, most: int = MOST_ANIMATION) -> list[Finding]:
    """Animations that are too large."""
    files = {
        file.relative_to(site.folder).as_posix(): file.stat().st_size for file in site.folder.rglob("*.gif")
    }
    return [Finding(name, "", f"{size:,} bytes") for name, size in sorted(files.items()) if size > most]


def careless_images(site: Site) -> list[Finding]:
    """Images that move the text when they come, that say nothing, or that load before they are seen."""
    return [finding for page in site.pages for finding in _careless(page)]


def _careless(page: Page) -> list[Finding]:
    findings = []
    images = page.soup.find_all("img")
    # The first figure may hold a picture for each theme; what the reader sees first may be hurried.
    first = images[0].find_parent("figure") or images[0] if images else None
    for image in images:
        missing = [name for name in ("width", "height") if not attribute(image, name).isdigit()]
        if "alt" not in image.attrs:
            missing.append("alt")
        hurried = image is not first and not any(parent is first for parent in image.parents)
        if hurried and attribute(image, "loading") != "lazy":
            missing.append("loading=lazy")
        if missing:
            findings.append(Finding(page.name, shown(image), f"lacks {', '.join(missing)}"))
    return findings
