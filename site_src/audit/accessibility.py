"""Every page in both themes and at two widths, under axe: no violation of any rule."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from site_src.audit.browser import OPEN_DETAILS, Visit, each, read_through, tab_for, visits
from site_src.audit.site import Finding, Row, Site


def check(site: Site) -> list[Row]:
    """The pages as they open, and once more with everything that can be folded out."""

    async def see(browser: Browser, visit: Visit) -> tuple[list[Finding], list[Finding]]:
        # The page's own policy would keep axe out.
        async with tab_for(browser, visit, bypass_csp=True) as (tab, traffic):
            await read_through(tab, site, visit.page, traffic)
            closed = violations((await Axe().run(tab)).response, str(visit))
            if visit[1:] != ("light", (1280, 900)):
                return closed, []
            await tab.evaluate(OPEN_DETAILS)
            return closed, violations((await Axe().run(tab)).response, f"{visit}, opened")

    jobs = visits(site.pages)
    closed, opened = zip(*each(jobs, see, "accessibility"), strict=True)
    return [
        Row("accessibility", f"{len(jobs)} views: {len(site.pages)} pages, 2 themes, 2 widths", sum(closed, [])),
        Row("accessibility", f"{len(site.pages)} pages with all details open", sum(opened, [])),
    ]


def violations(answer: dict, page: str) -> list[Finding]:
    """What axe found: each element with the rule that it breaks."""
    return [
        Finding(page, node["html"][:120], f"{rule['id']} ({rule['impact']}): {rule['help']}; {_why(node)}")
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict) -> str:
    tests = node["any"] + node["all"] + node["none"]
    return "; ".join(test["message"] for test in tests)
