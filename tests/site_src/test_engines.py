"""The live views in Firefox and in WebKit, Safari's engine: what Chromium's tests cannot tell."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from engines import ENGINES, Engine, Missing, Recording, until
from live_views import COMPARED, SHOWN, page_of, views_of
from PIL import Image
from test_playground import CALL, KEYS, RESULTS

from tests.audit.browser import OPEN_DETAILS
from tests.audit.serving import served
from tests.audit.site import Site

# Both engines in one process, beside the one that has Chromium.
pytestmark = pytest.mark.xdist_group("engines")

LINE = f"{page_of('line')}/"
FIGURES = RESULTS.parents[1] / "figures"

Visit = Callable[..., None]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with ExitStack() as stack:
        try:
            found = stack.enter_context(ENGINES[request.param](tmp_path_factory.mktemp(request.param)))
        except Missing as error:
            assert not os.environ.get("CI"), f"continuous integration must have it: {error}"
            pytest.skip(str(error))
        yield found


@pytest.fixture(scope="module")
def recorded(served_site: Site) -> Iterator[str]:
    """Where the site is served with a record of complaints in each page."""
    with served(served_site.folder, Recording) as url:
        yield url


@pytest.fixture
def visit(engine: Engine, recorded: str) -> Iterator[Visit]:
    """Opens a page and starts views; nothing may have gone wrong by the end."""

    def open_page(path: str, *views: str, width: int = 1280) -> None:
        engine.open(recorded + path, (width, 900))
        start(engine, *views)

    yield open_page
    assert engine.complaints() == []


def start(engine: Engine, *views: str) -> None:
    for view in views:
        until(partial(engine.evaluate, SHOWN, view), f"{view} does not start")
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
    found: str = engine.evaluate(
        f"(view, selector) => {BOX}.querySelector(selector).innerText", view, selector
    )
    return found


PICTURES = f"""(view) => [...{BOX}.querySelectorAll("canvas")].map((canvas) => {{
  const {{ width, height }} = canvas;
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  const blank = pixels.every((pixel) => pixel === pixels[0]);
  return blank ? 0 : pixels.reduce((sum, pixel) => (31 * sum + pixel) | 0, 1);
}})"""


def pictures(engine: Engine, view: str) -> list[int]:
    """A number for what each canvas shows, 0 if it is of one colour."""
    found: list[int] = engine.evaluate(PICTURES, view)
    return found


def settled(engine: Engine, view: str) -> list[int]:
    """Every canvas once two looks, some frames apart, show the same."""
    frames = "async () => { for (let i = 0; i < 5; i++) await new Promise(requestAnimationFrame); }"
    found: list[list[int]] = [[]]

    def same() -> bool:
        engine.evaluate(frames)
        found.append(pictures(engine, view))
        return found[-1] == found[-2]

    until(same, f"{view} does not come to rest")
    return found[-1]


def changed(engine: Engine, view: str, before: list[int]) -> int:
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


def addressed(engine: Engine, words: str) -> bool:
    """Whether the page's address has these words for its views."""
    return words in engine.evaluate("() => location.search")


# --- What they compute. ---


def test_numbers_are_those_of_pytorch(engine: Engine, visit: Visit) -> None:
    visit("glossary/")
    for kind in ("vector", "plain"):
        network = engine.evaluate(CALL, ["vae_2d", kind, 1])
        assert network["error"] < 2e-3, kind
        assert network["kinds"] == ["vector", "plain"]
        line, small = (
            engine.evaluate(COMPARED, [name, kind]) for name in ("line_gradients", "small_gradients")
        )
        assert (len(line), len(small)) == (7, 2)
        found: dict[str, dict[str, float]] = {
            **line,
            **{f"small {case}": errors for case, errors in small.items()},
        }
        for case, errors in found.items():
            assert errors["loss"] < 1e-5, (kind, case)
            assert errors["gradient"] < 1e-4, (kind, case)


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
    choose(engine, "line", "Speed", "Infinity")
    click(engine, "line", "Play")
    until(lambda: steps(engine) >= 300, "it trains")
    until(lambda: all(a < b / 2 for a, b in zip(distances(engine), first, strict=True)), "it learns")
    assert changed(engine, "line", before) >= 5, "all but the GAN's bell"
    assert all(pictures(engine, "line"))
    assert "No worker" not in text(engine, "line", ".live")
    click(engine, "line", "Pause")
    choose(engine, "line", "Data", "ring")
    until(lambda: steps(engine) == 0, "it begins anew with other data")
    until(partial(addressed, engine, "line=ring"), "the address tells the data")
    click(engine, "line", "Play")
    until(lambda: steps(engine) > 0, "it learns them")


def test_points_can_be_painted(engine: Engine, visit: Visit) -> None:
    visit(f"{LINE}?line=own", "line")
    plane = f"(view) => {BOX}.querySelector('canvas.plot')"
    engine.click(plane, "line", at=(0.3, 0.4))
    engine.press("ArrowRight", "Enter")
    until(lambda: "2 points." in engine.evaluate(f"(view) => {BOX}.innerText", "line"), "two points")
    until(lambda: steps(engine) > 20, "it learns them")


def test_the_smallest_gan_is_played_by_keyboard(engine: Engine, visit: Visit) -> None:
    visit(LINE, "dirac")
    before = settled(engine, "dirac")

    def taken() -> int:
        return int(re.findall(r"Step (\d+)", text(engine, "dirac", ".note"))[0])

    focus(engine, "dirac", "Play")
    engine.press("Enter")
    until(lambda: taken() > 20, "it plays")
    engine.press("Enter")
    settled(engine, "dirac")
    held = taken()
    engine.press("Tab", "Enter")
    until(lambda: taken() == held + 1, "it is held, and takes one step")
    assert changed(engine, "dirac", before) == 2
    engine.press("Tab", " ")
    until(lambda: taken() == 0, "Restart")
    choose(engine, "dirac", "They move", "b")
    until(partial(addressed, engine, "dirac=sb0"), "the address tells how they move")


def test_a_theme_repaints(engine: Engine, visit: Visit) -> None:
    visit(LINE, "dirac")
    before = settled(engine, "dirac")
    switch = "() => document.querySelector('[data-md-component=palette] label:not([hidden])')"
    for _ in range(2):  # from the system's to light, to dark
        engine.click(switch)
    until(lambda: engine.evaluate("() => document.body.dataset.mdColorScheme") == "slate", "it is dark")
    until(lambda: changed(engine, "dirac", before) == 2, "it is painted anew")
    engine.click(switch)


# --- The playground. ---


def test_every_view_starts_and_follows_a_key(engine: Engine, visit: Visit) -> None:
    visit("playground/", *KEYS)
    for view in set(views_of("playground")) - set(KEYS):
        start(engine, view)
        until(lambda view=view: len(set(pictures(engine, view))) > 1, f"{view} paints nothing")
    for view, (name, key) in KEYS.items():
        start(engine, view)
        before = settled(engine, view)
        assert any(before), view
        focus(engine, view, name)
        engine.press(key, key, key, key)
        until(partial(changed, engine, view, before), f"{view} is not painted anew")
        until(partial(addressed, engine, f"{view}="), f"{view} is not in the address")


def test_a_plane_follows_the_mouse_and_a_pen_draws(engine: Engine, visit: Visit) -> None:
    visit("playground/", "plane", "draw")
    before = settled(engine, "plane")
    engine.click(f"(view) => {BOX}.querySelector('canvas.plot')", "plane", at=(0.2, 0.3))
    until(lambda: changed(engine, "plane", before) == 6, "three planes and three digits follow")
    click(engine, "draw", "Clear")
    before = settled(engine, "draw")
    engine.click(f"(view) => {BOX}.querySelector('.pad canvas')", "draw", at=(0.4, 0.6))
    until(lambda: changed(engine, "draw", before) >= 5, "the pad, what is seen, and where it is put")


# --- The pages around them. ---


def test_an_animation_plays_frame_by_frame(engine: Engine, visit: Visit) -> None:
    visit("gan-latent-space/", "plane")  # which is above the film, and has come to its height then
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
    until(
        lambda: _painted(engine, film) == _frame("gan/interpolation.light.gif", index),
        "the frame is the file's",
    )


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
    until(
        lambda: engine.evaluate("() => document.querySelectorAll('.md-search-result__item').length"),
        "nothing is found",
    )


@pytest.mark.parametrize("path", ["vae/", "scoreboard/", LINE])
def test_narrow_pages_fit_and_formulas_and_links_are_set(engine: Engine, visit: Visit, path: str) -> None:
    visit(path, width=375)
    engine.evaluate(f"() => {{ {OPEN_DETAILS} }}")
    over = "({ scrollWidth, clientWidth }) => scrollWidth - clientWidth"
    until(lambda: engine.evaluate(f"() => ({over})(document.documentElement)") <= 0, "it is too wide")
    small = """() => [...document.querySelectorAll("math")].filter((formula) => {
      const { width, height } = formula.getBoundingClientRect();
      return formula.checkVisibility() && !(width > 2 && height > 4);
    }).map((formula) => formula.outerHTML)"""
    assert engine.evaluate(small) == []
    plain = """() => [...document.querySelectorAll("article p > a:not([class])")].filter(
      (link) => getComputedStyle(link).textDecorationLine !== "underline").map((link) => link.outerHTML)"""
    assert engine.evaluate(plain) == []
    font = "() => [...document.fonts].find(({ family }) => family.includes('Formulas')).status"
    until(lambda: engine.evaluate(font) == "loaded", "the font of the formulas does not come")


def test_a_page_that_is_come_back_to_goes_on(engine: Engine, visit: Visit) -> None:
    visit(LINE, "line")
    engine.evaluate("() => location.assign('../glossary/')")
    until(partial(_is_at, engine, "glossary/"), "the page is left")
    engine.evaluate("() => history.back()")
    until(partial(_is_at, engine, LINE), "the page is back")
    start(engine, "line")
    click(engine, "line", "Restart")  # it may have come to its end meanwhile
    until(lambda: 0 < steps(engine) < 1_500, "it trains on")


def _is_at(engine: Engine, path: str) -> bool:
    script = "(path) => location.pathname.endsWith(`/${path}`) && document.readyState === 'complete'"
    return bool(engine.evaluate(script, path))


# --- What a view does without. ---


class Refusing(Recording):
    """Its pages' policy lets no WebAssembly be compiled."""

    def changed(self, page: str) -> str:
        return page.replace(" 'wasm-unsafe-eval'", "")


def test_without_webassembly_views_run_all_the_same(engine: Engine, served_site: Site) -> None:
    with served(served_site.folder, Refusing) as url:
        engine.open(f"{url}playground/#compass")
        start(engine, "compass")  # its network was compared with PyTorch's


class Forgetful(Recording):
    """Does not find a file that several views import, until it is told that it is there."""

    is_whole = False

    def content(self, file: Path, *, compressed: bool) -> bytes:
        if file.name == "plot.js" and not self.is_whole:
            raise ConnectionAbortedError
        return super().content(file, compressed=compressed)


def test_code_that_did_not_come_can_be_asked_for_again(
    engine: Engine, served_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(served_site.folder, Forgetful) as url:
        engine.open(f"{url}{LINE}")
        until(lambda: engine.evaluate(SHOWN, "dirac"), "it does not say what is wrong")
        assert "the code of dirac could not be loaded" in text(engine, "dirac", ".notice")
        monkeypatch.setattr(Forgetful, "is_whole", True)
        click(engine, "dirac", "Try again")
        until(lambda: engine.evaluate(SHOWN, "dirac") and state(engine, "dirac") == "live", "it starts")
