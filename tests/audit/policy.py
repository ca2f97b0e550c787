"""The pages' policy against foreign code, and that nothing on them breaks it or complains."""

from __future__ import annotations

from urllib.parse import urlsplit

from bs4 import Tag
from playwright.async_api import Browser, ConsoleMessage, Response
from playwright.async_api import Page as Tab

from tests.audit.browser import OPEN_DETAILS, SIZES, Visit, each, opened, tab_for
from tests.audit.site import Finding, Row, Site, attribute, shown

META = 'meta[http-equiv="Content-Security-Policy" i]'
RECORD = """addEventListener("securitypolicyviolation", event => (window.broken ??= []).push(
  [event.effectiveDirective, event.blockedURI, event.sample, event.sourceFile]))"""


def check(site: Site) -> list[Row]:
    """What the built pages say."""
    return [Row("policy", "pages without a strict policy", lax(site))]


def lax(site: Site) -> list[Finding]:
    """Pages without a policy, or with one that lets any code or style in, or that comes too late."""
    findings = []
    for page in site.pages:
        meta = page.soup.select_one(META)
        if meta is None:
            findings.append(Finding(page.name, "<head>", "has no Content-Security-Policy"))
            continue
        for kind in ("script-src", "style-src"):
            sources = directives(meta).get(kind) or directives(meta).get("default-src", ["*"])
            findings += [
                Finding(page.name, kind, f"allows {source}")
                for source in sources
                if source in ("*", "'unsafe-inline'", "'unsafe-eval'", "http:", "https:", "data:")
            ]
        findings += [
            Finding(page.name, shown(element), "comes before the policy, which does not hold for it")
            for element in meta.find_all_previous(["script", "style", "link"])
            if element.name != "link" or "stylesheet" in element.get_attribute_list("rel")
        ]
    return findings


def directives(meta: Tag) -> dict[str, list[str]]:
    """A policy's directives with their sources."""
    parts = [part.split() for part in attribute(meta, "content").split(";")]
    return {part[0].lower(): part[1:] for part in reversed(parts) if part}


def check_in_browser(site: Site) -> list[Row]:
    """What happens while each page is read to its end, searched, folded out and played."""
    jobs = [Visit(page, "light", SIZES[1]) for page in site.pages]

    async def see(browser: Browser, visit: Visit) -> list[Finding]:
        async with tab_for(browser, visit) as (tab, traffic):
            found = Complaints(tab, site, visit)
            await tab.add_init_script(RECORD)
            await opened(tab, site, visit.page, traffic, to_the_end=True)
            await tab.evaluate(OPEN_DETAILS)
            for button in (await tab.locator("figure button:visible").all())[:1]:
                await button.click()
            for box in await tab.locator("[data-md-component=search-query]").all():
                await box.focus()  # starts the search's worker
            await traffic.settle()
            broken: list[list[str]] = await tab.evaluate("window.broken ?? []")
            return found.findings + [
                Finding(str(visit), source or visit.page.name, f"{kind} forbids {address} {sample}".strip())
                for kind, address, sample, source in broken
            ]

    findings = [finding for found in each(jobs, see, "policy") for finding in found]
    return [Row("policy", f"errors, warnings, failed or foreign requests on {len(jobs)} pages", findings)]


class Complaints:
    """What a tab has to complain about, as it happens."""

    def __init__(self, tab: Tab, site: Site, visit: Visit) -> None:
        self.findings: list[Finding] = []
        self._visit = visit
        self._site = site
        tab.on("console", self._said)
        tab.on("pageerror", lambda error: self._add("script", str(error)))
        tab.on("requestfailed", lambda request: self._add(request.url, f"failed: {request.failure}"))
        tab.on("response", self._answered)
        tab.on("request", lambda request: self._asked(request.url))

    def _add(self, element: str, message: str) -> None:
        self.findings.append(Finding(str(self._visit), element, message))

    def _said(self, message: ConsoleMessage) -> None:
        told_otherwise = ("Failed to load resource", "Content Security Policy")
        if message.type in ("error", "warning") and not any(part in message.text for part in told_otherwise):
            self._add("console", f"{message.type}: {message.text}")

    def _answered(self, response: Response) -> None:
        expected = response.url == self._site.address(self._visit.page)
        if response.status >= 400 and not expected:
            self._add(response.url, f"was answered with {response.status}")

    def _asked(self, address: str) -> None:
        if urlsplit(address).scheme not in ("data", "blob") and not address.startswith(self._site.url):
            self._add(address, "is not an address of the site")
