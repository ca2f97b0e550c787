"""The chapters' live views in a real browser: what they compute, how they are used, that nothing jumps."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from live_views import DOCS, opened, path_of, pictures, settled, start, until, view_of, views_of
from playwright.sync_api import Browser, Locator, Page, Route, expect

RESULTS = Path(__file__).parents[2] / "docs" / "data" / "results"
PAGES = sorted(
    page
    for page in (path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))
    if views_of(page)
)
OTHERS = ("playground", "on-a-line", "index")  # have tests of their own
CHAPTERS = [page for page in PAGES if page not in OTHERS]
MOST_SHIFT = 0.1  # what Lighthouse and the Core Web Vitals call good

Visit = Callable[..., Page]
Open = Callable[..., tuple[Page, Locator]]


@pytest.fixture(name="opened")
def open_view(visit: Visit) -> Open:
    """Opens a view of a page, as a link's text has it."""
    return partial(opened, visit)


def press(view: Locator, name: str) -> None:
    view.get_by_role("button", name=name, exact=True).click()


def number(text: str | None) -> float:
    return float((text or "").replace("−", "-"))


def row(view: Locator, name: str) -> list[float]:
    """The numbers of a table's row."""
    cells = view.get_by_role("row").filter(has_text=name).get_by_role("cell").all_text_contents()
    return [number(text) for text in cells]


def result(name: str) -> Any:
    return np.load(RESULTS / f"{name}.npz")


TERMS = """async () => {
  const base = new URL("../assets/playground/", location.href);
  const load = (name) => import(new URL(name, base));
  const [{ Network }, { results }, bound] = await Promise.all(["network.js", "npz.js", "bound.js"].map(load));
  const read = (name) => results(new URL(`../data/results/playground/${name}.npz`, location.href));
  const [encoder, decoder] = await Promise.all(["vae_2d_encoder", "vae_2d"].map(read));
  const [first, second] = [new Network(encoder), new Network(decoder)];
  return Array.from({ length: encoder.inputs.shape[0] }, (_, i) => {
    const image = encoder.inputs.data.slice(i * 784, (i + 1) * 784);
    const gauss = bound.cloud(first.run(image));
    return [bound.reconstruction(image, second.run(gauss.mean)), bound.divergence(gauss)];
  });
}"""


def test_both_terms_are_those_of_pytorch(lab: Page) -> None:
    encoder, decoder = result("playground/vae_2d_encoder"), result("playground/vae_2d")
    images, codes = (encoder[name].astype(float) for name in ("inputs", "outputs"))
    rebuilt = decoder["outputs"].astype(float)
    assert np.allclose(decoder["inputs"], codes[:, :2]), "the decoder's probes are the encoder's means"
    cross = -(images * np.log(rebuilt) + (1 - images) * np.log1p(-rebuilt)).sum((1, 2, 3))
    mean, logs = codes[:, :2], codes[:, 2:]
    divergence = 0.5 * (mean**2 + np.exp(logs) - 1 - logs).sum(1)
    assert np.allclose(lab.evaluate(TERMS), np.stack([cross, divergence], 1), rtol=1e-3)


CALL = """async ([name, ...given]) => {
  const bound = await import(new URL("../assets/playground/bound.js", location.href));
  return bound[name](...given);
}"""


def test_importance_bounds_never_fall_and_end_at_the_mean_of_all(lab: Page) -> None:
    weights = np.random.default_rng(3).normal(-900, 8, 64)
    found = lab.evaluate(CALL, ["bounds", weights.tolist()])
    assert len(found) == 7
    assert found == sorted(found)
    assert found[0] == pytest.approx(weights.mean())
    assert found[-1] == pytest.approx(np.logaddexp.reduce(weights) - np.log(64))
    assert lab.evaluate(CALL, ["counting", [-900.0] * 8]) == pytest.approx(8)


def test_odds_are_on_average_the_kl_negative(lab: Page) -> None:
    mean, deviation = np.array([0.8, -1.2]), np.array([0.3, 0.7])
    epsilon = np.random.default_rng(4).standard_normal((2000, 2))
    gauss = {"mean": mean.tolist(), "deviation": deviation.tolist()}
    each = lab.evaluate(
        """async ([gauss, draws]) => {
          const bound = await import(new URL("../assets/playground/bound.js", location.href));
          return draws.map((epsilon) => bound.odds(gauss, epsilon, bound.reparameterised(gauss, epsilon)));
        }""",
        [gauss, epsilon.tolist()],
    )
    kl = lab.evaluate(CALL, ["divergence", gauss])
    assert -np.mean(each) == pytest.approx(kl, abs=4 * np.std(each) / 2000**0.5)


# For each view of a chapter, how a reader without a mouse changes something: a control's name, and the key.
KEYS = {
    ("autoencoder", "plane"): ("AE, latent plane", "ArrowRight"),
    ("vae-latent-space", "plane"): ("VAE, latent plane", "ArrowUp"),
    ("gan-latent-space", "plane"): ("GAN, latent plane", "ArrowLeft"),
    ("comparison", "plane"): ("GAN, latent plane", "ArrowLeft"),
    ("comparison", "draw"): ("Next test digit", "Enter"),
    ("comparison", "interpolate"): ("Position", "ArrowRight"),
    ("comparison", "training"): ("Trained on", "ArrowRight"),
    ("control", "steer"): ("rotation", "ArrowRight"),
    ("control", "compass"): ("Walk along it", "ArrowRight"),
    ("vae", "epsilon"): ("Draw ε again", "Enter"),
    ("vae", "beta"): ("Weight β", "ArrowRight"),
    ("vae-latent-space", "elbo"): ("Next test digit", "Enter"),
}


def test_every_view_of_a_chapter_is_tried() -> None:
    assert sorted(KEYS) == sorted((page, view) for page in CHAPTERS for view in views_of(page))


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("page_name", "name"), sorted(KEYS))
def test_it_can_be_used_by_keyboard_and_its_address_leads_back(
    opened: Open, page_name: str, name: str
) -> None:
    page, view = opened(page_name, name)
    label, key = KEYS[page_name, name]
    control = view.get_by_label(label, exact=True).or_(view.get_by_role("button", name=label)).first
    before = settled(page, name)
    for _ in range(2):
        control.press(key)
    expect(page).to_have_url(re.compile(rf"[?&]{name}=.*#"))
    until(page, lambda: pictures(page, name) != before, "nothing is painted anew")
    finished(view, name)
    after = settled(page, name)
    text = page.url.split(f"{name}=")[1].split("#")[0]
    again, other = opened(page_name, name, text)
    finished(other, name)
    until(again, lambda: pictures(again, name) == after, "the address leads elsewhere")
    assert again.evaluate("anchor => !!document.getElementById(anchor)", page.url.split("#")[1])


def finished(view: Locator, name: str) -> None:
    """Wait for what takes a while."""
    if name == "elbo":
        expect(view.get_by_role("row", name="Gap")).not_to_contain_text("…", timeout=60_000)


def test_one_plane_fetches_one_network_and_follows_a_mouse_that_passes(opened: Open) -> None:
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(route.request.url.rsplit("/", 1)[1])
        route.continue_()

    page, view = opened("autoencoder", "plane", routes={"**/results/playground/*.npz": note})
    assert sorted(asked) == ["ae_2d.npz", "digits.npz"]
    plot = view.locator("canvas.plot")
    plot.scroll_into_view_if_needed()
    before = settled(page, "plane")
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)

    def changed() -> int:
        return sum(a != b for a, b in zip(pictures(page, "plane"), before, strict=True))

    until(page, lambda: changed() == 2, "the plane and the digit follow")
    assert "plane=" not in page.url, "who only passes has touched nothing"


def test_a_finger_moves_one_plane(opened: Open) -> None:
    page, view = opened("gan-latent-space", "plane", has_touch=True, viewport={"width": 360, "height": 740})
    before = settled(page, "plane")
    view.locator("canvas.plot").tap(position={"x": 30, "y": 40})
    until(page, lambda: pictures(page, "plane") != before, "it follows")
    expect(page).to_have_url(re.compile("plane="))


def test_the_figure_stays_within_reach(opened: Open) -> None:
    _, view = opened("vae", "beta")
    picture, plot = view.locator(":scope > img").first, view.locator("canvas.plot")
    expect(plot).to_be_visible()
    expect(picture).to_be_hidden()
    press(view, "Figure as published")
    expect(plot).to_be_hidden()
    expect(picture).to_be_visible()
    press(view, "Figure as published")
    expect(plot).to_be_visible()


def test_epsilon_sums_its_terms_and_keeps_drawing(opened: Open) -> None:
    page, view = opened("vae", "epsilon", reduced_motion="no-preference")
    settled(page, "epsilon")
    terms = [row(view, name) for name in ("Reconstruction", "KL", "Sum")]
    for loss, kl, both in zip(*terms, strict=True):
        assert both == pytest.approx(loss + kl, abs=0.11)
    digits, kl = result("playground/digits"), terms[1][0]
    mean = digits["vae_2d"][20].astype(float)
    assert kl > 0.5 * (mean**2).sum(), "what the deviations cost comes on top"
    press(view, "Keep drawing")
    expect(view.get_by_role("columnheader", name=re.compile(r"mean of [3-9]"))).to_be_visible()
    press(view, "Stop drawing")
    settled(page, "epsilon")
    assert row(view, "KL") == [kl, kl], "no draw changes it"
    press(view, "Next test digit")
    expect(view.get_by_role("columnheader", name="mean of 1", exact=True)).to_be_visible()


def test_the_reader_s_drawing_reaches_epsilon(visit: Visit) -> None:
    page = visit("playground/")
    start(page, "epsilon", "elbo")
    own = view_of(page, "epsilon").get_by_role("button", name="My drawing")
    expect(own).to_be_disabled()
    pad = view_of(page, "elbo").get_by_label("Drawing pad")
    for key in ("Space", *["ArrowDown"] * 8, "Space"):
        pad.press(key)
    expect(own).to_be_enabled()
    own.click()
    expect(view_of(page, "epsilon").get_by_text("your drawing", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"epsilon=d\w+_1\b"))


def test_beta_tells_what_the_sweep_measured(opened: Open) -> None:
    sweep = result("vae/beta_sweep")
    last = len(sweep["beta"]) - 1
    page, view = opened("vae", "beta", f"{sweep['beta'][last]:g}")
    expect(view.locator(".told")).to_contain_text(
        f"KL {sweep['kl'][last]:.1f}, reconstruction {sweep['distortion'][last]:.1f} nats"
    )
    before = settled(page, "beta")
    view.get_by_label("Weight β").press("Home")
    expect(view.locator(".told")).to_contain_text(f"β = {sweep['beta'][0]:g}: KL {sweep['kl'][0]:.1f}")
    changed = [a != b for a, b in zip(pictures(page, "beta"), before, strict=True)]
    assert changed == [True, False, True, True, True], "all but the originals"


def test_the_bound_of_a_drawing_is_measured(opened: Open) -> None:
    page, view = opened("vae-latent-space", "elbo")
    finished(view, "elbo")
    before = row(view, "ELBO, their sum")
    loss, kl, elbo, best, gap = (
        row(view, name)[0] for name in ("Reconstruction", "KL", "ELBO, their", "512", "Gap")
    )
    assert elbo == pytest.approx(-loss - kl, abs=0.11)
    assert best >= elbo
    assert gap == pytest.approx(best - elbo, abs=0.11)
    pad = view.get_by_label("Drawing pad")
    for key in ("Space", *["ArrowRight"] * 9, *["ArrowDown"] * 9, "Space"):
        pad.press(key)
    expect(view.get_by_role("row", name="Gap")).to_contain_text("…")
    finished(view, "elbo")
    assert row(view, "ELBO, their sum") != before
    expect(page).to_have_url(re.compile(r"elbo=d\w+"))
    press(view, "Clear")
    finished(view, "elbo")


def test_the_scrubber_tells_each_loss(opened: Open) -> None:
    page, view = opened("comparison", "training")
    view.get_by_label("Trained on").press("End")
    curves = {
        "loss": result("autoencoder/loss_curves")["train_16d"],
        "bound": result("vae/loss_curves")["bound"],
    }
    for name, curve in curves.items():
        expect(view.get_by_text(re.compile(rf"^{name} \d")).first).to_have_text(f"{name} {curve[-1]:.1f}")
    before = settled(page, "training")
    press(view, "Back")
    until(page, lambda: pictures(page, "training")[2] != before[2], "the mark moves")


NONSENSE = [
    "t99",
    "d0",
    "t20_-5",
    "t20_x_9",
    "1e999",
    "-1",
    "NaN",
    "___",
    "%00",
    "0.5_0.5_1",
    "d" + "f" * 9**3,
]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_in_the_address_is_no_fault(visit: Visit, text: str) -> None:
    for page_name in ("vae", "vae-latent-space"):
        names = views_of(page_name)
        page = visit(f"{page_name}/?{'&'.join(f'{name}={text}' for name in names)}")
        start(page, *names)
        for name in names:
            expect(view_of(page, name)).to_have_attribute("data-state", "live")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", CHAPTERS)
def test_it_is_accessible_and_fits(visit: Visit, name: str, width: int, scheme: str) -> None:
    page = visit(f"{name}/", color_scheme=scheme, viewport={"width": width, "height": 900})
    start(page, *views_of(name))
    for view in views_of(name):
        expect(view_of(page, view)).to_have_attribute("data-state", "live")
        settled(page, view)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    found = Axe().run(page, context={"include": [["[data-view]"]]})
    assert found.violations_count == 0, found.generate_report()


def test_the_theme_repaints_the_views_that_are_new(visit: Visit) -> None:
    for page_name, names in (("vae", ["epsilon", "beta"]), ("vae-latent-space", ["elbo"])):
        page = visit(f"{page_name}/", color_scheme="light")
        start(page, *names)
        for name in names:
            finished(view_of(page, name), name)
        before = {name: settled(page, name) for name in names}
        page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")

        def same(name: str, page: Page = page, before: dict[str, list[str]] = before) -> bool:
            return any(a == b for a, b in zip(pictures(page, name), before[name], strict=True))

        until(page, lambda names=names, same=same: not any(map(same, names)), "all are painted anew")


WATCH = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    const moved = sources.map(({ node }) => node?.className || node?.nodeName);
    if (!hadRecentInput) shifts.push([value, moved.join(", ")]);
  }
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_while_a_page_is_scrolled(
    browser: Browser, address: str, name: str, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 600)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{address}{path_of(name)}")
    while page.evaluate("scrollY + innerHeight < document.documentElement.scrollHeight - 2"):
        page.evaluate("scrollBy({ top: innerHeight / 2, behavior: 'instant' })")
        page.wait_for_timeout(300)
    for view in views_of(name):
        expect(view_of(page, view)).to_have_attribute("data-state", "live", timeout=30_000)
    page.wait_for_timeout(500)
    shifts = page.evaluate("shifts")
    context.close()
    assert sum(value for value, _ in shifts) < MOST_SHIFT, shifts
