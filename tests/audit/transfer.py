"""What a reader downloads before scrolling, and whether pictures of the theme that is not shown come too."""

from __future__ import annotations

from collections.abc import Iterable

from playwright.async_api import Browser, Request

from tests.audit.browser import READERS, SCROLL, SIZES, THEMES, Visit, each, tab_for
from tests.audit.site import Finding, Row, Site

MOST = 300_000
LIVE = "/data/results/"  # what live views compute with; a picture stands in until it is there
ICON = "mark.light."  # browsers show it in their tabs, in either theme
SHOWN = """() => [...document.images].filter((image) => {
  const { top, bottom, width } = image.getBoundingClientRect();
  return width && bottom > 0 && top < innerHeight;
}).map((image) => image.currentSrc.split("#")[0])"""
TELEPHONE = SIZES[0]


def check(site: Site) -> list[Row]:
    """Each page on a telephone in the light theme, and on a desk in the dark one."""

    async def see(browser: Browser, visit: Visit) -> tuple[int, list[Finding]]:
        phone = visit.size == TELEPHONE
        async with tab_for(browser, visit, is_mobile=phone, device_scale_factor=2 if phone else 1) as (
            tab,
            traffic,
        ):
            await tab.goto(site.address(visit.page))
            await traffic.settle()
            shown = await tab.evaluate(SHOWN)
            needed = [request for request in traffic.asked if _is_needed(request, shown)]
            size = sum([await _transferred(request) for request in needed])
            await tab.evaluate(SCROLL)
            await traffic.settle()
            return size, of_other_theme((request.url for request in traffic.asked), visit)

    jobs = [Visit(page, *reader) for page in site.pages for reader in READERS]
    answers = dict(zip(jobs, each(jobs, see, "weight"), strict=True))
    sizes = {visit: size for visit, (size, _) in answers.items()}
    hidden = [finding for _, findings in answers.values() for finding in findings]
    return [
        *(first_view({visit: sizes[visit] for visit in jobs if visit.size == size}) for size in SIZES),
        Row("weight", "pictures of the theme that is not shown, to the page's end", hidden),
    ]


def first_view(sizes: dict[Visit, int], most: int = MOST) -> Row:
    """The row about one kind of reader."""
    width, height = next(iter(sizes)).size
    largest = max(sizes, key=lambda visit: sizes[visit])
    found = [
        Finding(str(visit), "", f"{size:,} bytes before anybody scrolls")
        for visit, size in sizes.items()
        if size >= most
    ]
    measured = f"{sizes[largest]:,} bytes ({largest.page.name})"
    return Row(
        "weight",
        f"first view at {width}x{height}, compressed, less data of live views",
        found,
        measured,
        f"< {most:,}",
    )


def of_other_theme(addresses: Iterable[str], visit: Visit) -> list[Finding]:
    """The pictures that the visit's reader cannot see: they carry the other theme in their name."""
    other = next(theme for theme in THEMES if theme != visit.theme)
    return [
        Finding(str(visit), address.rpartition("/")[2], f"was fetched in the {visit.theme} theme")
        for address in addresses
        if f".{other}." in address.rpartition("/")[2] and ICON not in address
    ]


def _is_needed(request: Request, shown: list[str]) -> bool:
    """Whether the first view waits for it: pictures below are fetched ahead of the reader, when idle."""
    return LIVE not in request.url and (request.resource_type != "image" or request.url in shown)


async def _transferred(request: Request) -> int:
    """The bytes of an answer with its headers; pictures within the page come with it."""
    if request.url.startswith(("data:", "blob:")) or await request.response() is None:
        return 0
    sizes = await request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
