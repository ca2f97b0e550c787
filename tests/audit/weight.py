"""What a page weighs, as far as the built files tell."""

from __future__ import annotations

from tests.audit.site import ROOT, Finding, Page, Row, Site, attribute, shown

MOST_HTML = 60_000
MOST_ANIMATION = 400_000
MOST_DOCS = 30_000_000


def check(site: Site) -> list[Row]:
    """What the built files tell."""
    pages = {page.name: len(page.html.encode()) for page in site.pages}
    files = sorted(site.folder.rglob("*.gif"))
    films = {file.relative_to(site.folder).as_posix(): file.stat().st_size for file in files}
    docs = sum(file.stat().st_size for file in (ROOT / "docs").rglob("*") if file.is_file())
    careless = [finding for page in site.pages for finding in careless_images(page)]
    return [
        _limited("HTML of a page", pages, MOST_HTML),
        _limited("an animation", films, MOST_ANIMATION),
        Row("weight", "images without size or loading=lazy", careless),
        _limited("docs/ as committed", {"docs/": docs}, MOST_DOCS),
    ]


def _limited(subject: str, sizes: dict[str, int], most: int) -> Row:
    findings = [Finding(name, "", f"{size:,} bytes") for name, size in sizes.items() if size > most]
    return Row("weight", subject, findings, f"{max(sizes.values(), default=0):,} bytes", f"<= {most:,}")


def careless_images(page: Page) -> list[Finding]:
    """Images that move the text when they come, or that load before they are seen."""
    findings = []
    images = page.soup.find_all("img")
    # The first figure may hold a picture for each theme; what the reader sees first may be hurried.
    first = images[0].find_parent("figure") or images[0] if images else None
    for image in images:
        missing = [name for name in ("width", "height") if not attribute(image, name).isdigit()]
        hurried = image is not first and not any(parent is first for parent in image.parents)
        if hurried and attribute(image, "loading") != "lazy":
            missing.append("loading=lazy")
        if missing:
            findings.append(Finding(page.name, shown(image), f"lacks {', '.join(missing)}"))
    return findings
