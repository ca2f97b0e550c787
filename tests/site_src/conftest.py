import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_site import LISTS, ROOT
from markdown import Markdown
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from generate.commands import build_site
from generate.pipeline.files import sha256
from generate.pipeline.manifest import Kind, entry_file
from generate.pipeline.store import read_json, write_json
from site_src.shortcodes.reliability import PROMISES
from tests.audit.browser import HEADLESS, chromium
from tests.audit.serving import served
from tests.audit.site import AuditError, Site, build

MakeOnce = Callable[[str, Callable[[Path], object]], Path]
Convert = Callable[[str], str]
Visit = Callable[..., Page]


def picture(name: str, theme: str, *formats: str) -> dict[str, Any]:
    return {
        suffix: {"path": f"figures/{name}.{theme}.{suffix}", "sha256": "", "width": 640, "height": 480}
        for suffix in formats
    }


def entry(name: str, *formats: str) -> dict[str, Any]:
    return {
        "alt": "Ten clusters.",
        "caption": f"Codes $z$ of **{name}**, {{{{ num vae/plane.accuracy:.1% }}}} right.",
        "results": ["vae/plane"],
        "runs": ["VAE_2D"],
        "source": "generate/figures/vae/space.py",
        "made": {"commit": "0123456789", "versions": {"python": "3.11.7", "matplotlib": "3.11.2"}},
        "files": {theme: picture(name, theme, *formats) for theme in ("light", "dark")},
    }


@pytest.fixture
def published(tmp_path: Path) -> Path:
    manifest: dict[Kind, dict[str, Any]] = {
        "figures": {
            "vae/plane": entry("vae/plane", "png"),
            "vae/curve": entry("vae/curve", "svg"),
            "vae/film": entry("vae/film", "gif", "png"),
        },
        "results": {"vae/plane": {"file": "data/results/vae/plane.npz", "sha256": ""}},
        "runs": {
            "VAE_2D": {
                "config": {
                    "model": {"type": "VAEConfig", "latent": 2, "beta": 1.0, "binarise": False},
                    "optimisation": {
                        "batch_size": 64,
                        "images_seen": 825000,
                        "learning_rate": 0.003,
                        "seed": 7,
                    },
                },
                "key": "252a5ca25a96",
                "parameters": {"encoder": 1000, "decoder": 100},
                "weights": {"sha256": ""},
                "provenance": {
                    "commit": "abcdef0123",
                    "data": "fe" * 32,
                    "numpy": "2.4.6",
                    "dataset": "MNIST",
                    "device": "CPU, 1 thread",
                    "finished": "2026-11-21",
                    "precision": "bfloat16",
                    "python": "3.11.7",
                    "seconds": 450,
                    "torch": "2.15.0",
                },
            }
        },
    }
    numbers = {
        "VAE_2D.parameters": 1234567,
        "VAE_2D.device": "CPU",
        "vae/plane.accuracy": 0.8765,
        "vae/plane.x": -0.25,
    }
    (tmp_path / "figures/vae").mkdir(parents=True)
    moments = [Image.new("L", (4, 3), shade) for shade in (0, 90, 180)]
    for theme in ("light", "dark"):
        film = tmp_path / f"figures/vae/film.{theme}.gif"
        moments[0].save(film, save_all=True, append_images=moments[1:])
    themes = (theme for figure in manifest["figures"].values() for theme in figure["files"].values())
    results = manifest["results"].values()
    for file in [*(file for theme in themes for file in theme.values()), *results]:
        path = tmp_path / (file.get("path") or file["file"])
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"as it was published")
        file["sha256"] = sha256(path)
    write_json(tmp_path / "data/manifest/about.json", {"dataset": "mnist"})
    for kind, entries in manifest.items():
        for name, told in entries.items():
            write_json(entry_file(tmp_path / "data/manifest", kind, name), told)
    write_json(tmp_path / "data/numbers.json", numbers)
    return tmp_path


@pytest.fixture
def converter(published: Path) -> Markdown:
    options = {"site_src.shortcodes": {"docs": str(published)}}
    return Markdown(
        extensions=["site_src.shortcodes", "tables", "pymdownx.superfences"], extension_configs=options
    )


@pytest.fixture
def html(converter: Markdown) -> Convert:
    return converter.convert


@pytest.fixture
def docs(published: Path) -> Path:
    """What is published in small, with the tables of the site itself."""
    for name in ("scoreboard", "benchmark"):
        (published / f"data/{name}.json").write_bytes((ROOT / f"docs/data/{name}.json").read_bytes())
    machine = read_json(published / "data/benchmark.json")["machine"]
    tried = {name: 1_000 for names in PROMISES.values() for name in names}
    told = {"counts": tried, "machine": machine, "commit": "0123456", "measured": "2026-11-22"}
    write_json(published / "data/reliability.json", told)
    return published


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of the lists of works and terms, to be changed."""
    for name, module in LISTS.items():
        copy = tmp_path / f"{name}.toml"
        copy.write_bytes(module.SOURCE.read_bytes())
        monkeypatch.setattr(module, "SOURCE", copy)
    return tmp_path


@pytest.fixture(scope="session")
def served_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with instant navigation, built and served."""
    folder = tmp_path_factory.mktemp("served")
    with served(folder / "site") as url:
        yield build(folder, url, theme={"features": ["navigation.instant"]})


@pytest.fixture
def published_site(served_site: Site) -> Path:
    """What is published, built."""
    return served_site.folder


@pytest.fixture(scope="session")
def address(served_site: Site) -> str:
    """Where the site is served."""
    return served_site.url


@pytest.fixture(scope="session")
def demo(make_once: MakeOnce) -> Path:
    """The same pages about another data set, as ``make demo`` builds them: with links that name files."""

    def whole(folder: Path) -> None:
        for part in ("data", "figures"):
            shutil.copytree(ROOT / "docs" / part, folder / "docs" / part)
        about = folder / "docs/data/manifest/about.json"
        write_json(about, read_json(about) | {"dataset": "digits"})
        build_site(folder)

    return make_once("demo", whole) / "site"


@pytest.fixture(scope="module")  # while it is open, no other test could use asyncio
def browser() -> Iterator[Browser]:
    try:
        found = chromium()
    except AuditError as error:
        assert not os.environ.get("CI"), "continuous integration must have a Chromium"
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=HEADLESS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which the modules can be called."""
    page = browser.new_page()
    page.goto(address + "glossary/")
    yield page
    page.close()


# A picture that is on the page before anything is painted on it has a name all the same: whoever looks (a
# screen reader, axe) may come early.
NAMELESS = """new MutationObserver(() => {
  for (const canvas of document.querySelectorAll("canvas[role=img]:not([aria-label]), canvas[aria-label='']"))
    console.error(`a picture without a name in ${canvas.closest("[data-view]")?.dataset.view}`);
}).observe(document, { childList: true, subtree: true });"""


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Opens a page; at the end nothing may have gone wrong or been asked of another host."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        path: str,
        *,
        forgiving: bool = False,
        routes: dict[str, Callable[[Route], None]] | None = None,
        **options: Any,
    ) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        context.add_init_script(NAMELESS)
        page = context.new_page()
        for pattern, answer in (routes or {}).items():
            page.route(pattern, answer)
        if not forgiving:
            page.on(
                "console",
                lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
            )
            page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith(("http://127.0.0.1", "data:", "blob:"))
                else complaints.append(asked.url)
            ),
        )
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
