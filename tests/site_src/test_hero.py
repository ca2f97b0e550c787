"""The home page's first screen in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from live_views import keeping, pictures, settled, start, until, view_of
from playwright.sync_api import Page, Route, expect

Visit = Callable[..., Page]
SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


def still(visit: Visit, path: str = "", **options: Any) -> Page:
    """The page of a reader who wants nothing to move."""
    page = visit(path, reduced_motion="reduce", **options)
    start(page, "hero")
    until(page, lambda: len(set(settled(page, "hero"))) == 4, "a plane and three images")
    return page


def test_a_point_is_moved_and_the_address_leads_back(visit: Visit) -> None:
    page = still(visit)
    before = settled(page, "hero")
    plane = view_of(page, "hero").get_by_label("Draws of N(0, I)")
    for _ in range(8):
        plane.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"hero=-?\d+_-?\d+"))
    after = settled(page, "hero")
    assert all(a != b for a, b in zip(before, after, strict=True))
    again = still(visit, page.url.split("/sub/path/")[1])
    until(again, lambda: pictures(again, "hero") == after, "the address leads elsewhere")


@pytest.mark.parametrize("text", ["", "_", "9999_0", "a_b", "0"])
def test_nonsense_in_the_address_is_passed_over(visit: Visit, text: str) -> None:
    assert settled(still(visit, f"?hero={text}"), "hero") == settled(still(visit), "hero")


def test_it_moves_unasked_for_less_than_five_seconds(visit: Visit) -> None:
    page = visit("")
    start(page, "hero")
    begun = pictures(page, "hero")
    until(page, lambda: pictures(page, "hero") != begun, "it does not move")
    page.wait_for_timeout(5_000)
    end = pictures(page, "hero")
    page.wait_for_timeout(500)
    assert pictures(page, "hero") == end


def test_a_digit_comes_without_waiting_for_the_others(visit: Visit) -> None:
    waiting: list[Route] = []
    page = visit("glossary/")
    page.route("**/playground/gan_2d.npz", keeping(waiting))
    page.goto(page.url.replace("glossary/", ""))
    start(page, "hero")
    until(page, lambda: len(set(pictures(page, "hero"))) == 4, "two images, and none of the third")
    assert waiting
    waiting[0].continue_()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_jumps_and_everybody_can_use_it(visit: Visit, width: int, scheme: str) -> None:
    page = still(visit, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.evaluate(SHIFTS)
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") < 0.05
    found = Axe().run(page, context={"include": [["[data-view=hero]"]]})
    assert found.violations_count == 0, found.generate_report()
