"""The live views in Firefox and in WebKit, Safari's engine: what Chromium's tests cannot tell."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from engines import ENGINES, Engine, Missing, Recording, until
from live_views import SHOWN, page_of, views_of
from PIL import Image
from test_line import MODULES, PARITY
from test_playground import CALL, KEYS, RESULTS

from tests.audit.serving import served
from tests.audit.site import Site

# Both engines in one process, beside the one that has Chromium.
pytestmark = pytest.mark.xdist_group("engines")

LINE = f"{page_of('line')}/"
FIGURES = RESULTS.parents[1] / "figures"

Visit = Callable[..., None]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    started = ENGINES[request.param](tmp_path_factory.mktemp(request.param))
    try:
        found = started.__enter__()
    except Missing as error:
        assert not os.environ.get("CI"), f"continuous integration must have it: {error}"
        pytest.skip(str(error))
    yield found
    started.__exit__(None, None, None)


@pytest.fixture(scope="module")
def recorded(served_site: Site) -> Iterator[str]:
    """Where the site is served with a record of complaints in each page."""
    with served(served_site.folder, Recording) as url:
        yield url


@pytest.fixture
def visit(engine: Engine, recorded: str) -> Iterator[Visit]:
    """Opens a page and starts views; nothing may have gone wrong by the end."""

    def open_page(path: str, *views: str) -> None:
        engine.open(recorded + path)
        start(engine, *views)

    yield open_page
    assert engine.complaints() == []


def start(engine: Engine, *views: str) -> None:
    for view in views:
        until(lambda view=view: engine.evaluate(SHOWN, view), f"{view} does not start")
        assert state(engine, view) == "live", text(engine, view, ".notice")


# --- What is seen of a view. ---

BOX = "document.querySelector(`[data-view=${view}]`)"
CONTROL = f"""(view, name) => [...{BOX}.querySelectorAll("button, input, select, canvas")].find((control) =>
  [control.ariaLabel, control.innerText, ...[...(control.labels ?? [])].map((label) => label.innerText)]
    .some((text) => text?.includes(name)))"""


def state(engine: Engine, view: str) -> str:
    found: str = engine.evaluate(f"(view) => {BOX}.dataset.state", view)
    return found


def text(engine: Engine, view: str, selector: str) -> str:
    found: str = engine.evaluate(f"(view, selector) => {BOX}.querySelector(selector).innerText", view, selector)
    return found


def pictures(engine: Engine, view: str) -> list[str]:
    script = f"(view) => [...{BOX}.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())"
    found: list[str] = engine.evaluate(script, view)
    return found


def settled(engine: Engine, view: str) -> list[str]:
    """Every canvas once two looks, some frames apart, show the same."""
    frames = "async () => { for (let i = 0; i < 10; i++) await new Promise(requestAnimationFrame); }"
    found: list[list[str]] = [[]]

    def same() -> bool:
        engine.evaluate(frames)
        found.append(pictures(engine, view))
        return found[-1] == found[-2]

    until(same, f"{view} does not come to rest")
    return found[-1]


def changed(engine: Engine, view: str, before: list[str]) -> int:
    """How many canvases are not as they were."""
    return sum(a != b for a, b in zip(pictures(engine, view), before, strict=True))


def click(engine: Engine, view: str, name: str) -> None:
    engine.click(CONTROL, view, name)


def focus(engine: Engine, view: str, name: str) -> None:
    engine.evaluate(f"(...of) => ({CONTROL})(...of).focus()", view, name)


def choose(engine: Engine, view: str, name: str, value: str) -> None:
    """Choose from a list, which opens outside the page."""
    script = f"""(view, name, value) => {{
      const list = ({CONTROL})(view, name);
      list.value = value;
      list.dispatchEvent(new Event("change", {{ bubbles: true }}));
    }}"""
    engine.evaluate(script, view, name, value)


# --- What they compute. ---


@pytest.mark.parametrize("kind", ["vector", "plain"])
def test_gradients_are_those_of_pytorch(engine: Engine, visit: Visit, kind: str) -> None:
    visit("glossary/")
    script = f"""async (kind) => {{
      const modules = await ({MODULES})();
      const file = new URL("../data/results/playground/line_gradients.npz", location.href);
      return ({PARITY})(modules, await modules.results(file), kind);
    }}"""
    found: dict[str, dict[str, float]] = engine.evaluate(script, kind)
    assert len(found) == 7
    for case, errors in found.items():
        assert errors["loss"] < 1e-5, case
        assert errors["gradient"] < 1e-4, case


def test_networks_compute_what_pytorch_does(engine: Engine, visit: Visit) -> None:
    visit("glossary/")
    for kind in ("vector", "plain"):
        found = engine.evaluate(CALL, ["vae_2d", kind, 1])
        assert found["error"] < 2e-3, kind
        assert found["kinds"] == ["vector", "plain"]


# --- A chapter on a line. ---


def steps(engine: Engine) -> int:
    return int(re.sub(r"\D", "", text(engine, "line", ".count")) or 0)


def distances(engine: Engine) -> list[float]:
    """What the AE and the VAE are off by, as the page says it."""
    return [float(number) for number in re.findall(r"distance ([\d.]+)", text(engine, "line", ".panels"))]


def test_the_line_learns_and_is_held_by_its_clock(engine: Engine, visit: Visit) -> None:
    visit(LINE, "line")
    click(engine, "line", "Pause")
    settled(engine, "line")
    click(engine, "line", "Restart")
    click(engine, "line", "One step")
    until(lambda: steps(engine) == 1 and len(distances(engine)) == 2, "one step is taken")
    first, before = distances(engine), settled(engine, "line")
    assert steps(engine) == 1, "it is held"
    click(engine, "line", "Play")
    until(lambda: steps(engine) >= 300, "it trains")
    until(lambda: all(a < b / 2 for a, b in zip(distances(engine), first, strict=True)), "it learns")
    assert changed(engine, "line", before) >= 5, "all but the GAN's bell"
    assert all(len(picture) > 500 for picture in pictures(engine, "line"))
    assert "No worker" not in text(engine, "line", ".live")
    choose(engine, "line", "Data", "ring")
    until(lambda: 0 < steps(engine) < 300, "it begins anew with other data")
    until(lambda: "line=ring" in engine.evaluate("() => location.search"), "the address tells the data")


def test_points_can_be_painted(engine: Engine, visit: Visit) -> None:
    visit(f"{LINE}?line=own", "line")
    plane = f"(view) => {BOX}.querySelector('canvas.plot')"
    engine.click(plane, "line", at=(0.3, 0.4))
    engine.press("ArrowRight", "Enter")
    until(lambda: "2 points." in engine.evaluate(f"(view) => {BOX}.innerText", "line"), "two points")
    until(lambda: steps(engine) > 20, "it learns them")


def test_the_smallest_gan_plays(engine: Engine, visit: Visit) -> None:
    visit(LINE, "dirac")
    before = settled(engine, "dirac")
    taken = lambda: int(re.findall(r"Step (\d+)", text(engine, "dirac", ".note"))[0])  # noqa: E731
    click(engine, "dirac", "Play")
    until(lambda: taken() > 20, "it plays")
    click(engine, "dirac", "Stop")
    settled(engine, "dirac")
    assert changed(engine, "dirac", before) == 2


# --- The playground. ---


def test_every_view_starts_and_follows_a_key(engine: Engine, visit: Visit) -> None:
    visit("playground/", *KEYS)
    assert set(KEYS) == set(views_of("playground"))
    for view, (name, key) in KEYS.items():
        start(engine, view)
        before = settled(engine, view)
        assert all(len(picture) > 100 for picture in before), view
        focus(engine, view, name)
        engine.press(key, key, key, key)
        until(lambda view=view, before=before: changed(engine, view, before), f"{view} is not painted anew")
        until(lambda view=view: f"{view}=" in engine.evaluate("() => location.search"), f"{view}'s address")


def test_a_plane_follows_the_mouse_and_a_pen_draws(engine: Engine, visit: Visit) -> None:
    visit("playground/", "plane", "draw")
    before = settled(engine, "plane")
    engine.click(f"(view) => {BOX}.querySelector('canvas.plot')", "plane", at=(0.2, 0.3))
    until(lambda: changed(engine, "plane", before) == 6, "three planes and three digits follow")
    click(engine, "draw", "Clear")
    before = settled(engine, "draw")
    engine.click(f"(view) => {BOX}.querySelector('.pad canvas')", "draw", at=(0.4, 0.6))
    until(lambda: changed(engine, "draw", before) >= 5, "the pad, what is seen, and where it is put")


def test_a_theme_repaints(engine: Engine, visit: Visit) -> None:
    visit("playground/", "plane", "dimensions")
    before = {view: settled(engine, view) for view in ("plane", "dimensions")}
    switch = "() => document.querySelector('[data-md-component=palette] label:not([hidden])')"
    scheme = "() => document.body.dataset.mdColorScheme"
    for _ in range(2):  # from the system's to light, to dark
        engine.click(switch)
    until(lambda: engine.evaluate(scheme) == "slate", "it is dark")
    for view, was in before.items():
        until(lambda view=view, was=was: changed(engine, view, was) == len(was), f"{view} stays as it was")
    engine.click(switch)


def test_the_keyboard_goes_from_control_to_control(engine: Engine, visit: Visit) -> None:
    visit(LINE, "dirac")
    on = "() => document.activeElement.textContent"
    focus(engine, "dirac", "Play")
    engine.press("Tab")
    assert engine.evaluate(on) == "One step"
    engine.press("Enter")
    until(lambda: "Step 1:" in text(engine, "dirac", ".note"), "Enter presses it")
    engine.press("Tab", " ")
    until(lambda: "Step 0:" in text(engine, "dirac", ".note"), "the space bar presses Restart")


# --- The pages around them. ---


def test_an_animation_plays_frame_by_frame(engine: Engine, visit: Visit) -> None:
    visit("gan-latent-space/")
    film = "document.querySelector('#gan-interpolation')"
    counter = f"() => {film}.querySelector('.counter')?.textContent"
    until(lambda: engine.evaluate(counter), "the player is there")
    engine.click(f"() => {film}.querySelector('.play-button')")
    until(lambda: engine.evaluate(f"() => {film}.classList.contains('moving')"), "it plays")
    seen = engine.evaluate(counter)
    until(lambda: engine.evaluate(counter) != seen, "it goes on")
    engine.click(f"() => {film}.querySelector('.play-button')")
    engine.click(f"() => {film}.querySelectorAll('.step')[1]")
    index = int(engine.evaluate(counter).split("/")[0]) - 1
    until(lambda: _painted(engine, film) == _frame("gan/interpolation.light.gif", index), "the frame is the file's")


def _painted(engine: Engine, film: str) -> bytes:
    address = engine.evaluate(f"() => {film}.querySelector('canvas').toDataURL()")
    return Image.open(BytesIO(b64decode(address.partition(",")[2]))).convert("RGB").tobytes()


def _frame(name: str, index: int) -> bytes:
    with Image.open(FIGURES / name) as gif:
        gif.seek(index)
        return gif.convert("RGB").tobytes()


def test_the_search_finds(engine: Engine, visit: Visit) -> None:
    visit("glossary/")
    engine.evaluate("() => document.querySelector('[data-md-component=search-query]').focus()")
    engine.press(*"posterior")
    until(lambda: engine.evaluate("() => document.querySelectorAll('.md-search-result__item').length"), "nothing is found")


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("path", ["vae/", "scoreboard/", "playground/", LINE])
def test_pages_fit_and_formulas_have_their_font(engine: Engine, visit: Visit, path: str, width: int) -> None:
    visit(path)
    engine.open(engine.evaluate("() => location.href"), (width, 900))
    assert engine.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    small = """() => [...document.querySelectorAll("math")].filter((formula) => {
      const { width, height } = formula.getBoundingClientRect();
      return formula.checkVisibility() && !(width > 2 && height > 4);
    }).map((formula) => formula.outerHTML)"""
    assert engine.evaluate(small) == []
    fonts = "() => [...document.fonts].filter((font) => /Formulas/.test(font.family)).map((font) => font.status)"
    if engine.evaluate("() => document.querySelector('math') !== null"):
        until(lambda: set(engine.evaluate(fonts)) == {"loaded"}, "the font of the formulas does not come")


def test_what_is_folded_opens(engine: Engine, visit: Visit) -> None:
    visit("vae/")
    engine.click("() => document.querySelector('article details > summary')")
    until(lambda: engine.evaluate("() => document.querySelector('article details').open"), "it opens")


def test_a_page_that_is_come_back_to_goes_on(engine: Engine, visit: Visit) -> None:
    visit(LINE, "line")
    engine.evaluate("() => location.assign('../glossary/')")
    until(lambda: engine.evaluate("() => location.pathname.endsWith('/glossary/') && document.readyState === 'complete'"), "left")
    engine.evaluate("() => history.back()")
    until(lambda: engine.evaluate(f"() => location.pathname.endsWith('/{LINE}') && document.readyState === 'complete'"), "back")
    start(engine, "line")
    before = steps(engine)
    until(lambda: steps(engine) > before, "it trains on")


# --- What a view does without. ---


class Refusing(Recording):
    """Its pages' policy lets no WebAssembly be compiled."""

    def changed(self, page: str) -> str:
        return page.replace(" 'wasm-unsafe-eval'", "")


def test_without_webassembly_views_run_all_the_same(engine: Engine, served_site: Site) -> None:
    with served(served_site.folder, Refusing) as url:
        engine.open(f"{url}playground/")
        start(engine, "plane")
        engine.open(f"{url}{LINE}")
        start(engine, "line")
        until(lambda: steps(engine) > 5, "it trains")


class Forgetful(Recording):
    """Files of these names are not there until they are taken off the list."""

    missing: set[str]

    def content(self, file: Path, *, compressed: bool) -> bytes:
        if file.name in self.missing:
            raise ConnectionAbortedError
        return super().content(file, compressed=compressed)


@pytest.mark.parametrize("name", ["dirac.js", "plot.js"])
def test_a_module_that_did_not_come_can_be_asked_for_again(engine: Engine, served_site: Site, name: str) -> None:
    class Host(Forgetful):
        missing = {name}

    with served(served_site.folder, Host) as url:
        engine.open(f"{url}{LINE}")
        until(lambda: engine.evaluate(SHOWN, "dirac"), "it does not say what is wrong")
        assert state(engine, "dirac") == "failed"
        Host.missing.clear()
        click(engine, "dirac", "Try again")
        start(engine, "dirac")
