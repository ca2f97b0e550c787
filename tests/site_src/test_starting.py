"""How a page's live views start in a real browser, by mouse, pen and keyboard, and what links then say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from live_views import DOCS, SHOWN, keeping, opened, pictures, settled, start, until, view_of, views_of
from playwright.sync_api import Browser, Page, Route, expect

ASSETS = Path(__file__).parents[2] / "site_src" / "theme" / "assets"
VIEWS = sorted(path.stem for path in (ASSETS / "playground/views").glob("*.js"))
IMPORT = re.compile(r'^(?:import|export) [^;]*?from "([^"]+)";|^import "([^"]+)";', re.MULTILINE)

NEEDS = """async ([view, of]) => {
  const { needs } = await import(new URL("/sub/path/assets/playground/needs.js", location.href));
  return needs(view, of);
}"""

Visit = Callable[..., Page]


def came(asked: list[str], file: str) -> bool:
    return any(url.endswith(file) for url in asked)


def imported(file: Path) -> set[Path]:
    """All that a module imports before it runs, and what that imports; with itself."""
    found = {file}
    for match in IMPORT.finditer(file.read_text("utf-8")):
        other = (file.parent / (match[1] or match[2])).resolve()
        found |= imported(other)
    return found


def names(files: set[Path]) -> set[str]:
    return {file.relative_to(ASSETS / "playground").with_suffix("").as_posix() for file in files}


def test_a_page_asks_at_once_for_what_starts_its_views(published_site: Path) -> None:
    page = (published_site / "playground/index.html").read_text("utf-8")
    asked = re.findall(r'(?:rel="modulepreload" href|type="module" src)="\.\./assets/([^"]+)"', page)
    assert {ASSETS / name for name in asked} == imported(ASSETS / "playground/main.js")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_asked_for_with_all_that_it_imports(lab: Page, view: str) -> None:
    needs = lab.evaluate(NEEDS, [view, None])
    ready = imported(ASSETS / "playground/main.js")
    assert set(needs["code"]) == names(imported(ASSETS / f"playground/views/{view}.js") - ready) - {
        f"views/{view}"
    }
    results = [f"playground/{name}" for name in needs["networks"] + needs["later"]] + needs["results"]
    missing = [name for name in results if not (DOCS / f"data/results/{name}.npz").exists()]
    assert not missing


@pytest.mark.parametrize(("page_name", "view"), [("autoencoder/", "plane"), ("on-a-line/", "line")])
def test_all_that_a_view_needs_is_asked_for_while_its_code_is_on_its_way(
    visit: Visit, page_name: str, view: str
) -> None:
    held: list[Route] = []
    asked: list[str] = []
    page = visit("glossary/", routes={f"**/views/{view}.js": keeping(held)})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url.replace("glossary/", page_name))
    until(page, lambda: bool(page.evaluate(SHOWN, view) or held), "its code is asked for")
    of = view_of(page, view).get_attribute("data-of")
    needs = page.evaluate(NEEDS, [view, of])
    pieces = [f"/playground/{name}.js" for name in needs["code"]]
    data = [f"/playground/{name}.npz" for name in needs["networks"]]
    files = [*pieces, *data, *(f"/{name}.npz" for name in needs["results"])]
    assert files
    for file in files:
        until(page, partial(came, asked, file), f"{file} in {asked}")
    held[0].continue_()
    until(page, lambda: view_of(page, view).get_attribute("data-state") == "live", "it starts")


def test_the_home_page_asks_for_its_networks_before_scripts_run(visit: Visit) -> None:
    held: list[Route] = []
    asked: list[str] = []
    page = visit("glossary/")
    page.route("**/assets/site.js", keeping(held))
    page.on("request", lambda request: asked.append(request.url.split("/playground/")[-1]))
    page.goto(page.url.replace("glossary/", ""), wait_until="commit")
    first = {"main.js", *(f"{name}.npz" for name in page.evaluate(NEEDS, ["hero", None])["later"])}
    until(page, lambda: set(asked) >= first, f"{first} before site.js")
    until(page, lambda: bool(held), "site.js is asked for")
    held[0].continue_()
    start(page, "hero")
    until(page, lambda: len(set(pictures(page, "hero"))) == 4, "a plane and three images")
    assert Counter(asked)["ae_2d.npz"] == 1


def test_views_share_what_they_fetch(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update([request.url]))
    page.goto(address + "playground/")
    start(page, *views_of("playground"))
    data = {url: times for url, times in asked.items() if url.endswith(".npz")}
    assert len(data) > 20
    assert not [url for url, times in data.items() if times > 1]
    page.close()


def test_the_keyboard_finds_a_view_before_it_is_there(visit: Visit) -> None:
    page = visit("vae/", viewport={"width": 1280, "height": 600})
    place = view_of(page, "beta")
    until(page, lambda: place.get_attribute("tabindex") == "0", "it waits for the keyboard")
    page.evaluate(
        """() => {
          const places = [...document.querySelectorAll("a[href], button, [tabindex='0']")];
          const at = places.indexOf(document.querySelector("[data-view=beta]"));
          places[at - 1].focus({ preventScroll: true });
        }"""
    )
    assert not place.get_attribute("data-state")
    page.keyboard.press("Tab")
    expect(place).to_have_attribute("data-state", "live")
    assert place.locator(":focus").count() == 1, "the focus is where the view is used"
    assert place.get_attribute("tabindex") is None


def test_a_link_stays_with_the_view_that_was_touched(visit: Visit) -> None:
    page = visit("playground/")
    start(page, "plane")
    view_of(page, "plane").get_by_label("VAE, latent plane").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"\?plane=[^#]*#plane$"))
    touched = page.url
    start(page, "draw", "learn")
    view_of(page, "draw").get_by_label("Drawing pad").focus()
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    assert page.url == touched


def test_lifting_the_pen_by_key_says_what_was_read(visit: Visit) -> None:
    _, view = opened(visit, "playground", "draw")
    pad = view.get_by_label("Drawing pad")
    for key in ("Delete", "Space", *["ArrowDown"] * 8, "Space"):
        pad.press(key)
    expect(view.get_by_role("status").last).to_have_text(re.compile(r"Pen up.*The classifier says \d"))


def test_undo_and_the_pen_width_change_what_the_networks_see(visit: Visit) -> None:
    page, view = opened(visit, "playground", "draw")
    view.get_by_role("button", name="Clear").click()
    undo = view.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    box = view.get_by_label("Drawing pad").bounding_box()
    assert box

    def stroke(share: float) -> list[str]:
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.8 * box["height"], steps=5)
        page.mouse.up()
        return settled(page, "draw")

    first = stroke(0.3)
    second = stroke(0.6)
    assert second != first
    undo.click()
    until(page, lambda: settled(page, "draw") == first, "the first stroke alone")
    view.get_by_label("Pen width").fill("36")
    assert stroke(0.6) != second
    for _ in range(2):
        undo.click()
    expect(undo).to_be_disabled()


@pytest.mark.parametrize("share", [0.15, 0.9])
def test_small_and_large_drawings_are_seen_alike(visit: Visit, share: float) -> None:
    """A seven of any size is read as one, in a line as thick."""
    page, view = opened(visit, "playground", "draw")
    view.get_by_role("button", name="Clear").click()
    box = view.get_by_label("Drawing pad").bounding_box()
    assert box

    def to(across: float, down: float) -> tuple[float, float]:
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        return middle[0] + across * share * box["width"] / 2, middle[1] + down * share * box["height"] / 2

    page.mouse.move(*to(-0.6, -0.8))
    page.mouse.down()
    for place in [(0.6, -0.8), (-0.1, 0.8)]:
        page.mouse.move(*to(*place), steps=8)
    page.mouse.up()
    expect(view.locator(".beliefs .top")).to_contain_text(re.compile("^7"))


def lost(route: Route) -> None:
    route.abort()


def test_code_that_starts_views_can_be_asked_for_again(visit: Visit) -> None:
    page = visit("playground/", forgiving=True, routes={"**/playground/main.js": lost})
    place: Any = view_of(page, "plane")
    again = place.get_by_role("button", name="Try again")
    expect(place).to_have_attribute("data-state", "failed")
    page.unroute("**/playground/main.js")
    again.click()
    start(page, "plane")
    until(page, lambda: place.get_attribute("data-state") == "live", "it starts")
