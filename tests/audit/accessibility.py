"""Every page in both themes and at two widths, under axe: no violation of any rule."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser
from playwright.async_api import Page as Tab

from tests.audit.browser import (
    OPEN_DETAILS,
    READERS,
    SIZES,
    THEMES,
    Visit,
    each,
    opened,
    tab_for,
)
from tests.audit.site import Finding, Row, Site


def check(site: Site) -> list[Row]:
    """Every page as every reader has it."""
    return _check(site, tuple(product(THEMES, SIZES)))


def check_quickly(site: Site) -> list[Row]:
    """Every page as two readers have it."""
    return _check(site, READERS)


def _check(site: Site, readers: Sequence[tuple[str, tuple[int, int]]]) -> list[Row]:
    """The pages as they open, and once more for the first reader with everything that can be folded out."""

    async def see(browser: Browser, visit: Visit) -> tuple[list[Finding], list[Finding]]:
        # The page's own policy would keep axe out.
        async with tab_for(browser, visit, bypass_csp=True) as (tab, traffic):
            await opened(tab, site, visit.page, traffic)
            closed = await violations(tab, str(visit))
            if visit[1:] != readers[0]:
                return closed, []
            await tab.evaluate(OPEN_DETAILS)
            return closed, await violations(tab, f"{visit}, opened")

    jobs = [Visit(page, *reader) for page in site.pages for reader in readers]
    answers = each(jobs, see, "accessibility")
    folded, unfolded = ([finding for answer in answers for finding in answer[state]] for state in (0, 1))
    looked_at = f"axe: {len(site.pages)} pages as {len(readers)} readers have them (theme, width)"
    return [
        Row("accessibility", looked_at, folded),
        Row("accessibility", "axe: the same pages with all details open", unfolded),
    ]


async def violations(tab: Tab, page: str) -> list[Finding]:
    """What axe finds: each element with the rule that it breaks."""
    answer: dict[str, Any] = (await Axe().run(tab)).response
    return [
        Finding(
            page,
            " ".join(node["html"].split())[:120],
            f"{rule['id']} ({rule['impact']}): {rule['help']}; {_why(node)}",
        )
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    tests = node["any"] + node["all"] + node["none"]
    return "; ".join(test["message"] for test in tests)
