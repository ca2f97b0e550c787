"""Whoever has no mouse: Tab reaches everything that can be used, leaves it again, and shows where it is."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser

from site_src.audit.browser import SIZES, Visit, each, read_through, tab_for
from site_src.audit.site import Finding, Row, Site

# What takes part: visible, not disabled, one of each group of radio buttons. Looks are compared without transitions.
PREPARE = """() => {
  document.documentElement.append(Object.assign(document.createElement("style"),
    { textContent: "*, *::before, *::after { transition: none !important; animation: none !important }" }));
  scrollTo({ top: 0, behavior: "instant" });
  const usable = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")].filter(element =>
      element.tabIndex >= 0 && !element.disabled && !element.closest("[inert]") &&
      element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) &&
      element.getClientRects().length > 0 &&
      !(element.type === "radio" && !element.checked &&
        document.querySelector(`input[name="${element.name}"]:checked`)));
  const shell = ["outline", "boxShadow", "backgroundColor", "color", "borderColor", "textDecorationColor", "opacity",
    "clipPath", "transform", "fill"];
  // A hidden input shows its focus on its label, a link sometimes on what is in it.
  const look = element => [element, ...(element.labels ?? []), ...element.children].map(part => {
    const style = getComputedStyle(part);
    return shell.map(name => style[name]).join();
  }).join();
  const name = element => element.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
  const looks = new Map(usable.map(element => [element, look(element)]));
  window.walk = { usable, seen: new Set(), dull: [], steps: 0, step() {
    const at = document.activeElement;
    if (!at || at === document.body || walk.seen.has(at)) return at && at !== document.body && walk.last === at
      ? "stuck" : "round";
    walk.last = at;
    walk.seen.add(at);
    const before = looks.get(at), outline = getComputedStyle(at);
    const outlined = outline.outlineStyle !== "none" && parseFloat(outline.outlineWidth) > 0;
    if (!outlined && (before === undefined || before === look(at))) walk.dull.push(name(at));
    return "on";
  }, missed: () => usable.filter(element => !walk.seen.has(element) && element.isConnected).map(name) };
  return usable.length;
}"""


def check(site: Site) -> list[Row]:
    """Walk through each page with Tab, on a desk."""
    jobs = [Visit(page, "light", SIZES[1]) for page in site.pages]

    async def see(browser: Browser, visit: Visit) -> tuple[int, list[Finding]]:
        async with tab_for(browser, visit, bypass_csp=True) as (tab, traffic):
            await read_through(tab, site, visit.page, traffic)
            usable: int = await tab.evaluate(PREPARE)
            state, steps = "on", 0
            while state == "on" and steps < 2 * usable + 50:
                await tab.keyboard.press("Tab")
                state = await tab.evaluate("walk.step()")
                steps += 1
            walked: dict[str, Any] = await tab.evaluate("({ missed: walk.missed(), dull: walk.dull })")
        found = [Finding(visit.page.name, one, "Tab does not reach it") for one in walked["missed"]]
        found += [Finding(visit.page.name, one, "does not show that it has the focus") for one in walked["dull"]]
        if state == "stuck":
            found.append(Finding(visit.page.name, "", f"the focus cannot leave an element after {steps} steps"))
        return usable, found

    answers = each(jobs, see, "keyboard")
    looked_at = f"{sum(count for count, _ in answers):,} elements"
    findings = [finding for _, found in answers for finding in found]
    return [Row("keyboard", "links, buttons and fields reached with Tab, focus seen", findings, looked_at, "all")]
