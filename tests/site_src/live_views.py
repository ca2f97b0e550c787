"""Live views in a browser: where they are, how they are started, and what they show."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route

from site_src.shortcodes.figures import FIGURE, VIEW

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
PARITY = (HERE / "parity.js").read_text("utf-8")


def views_of(page: str) -> list[str]:
    """The views of a page, by its name in docs/."""
    blocks = re.split(r"\n\s*\n", (DOCS / f"{page}.md").read_text("utf-8"))
    alone = (VIEW.fullmatch(block.strip()) for block in blocks)
    figures = (FIGURE.fullmatch(block.strip()) for block in blocks)
    found = [match["view"] for match in alone if match] + [match["live"] for match in figures if match]
    return sorted(filter(None, found))


def page_of(view: str) -> str | None:
    """The page that a view is on; None while it is on none."""
    pages = (path.relative_to(DOCS).with_suffix("").as_posix() for path in sorted(DOCS.rglob("*.md")))
    return next((page for page in pages if view in views_of(page)), None)


SHOWN = """name => {
  const view = document.querySelector(`[data-view=${name}]`);
  view?.scrollIntoView({ behavior: "instant" });
  return Boolean(view?.dataset.state);
}"""


def start(page: Page, *names: str) -> None:
    """Scroll to views and wait until each is live or has said why not."""
    for view in names:
        # Of whichever document is there: a page may just be coming back.
        until(page, partial(page.evaluate, SHOWN, view), f"{view} does not start")


def view_of(page: Page, name: str) -> Any:
    return page.locator(f"[data-view={name}]")


def pictures(page: Page, view: str) -> list[str]:
    """Every canvas of a view as it is painted now."""
    script = "box => [...box.querySelectorAll('canvas')].map(canvas => canvas.toDataURL())"
    found: list[str] = view_of(page, view).evaluate(script)
    return found


def settled(page: Page, view: str) -> list[str]:
    """Every canvas of a view once it is no longer being painted, however slow the machine."""
    found = pictures(page, view)
    while True:
        page.wait_for_timeout(200)
        before, found = found, pictures(page, view)
        if found == before:
            return found


def keeping(requests: list[Route]) -> Callable[[Route], None]:
    """Keeps requests and answers none; the browser's library takes no method of a list."""
    return lambda route: requests.append(route)  # noqa: PLW0108


def path_of(page: str) -> str:
    """Where a page is on the site, by its name in docs/."""
    return "" if page == "index" else f"{page}/"


def opened(
    visit: Callable[..., Page], page_name: str, view: str, text: str = "", **options: Any
) -> tuple[Page, Locator]:
    """A page with a view that has started, as a link's text has it, and the view."""
    page = visit(path_of(page_name) + (f"?{view}={text}" if text else ""), **options)
    start(page, view)
    return page, view_of(page, view)


def counted(view: Locator) -> int:
    """The number on the view's clock."""
    said = view.locator(".count").first.text_content() or ""
    return int(re.sub(r"\D", "", said) or 0)


def press(view: Locator, name: str) -> None:
    """Press the button of this name."""
    view.get_by_role("button", name=name, exact=True).click()


def trainers(page: Page) -> int:
    """How many workers train."""
    return sum(worker.url.endswith("train/worker.js") for worker in page.workers)  # the search has one too


def modules(*names: str) -> str:
    """A function in JavaScript that gives what modules of the playground export, all together."""
    return f"""async () => {{
      const base = new URL("../assets/playground/", location.href);
      const load = (names) => Promise.all(names.map((name) => import(new URL(`${{name}}.js`, base))));
      return Object.assign({{}}, ...(await load({list(names)})));
    }}"""


# How far a kernel's losses and gradients are from those published, by case; both errors relative.
COMPARED = f"""async ([result, kind]) => {{
  const all = await ({modules("npz", "train/mlp", "train/models", "train/digits")})();
  const file = new URL(`../data/results/playground/${{result}}.npz`, location.href);
  return ({PARITY})(all, await all.results(file), kind);
}}"""


def parity(page: Page, result: str, kind: str) -> dict[str, dict[str, float]]:
    """What a page in Chromium makes of ``COMPARED``."""
    found: dict[str, dict[str, float]] = page.evaluate(COMPARED, [result, kind])
    return found


def until(page: Page, true: Callable[[], bool], what: str) -> None:
    """Wait for something, half a minute at most."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, what
        page.wait_for_timeout(50)
