"""The system's Chromium: several pages at once, each in a profile of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from playwright.async_api import Browser, Error, Request, async_playwright
from playwright.async_api import Page as Tab
from tqdm import tqdm

from tests.audit.site import AuditError, Page, Site

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEADLESS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
THEMES = ("light", "dark")
SIZES = ((375, 812), (1280, 900))
READERS = (
    ("light", SIZES[0]),
    ("dark", SIZES[1]),
)  # between them, every theme and size
AT_ONCE = os.cpu_count() or 2
ATTEMPTS, PATIENCE = 3, 90.0  # seconds; a visit takes a few
OPEN_DETAILS = "document.querySelectorAll('details').forEach(details => { details.open = true; })"
FRAME = "const frame = () => new Promise(requestAnimationFrame);"
SCROLL = f"""async () => {{
  {FRAME}
  for (let at = 0; at < document.documentElement.scrollHeight; at += innerHeight) {{
    scrollTo({{ top: at, behavior: "instant" }});
    await frame();
    await frame();
  }}
}}"""
# Live views start when they are seen; each is shown until it runs or has said why not.
START = f"""async () => {{
  {FRAME}
  for (let view, end = performance.now() + 15_000; performance.now() < end;) {{
    if (!(view = document.querySelector("[data-view]:not([data-state])"))) break;
    view.scrollIntoView({{ behavior: "instant" }});
    await frame();
  }}
}}"""

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class Visit(NamedTuple):
    """A page as one reader sees it."""

    page: Page
    theme: str
    size: tuple[int, int]

    def __str__(self) -> str:
        """The page, the theme and the width, for a finding."""
        return f"{self.page.name} {self.theme} {self.size[0]} px"


def chromium() -> str:
    """Where the browser is.

    Raises:
        AuditError: there is none.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise AuditError(f"A browser is needed, and none of {', '.join(NAMES)} was found; install Chromium.")
    return found


def each(jobs: Sequence[Job], see: Callable[[Browser, Job], Awaitable[Answer]], label: str) -> list[Answer]:
    """Do every job in one browser, a few at once, and return the answers in the order of the jobs."""

    async def every() -> list[Answer]:
        gate = asyncio.Semaphore(AT_ONCE)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium(), args=HEADLESS)
            with tqdm(total=len(jobs), desc=label, unit="visit", leave=False) as bar:

                async def one(job: Job) -> Answer:
                    async with gate:
                        try:
                            answer = await _patiently(lambda: see(browser, job))
                        except (Error, TimeoutError) as error:
                            told = error.message if isinstance(error, Error) else "the browser stood still"
                            raise AuditError(f"{label}: {job} could not be looked at: {told}") from error
                    bar.update()
                    return answer

                answers = await asyncio.gather(*map(one, jobs))
            await browser.close()
        return list(answers)

    return asyncio.run(every())


async def _patiently(attempt: Callable[[], Awaitable[Answer]]) -> Answer:
    """What an attempt gives; now and then a browser stops painting a tab, and a new one is tried.

    Raises:
        TimeoutError: that happened as often as was tried.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await asyncio.wait_for(attempt(), PATIENCE)
        except TimeoutError:
            continue
    return await asyncio.wait_for(attempt(), PATIENCE)


class Traffic:
    """What a tab asks for, from now on."""

    def __init__(self, tab: Tab) -> None:
        self.asked: list[Request] = []
        self._open = 0
        self._changed = time.monotonic()
        tab.on("request", self._started)
        tab.on("requestfinished", self._ended)
        tab.on("requestfailed", self._ended)

    def _started(self, request: Request) -> None:
        self.asked.append(request)
        self._open += 1
        self._changed = time.monotonic()

    def _ended(self, _: Request) -> None:
        self._open -= 1
        self._changed = time.monotonic()

    async def settle(self, quiet: float = 0.25, patience: float = 20.0) -> None:
        """Wait until nothing has been asked or answered for a moment."""
        end = time.monotonic() + patience
        while time.monotonic() < end and (self._open > 0 or time.monotonic() - self._changed < quiet):
            await asyncio.sleep(0.05)


@asynccontextmanager
async def tab_for(browser: Browser, visit: Visit, **options: Any) -> AsyncIterator[tuple[Tab, Traffic]]:
    """An empty tab as the visit's reader would have it, and a record of what it asks for."""
    width, height = visit.size
    context = await browser.new_context(
        color_scheme="dark" if visit.theme == "dark" else "light",
        viewport={"width": width, "height": height},
        **options,
    )
    tab = await context.new_page()
    try:
        yield tab, Traffic(tab)
    finally:
        await context.close()


async def opened(tab: Tab, site: Site, page: Page, traffic: Traffic, *, to_the_end: bool = False) -> None:
    """Open a page, start its live views, and scroll through it if whatever loads when it is seen matters."""
    await tab.goto(site.address(page))
    if to_the_end:
        await tab.evaluate(SCROLL)
    await tab.evaluate(START)
    await traffic.settle()
