"""The pages against what is drawn and measured."""

import re
from collections import Counter
from pathlib import Path

import pytest

from generate.build.catalogue import FIGURES
from generate.pipeline.manifest import entry_files
from generate.pipeline.store import read_json
from site_src.shortcodes.figures import STANDING

DOCS = Path(__file__).parents[2] / "docs"
CODE_FOLDER = DOCS.parent / "generate"
PAGES = sorted(DOCS.rglob("*.md"))
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
DECIMAL = re.compile(r"\d+\.\d+|\d+\s?%")
METRIC = re.compile(
    r"accura|error|ratio|distance|nats|loss|bound|\bKL\b|share|seconds|minutes|parameter|varia|deviation",
    re.IGNORECASE,
)


# Every figure that a reader expects of the subject; there may be more.
EXPECTED = [
    "site/hero",
    "line/three_objectives",
    "line/data_sets",
    "line/gradients",
    "line/crossing_gaps",
    "line/collapse",
    "line/dirac",
    "line/covering",
    "data/real_digits",
    "data/class_counts",
    "autoencoder/architecture",
    "autoencoder/loss_curves",
    "autoencoder/reconstructions",
    "autoencoder/latent_plane",
    "autoencoder/gaps",
    "autoencoder/prior_samples",
    "autoencoder/projection",
    "vae/architecture",
    "vae/reparameterisation",
    "vae/loss_curves",
    "vae/reconstructions",
    "vae/blur",
    "vae/latent_plane",
    "vae/latent_morph",
    "vae/latent_evolution",
    "vae/morph_evolution",
    "vae/prior_samples",
    "vae/traversals",
    "vae/traversal",
    "vae/projection",
    "vae/posterior_vs_prior",
    "vae/beta_sweep",
    "vae/rate_distortion",
    "vae/latent_size_sweep",
    "gan/key_idea",
    "gan/architecture",
    "gan/progress",
    "gan/samples",
    "gan/all_ten_digits",
    "gan/loss_curves",
    "gan/linear_vs_spherical",
    "gan/four_nine_three",
    "gan/interpolation",
    "gan/mode_collapse",
    "gan/conditional",
    "gan/inversion",
    "control/arithmetic",
    "control/steering",
    "control/steering_walk",
    "control/principal_directions",
    "control/compass",
    "compare/samples",
    "compare/reconstructions",
    "compare/latent_planes",
    "compare/interpolation",
    "compare/interpolation_gif",
    "compare/training_progress",
    "compare/scoreboard",
    "compare/digit_balance",
    "compare/nearest_neighbours",
    "compare/sharpness",
    "cost/time_to_quality",
    "cost/scaling",
]
MOVING = {
    *("site/hero", "line/three_objectives"),
    *("vae/latent_evolution", "vae/morph_evolution", "vae/traversal", "gan/progress", "gan/interpolation"),
    *("control/steering_walk", "compare/interpolation_gif", "compare/training_progress"),
}


def prose(page: Path) -> str:
    return CODE.sub("", page.read_text(encoding="utf-8"))


def shown(page: Path) -> list[str]:
    return [standing["figure"] for standing in STANDING.finditer(prose(page))]


def test_every_figure_is_on_one_page() -> None:
    places = Counter(name for page in PAGES for name in shown(page))
    # The site's own mark and card stand around the pages, not on them.
    assert set(places) | {"site/mark", "site/card"} == set(FIGURES)
    assert {name for name, count in places.items() if count > 1} == set()


def test_every_figure_is_published() -> None:
    assert set(entry_files(DOCS / "data/manifest", "figures")) == set(FIGURES)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_expected_figure_is_placed(name: str) -> None:
    assert any(name in shown(page) for page in PAGES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_described_and_moves_where_it_should(name: str) -> None:
    entry = read_json(DOCS / f"data/manifest/figures/{name}.json")
    # More words than a name has: what is to be seen, or what it shows.
    assert len(entry["alt"].split()) >= 10
    assert entry["caption"]
    for files in entry["files"].values():
        assert ("gif" in files) == (name in MOVING)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_measurement_is_typed_by_hand(page: Path) -> None:
    text = re.sub(r"\{\{.*?\}\}|\$\$.*?\$\$|\$[^$]+\$|\]\([^)]*\)", "", prose(page), flags=re.DOTALL)
    typed = [part for part in text.split("\n\n") if DECIMAL.search(part) and METRIC.search(part)]
    assert typed == []


def test_the_architecture_page_names_every_module() -> None:
    page = (DOCS / "about/architecture.md").read_text(encoding="utf-8")
    table = page.partition("Inside `generate/`")[2].partition("Imports point")[0]
    named = {
        name
        for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(.+?)`", cell)
    }
    modules = {path.stem for path in CODE_FOLDER.glob("*.py")} - {"__init__"}
    packages = {f"{path.parent.name}/" for path in CODE_FOLDER.glob("*/__init__.py")}
    assert named == modules | packages
