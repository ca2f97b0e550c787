"""The animations' player in a real browser: how it is used, and when it stays still."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

Visit = Callable[..., Page]

LIGHT = Path(__file__).parents[2] / "docs/figures/gan/interpolation.light.gif"
OTHER = LIGHT.with_name("progress.light.gif")
FILM, NAME = "#gan-interpolation", "figure 4"  # 60 frames of 0.1 s; the still is the last of them


def film(page: Page) -> Locator:
    figure = page.locator(FILM)
    figure.scroll_into_view_if_needed()
    figure.locator("input").wait_for()
    return figure


def fetched(page: Page) -> list[str]:
    """The names of the GIFs that the page asks for from now on."""
    names: list[str] = []
    page.on("request", lambda asked: names.append(Path(asked.url).name) if ".gif" in asked.url else None)
    return names


def button(figure: Locator, word: str) -> Locator:
    return figure.get_by_role("button", name=f"{word} the animation of {NAME}")


def stands(figure: Locator) -> None:
    """The frame does not change any more."""
    before = figure.locator(".counter").text_content()
    figure.page.wait_for_timeout(350)
    expect(figure.locator(".counter")).to_have_text(before or "nothing")


def moves(figure: Locator) -> None:
    expect(figure.locator("canvas")).to_be_visible()
    expect(figure.locator(".counter")).not_to_have_text(figure.locator(".counter").text_content() or "")


def shows(figure: Locator, theme: str, index: int) -> None:
    """The frame is on the canvas, and the counter tells it."""
    expect(figure.locator(".counter")).to_have_text(f"{index + 1} / 60")
    address: str = figure.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    painted = Image.open(BytesIO(b64decode(address.partition(",")[2])))
    gif = Image.open(LIGHT.with_name(f"interpolation.{theme}.gif"))
    gif.seek(index)
    assert painted.convert("RGB").tobytes() == gif.convert("RGB").tobytes()


def test_nothing_moves_or_is_fetched_unasked(visit: Visit) -> None:
    page = visit("gan-latent-space/")
    asked = fetched(page)
    figure = film(page)
    stands(figure)
    assert asked == []
    expect(figure.locator("canvas")).to_be_hidden()
    expect(figure.locator("img").first).to_be_visible()
    button(figure, "Play").click()
    expect(figure.locator("canvas")).to_be_visible()
    assert asked == ["interpolation.light.gif"]


def test_it_plays_round_and_pauses(visit: Visit) -> None:
    page = visit("gan-latent-space/")
    figure = film(page)
    before = figure.bounding_box()
    button(figure, "Play").click()
    moves(figure)
    expect(figure.locator("img").first).to_be_hidden()
    assert figure.bounding_box() == pytest.approx(before, abs=0.5)
    button(figure, "Pause").click()
    stands(figure)
    figure.locator("input").fill("59")
    button(figure, "Play").press("Enter")
    expect(figure.locator(".counter")).to_have_text(re.compile(r"^\d / 60"))
    button(figure, "Pause").press(" ")
    stands(figure)


def test_keys_step(visit: Visit) -> None:
    page = visit("gan-latent-space/")
    asked = fetched(page)
    figure = film(page)
    control = figure.get_by_role("slider", name=f"Frame of {NAME}")
    for _ in range(3):
        control.press("ArrowLeft")
    shows(figure, "light", 56)
    assert len(asked) == 1
    expect(control).to_have_attribute("aria-valuetext", "57 of 60")
    control.press("Home")
    control.press("ArrowRight")
    shows(figure, "light", 1)
    figure.get_by_role("button", name="Play").click()
    control.press("End")
    shows(figure, "light", 59)
    stands(figure)


def test_fingers_step(visit: Visit) -> None:
    figure = film(visit("gan-latent-space/", has_touch=True, viewport={"width": 375, "height": 740}))
    figure.get_by_role("button", name=f"Next frame of {NAME}").tap()
    shows(figure, "light", 0)
    figure.get_by_role("button", name=f"Previous frame of {NAME}").tap()
    shows(figure, "light", 59)


@pytest.mark.sampled(0)
def test_the_theme_changes_the_film(visit: Visit) -> None:
    page = visit("gan-latent-space/", color_scheme="light")
    figure = film(page)
    figure.locator("input").press("ArrowLeft")
    shows(figure, "light", 58)
    with page.expect_response("**/interpolation.dark.gif"):
        page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
    page.wait_for_timeout(300)
    shows(figure, "dark", 58)
    expect(figure.get_by_role("link", name="GIF")).to_have_attribute("href", re.compile(r"dark\.gif$"))


def test_it_pauses_out_of_sight(visit: Visit) -> None:
    page = visit("gan-latent-space/")
    figure = film(page)
    button(figure, "Play").click()
    moves(figure)
    page.locator("h1").scroll_into_view_if_needed()
    expect(button(figure, "Play")).to_be_attached()
    stands(figure)


def test_it_ends_with_its_page(visit: Visit) -> None:
    page = visit("gan-latent-space/", viewport={"width": 1400, "height": 900})
    figure = film(page)
    button(figure, "Play").click()
    moves(figure)
    page.evaluate(f"window.left = document.querySelector('{FILM} .counter')")
    page.locator(".md-header .md-logo").click()
    page.wait_for_url("**/sub/path/")
    before = page.evaluate("window.left.textContent")  # gone if the browser loads a page of its own
    page.wait_for_timeout(350)
    assert page.evaluate("window.left.textContent") == before


def as_hero(route: Route) -> None:
    page = route.fetch()
    route.fulfill(response=page, body=page.text().replace('"drawing animation"', '"drawing animation hero"'))


WATCH = """figure => {
  window.changes = [];
  const counter = figure.querySelector(".counter");
  new MutationObserver(() => counter.textContent.includes("/") && window.changes.push(performance.now()))
    .observe(counter, { childList: true });
}"""  # while it loads, the counter says so, and nothing moves


@pytest.mark.sampled(0)
def test_a_hero_moves_once_and_less_than_five_seconds(visit: Visit) -> None:
    page = visit("gan-latent-space/", routes={"**/gan-latent-space/": as_hero})
    figure = page.locator(FILM)
    figure.locator("input").wait_for(state="attached")
    figure.evaluate(WATCH)
    figure.scroll_into_view_if_needed()
    expect(button(figure, "Pause")).to_be_visible()
    expect(button(figure, "Play")).to_be_visible(timeout=6000)
    stands(figure)
    changes = page.evaluate("window.changes")
    assert 3500 < changes[-1] - changes[0] < 5000
    page.locator("h1").scroll_into_view_if_needed()
    figure.scroll_into_view_if_needed()
    stands(figure)
    button(figure, "Play").click()
    moves(figure)


def test_a_hero_stays_still_where_motion_is_not_wanted(visit: Visit) -> None:
    figure = film(
        visit("gan-latent-space/", routes={"**/gan-latent-space/": as_hero}, reduced_motion="reduce")
    )
    stands(figure)
    expect(figure.locator("canvas")).to_be_hidden()
    button(figure, "Play").click()
    moves(figure)


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda route: route.fulfill(body=LIGHT.read_bytes()[:100_000]), "is damaged: it ends too early"),
        (lambda route: route.fulfill(path=OTHER), "is damaged: it has another number of frames"),
        (lambda route: route.fulfill(status=404), r"light.gif could not be loaded \(404\)"),
        (lambda route: route.abort(), "light.gif could not be loaded. Is there a connection"),
    ],
)
def test_a_bad_file_is_told_and_the_still_stays(
    visit: Visit, damage: Callable[[Route], None], message: str
) -> None:
    page = visit("gan-latent-space/", routes={"**/*.gif": damage}, forgiving=True)
    figure = film(page)
    button(figure, "Play").click()
    expect(figure.get_by_role("status")).to_contain_text(re.compile(message))
    expect(figure.locator("img").first).to_be_visible()
    expect(figure.locator("canvas")).to_be_hidden()
    page.unroute("**/*.gif")
    button(figure, "Play").click()
    expect(figure.locator("canvas")).to_be_visible()
    expect(figure.get_by_role("status")).to_be_empty()


@pytest.mark.sampled(0)
def test_on_paper_there_is_the_still(visit: Visit) -> None:
    page = visit("gan-latent-space/")
    figure = film(page)
    figure.locator("input").press("Home")
    expect(figure.locator("canvas")).to_be_visible()
    page.emulate_media(media="print")
    expect(figure.locator("img").first).to_be_visible()
    expect(figure.locator("canvas")).to_be_hidden()
    expect(figure.locator(".play")).to_be_hidden()


def test_without_scripts_a_link_leads_to_the_gif(visit: Visit) -> None:
    figure = visit("gan-latent-space/", java_script_enabled=False).locator(FILM)
    expect(figure.locator("img").first).to_be_visible()
    link = figure.get_by_role("link", name="Play the animation")
    expect(link).to_have_attribute("href", "../figures/gan/interpolation.light.gif")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_the_controls_are_accessible_and_stand_in_one_line(visit: Visit, scheme: str, width: int) -> None:
    page = visit("gan-latent-space/", color_scheme=scheme, viewport={"width": width, "height": 900})
    figure = film(page)
    figure.locator("input").press("ArrowLeft")
    expect(figure.locator("canvas")).to_be_visible()
    controls = figure.locator(".play > :is(button, input, a)").filter(visible=True)
    boxes = [box for control in controls.all() if (box := control.bounding_box())]
    assert len(boxes) == 5
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    assert len({round(box["y"] + box["height"] / 2) for box in boxes}) <= 2
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    found = Axe().run(page, context={"include": [["figure.animation"]]})
    assert found.violations_count == 0, found.generate_report()
