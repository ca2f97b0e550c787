"""A site that is opened from disk, as after ``make demo``: whatever needs a server says so in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from live_views import views_of
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.audit.serving import served

VIEWS = views_of("playground")
COMMAND = "python3 -m http.server"
READERS = [(375, "light"), (1280, "dark")]  # between them, every width and theme
PAGES = ("index", "gan", "playground", "scoreboard", "about/how-it-is-made", "notebooks/gan-from-nothing")

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def host(demo: Path) -> Iterator[str]:
    with served(demo) as url:
        yield url


@pytest.fixture
def complaints() -> list[str]:
    """Whatever a page says in the browser's console, throws, or cannot load."""
    return []


@pytest.fixture
def tab(browser: Browser, complaints: list[str]) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def failed(asked: Request) -> None:
        if asked.failure != "net::ERR_ABORTED":  # by leaving the page
            complaints.append(asked.url)

    def open_tab(width: int = 1280, scheme: str = "light", **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=width < 600, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", failed)
        return page

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def from_disk(tab: Open, demo: Path, complaints: list[str]) -> Iterator[Open]:
    """Opens a file; at the end nothing may have gone wrong without a word on the page."""

    def open_file(path: str, *reader: Any, **options: Any) -> Page:
        page = tab(*reader, **options)
        page.goto((demo / path).as_uri())
        return page

    yield open_file
    assert complaints == []


def accessible(page: Page, part: str) -> None:
    # It would fetch the style sheet, which the browser refuses and complains of.
    found = Axe().run(page, context={"include": [[part]]}, options={"preload": False})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("width", "scheme"), READERS)
def test_every_view_says_what_it_needs(from_disk: Open, width: int, scheme: str) -> None:
    page = from_disk("playground.html", width, scheme)
    for name in VIEWS:
        view = page.locator(f"[data-view={name}]")
        expect(view.get_by_role("note")).to_be_visible()
        expect(view.get_by_role("note")).to_contain_text(COMMAND)
        view.scroll_into_view_if_needed()
        expect(view.locator("img").filter(visible=True)).to_have_count(1)
    accessible(page, ".view > .needs")


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("width", "scheme"), READERS)
def test_the_search_says_what_it_needs(from_disk: Open, width: int, scheme: str) -> None:
    page = from_disk("index.html", width, scheme)
    search = page.get_by_role("dialog", name="Search")
    field, note = search.get_by_role("textbox"), search.get_by_role("note")
    expect(note).to_be_hidden()
    if width < 600:
        page.locator(".md-header__button[for=__search]").tap()
    else:
        field.click()
    expect(note).to_be_in_viewport(ratio=1)
    expect(note).to_contain_text(COMMAND)
    expect(field).to_have_accessible_description(re.compile(COMMAND))
    expect(search.get_by_text("Initializing search")).to_be_hidden()
    page.wait_for_timeout(500)  # until it has its colours
    accessible(page, ".md-search__output")
    field.press("Enter")
    field.press("Escape")
    expect(note).not_to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"/index\.html$"))


def test_an_animation_is_a_link_that_leads_to_it(from_disk: Open, demo: Path) -> None:
    page = from_disk("gan-latent-space.html")
    figures = page.locator("figure.animation")
    for figure in figures.all():
        expect(figure.locator("img").filter(visible=True)).to_have_count(1)
        expect(figure.locator(".play :is(button, input)")).to_have_count(0)
        link = figure.get_by_role("link", name="Play the animation")
        expect(link).to_be_visible()
        assert (demo / (link.get_attribute("href") or "nowhere")).read_bytes().startswith(b"GIF8")
    assert figures.count() > 0


def test_no_page_asks_for_what_it_cannot_have(from_disk: Open, demo: Path) -> None:
    page = from_disk("index.html")
    for name in PAGES:
        page.goto((demo / f"{name}.html").as_uri())


def test_where_it_is_served_nothing_is_missing(tab: Open, host: str, complaints: list[str]) -> None:
    page = tab()
    page.goto(host + "playground.html", wait_until="commit")
    page.locator("[data-view]").first.wait_for()
    expect(page.locator(".needs").filter(visible=True)).to_have_count(0)
    page.locator("[data-view][data-state=live]").first.wait_for()
    expect(page.locator("[data-view] > .needs")).to_have_count(0)
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("decoder")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    expect(page.locator(".needs").filter(visible=True)).to_have_count(0)
    assert complaints == []


@pytest.mark.sampled(1)
@pytest.mark.parametrize("lost", ["assets/site.js", "assets/javascripts/bundle.*.js"])
def test_views_whose_scripts_do_not_come_say_what_they_need(tab: Open, host: str, lost: str) -> None:
    page = tab()
    page.route(f"**/{lost}", lambda route: route.abort())
    page.goto(host + "playground.html")
    expect(page.locator("[data-view] > .needs").filter(visible=True)).to_have_count(len(VIEWS))


@pytest.mark.sampled(0)
def test_views_whose_module_does_not_come_say_so(tab: Open, host: str) -> None:
    page = tab()
    page.route("**/playground/main.js", lambda route: route.abort())
    page.goto(host + "playground.html")
    for name in VIEWS:
        note = page.locator(f"[data-view={name}]").get_by_role("note")
        expect(note).to_have_text(re.compile(r"could not start: playground/main\.js could not be loaded"))


def test_views_without_javascript_say_that_they_need_it(tab: Open, host: str) -> None:
    page = tab(java_script_enabled=False)
    page.goto(host + "playground.html")
    notes = page.locator("[data-view]").get_by_role("note")
    expect(notes).to_have_count(len(VIEWS))
    expect(notes.first).to_contain_text("JavaScript")
