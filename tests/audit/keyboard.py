"""Whoever has no mouse: Tab reaches everything that can be used, leaves it again, and shows where it is."""

from __future__ import annotations

from playwright.async_api import Browser

from tests.audit.browser import SIZES, Visit, each, opened, tab_for
from tests.audit.site import Finding, Row, Site

# Who takes part: the visible and enabled, one of each group of radio buttons. Looks are compared without
# transitions.
PREPARE = """() => {
  document.documentElement.append(Object.assign(document.createElement("style"),
    { textContent: "*, *::before, *::after { transition: none !important; animation: none !important }" }));
  const seen = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const candidates = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")];
  const usable = candidates.filter(element =>
    element.tabIndex >= 0 && !element.disabled && !element.closest("[inert]") && seen(element) &&
    element.getClientRects().length > 0 &&
    !(element.type === "radio" && !element.checked &&
      document.querySelector(`input[name="${element.name}"]:checked`)));
  const shell = ["outline", "boxShadow", "backgroundColor", "color", "borderColor", "textDecorationColor",
    "opacity", "clipPath", "transform", "fill"];
  // A hidden input shows its focus on a label, a search box on its form, a link sometimes on what is in it.
  const look = element => [element, element.parentElement, element.nextElementSibling, ...element.children]
    .filter(part => part && seen(part)).map(part => {
      const style = getComputedStyle(part);
      return shell.map(name => style[name]).join();
    }).join();
  const name = element => element.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
  const before = new Map(candidates.map(element => [element, [look(element), name(element)]]));
  const reached = new Set(), dull = [];
  window.walk = {
    async step() {
      const at = document.activeElement;
      if (!at || at === document.body || reached.has(at)) return false;
      reached.add(at);
      const [old, called] = before.get(at) ?? ["", name(at)];
      const shows = () => look(at) !== old;
      // What a script does about it, such as opening the search, takes a moment.
      if (!shows()) await new Promise(done => setTimeout(done, 200));
      if (!shows()) dull.push(called);
      return true;
    },
    told: () => [usable.filter(element => !reached.has(element) && element.isConnected).map(name), dull],
  };
  return usable.length;
}"""


def check(site: Site) -> list[Row]:
    """Walk through each page with Tab, on a desk."""
    jobs = [Visit(page, "light", SIZES[1]) for page in site.pages]

    async def see(browser: Browser, visit: Visit) -> tuple[int, list[Finding]]:
        async with tab_for(browser, visit, bypass_csp=True) as (tab, traffic):
            await opened(tab, site, visit.page, traffic)
            await tab.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
            await tab.wait_for_timeout(300)  # the theme hides its button for going up
            usable: int = await tab.evaluate(PREPARE)
            for _ in range(2 * usable + 50):
                await tab.keyboard.press("Tab")
                if not await tab.evaluate("walk.step()"):  # once round, or caught
                    break
            missed, dull = await tab.evaluate("walk.told()")
        found = [Finding(visit.page.name, element, "Tab does not reach it") for element in missed]
        found += [
            Finding(visit.page.name, element, "does not show that it has the focus") for element in dull
        ]
        return usable, found

    answers = each(jobs, see, "keyboard")
    looked_at = f"{sum(count for count, _ in answers):,} elements"
    findings = [finding for _, found in answers for finding in found]
    return [
        Row("keyboard", "links, buttons and fields reached with Tab, focus seen", findings, looked_at, "all")
    ]
