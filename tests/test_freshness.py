"""A change of the code makes stale what it changes, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generate.build import freshness
from generate.build.catalogue import FIGURES, read_figures, read_results
from generate.build.freshness import figure_key, read_manifest, result_key
from generate.pipeline.sources import Sources
from generate.workspace import open_workspace

Changed = Callable[[str, str, str], set[str]]


def keys() -> dict[str, str]:
    """The key of every result and figure by ``freshness.SOURCES``, all else being as published."""
    workspace, sources = open_workspace(device="cpu"), freshness.SOURCES
    manifest, results, figures = read_manifest(workspace), read_results(sources), read_figures(sources)
    measured = {f"result {name}": result_key(workspace, node) for name, node in results.items()}
    return measured | {f"figure {name}": figure_key(manifest, node) for name, node in figures.items()}


@pytest.fixture
def changed(edited: Callable[..., Sources], monkeypatch: pytest.MonkeyPatch) -> Changed:
    """What gets another key when one word of the source is another."""

    def changed(file: str, old: str, new: str) -> set[str]:
        before = keys()
        monkeypatch.setattr(freshness, "SOURCES", edited(file, old, new))
        after = keys()
        assert before.keys() == after.keys()
        return {name for name, known in before.items() if after[name] != known}

    return changed


PLANES = {f"result {name}" for name in ("autoencoder/latent_plane", "autoencoder/gaps", "vae/latent_plane")}
INVERTED = {
    f"result {name}"
    for name in (
        *("compare/reconstructions", "compare/interpolation", "compare/interpolation_gif"),
        *("gan/inversion", "playground/digits", "scores/gan", "claims/midpoint_paths"),
    )
}
ACTIVE_UNITS = ("vae/traversals", "vae/beta_sweep", "vae/latent_size_sweep", "scores/ae", "scores/vae")
NETWORKS = {f"figure {chapter}/architecture" for chapter in ("autoencoder", "vae", "gan")}
EVERY_FIGURE = {f"figure {name}" for name in FIGURES}


@pytest.mark.parametrize(
    ("file", "old", "new", "stale"),
    [
        ("figures/vae/space.py", "0.12, 5.8, 5.8)", "0.12, 5.8, 5.7)", {"figure vae/latent_plane"}),
        ("figures/vae/space.py", "Circles: one,", "Rings: one,", {"figure vae/latent_plane"}),
        ("figures/parts/planes.py", "FRAMES = 30", "FRAMES = 31", {"figure vae/latent_evolution"}),
        ("figures/parts/shared.py", "TURN = 0.62", "TURN = 0.63", NETWORKS),
        ("plotting/theme.py", "POINTS = 11", "POINTS = 12", EVERY_FIGURE),
        ("plotting/theme.py", 'ae="#0a78b4"', 'ae="#0a78b5"', EVERY_FIGURE),
        ("plotting/sheet.py", '"va": "top"', '"va": "center"', EVERY_FIGURE),
        ("plotting/render.py", "optimize=True", "optimize=False", EVERY_FIGURE),
        (
            "evaluation/codes.py",
            "ACTIVE = 0.01",
            "ACTIVE = 0.02",
            {f"result {name}" for name in ACTIVE_UNITS},
        ),
        ("results/vae/model.py", "model=VAE_16D, plane", "model=VAE_2D, plane", {"result vae/prior_samples"}),
        ("evaluation/codes.py", "STEPS = 16", "STEPS = 12", PLANES),
        ("latent/inversion.py", "steps: int = 120", "steps: int = 121", INVERTED),
    ],
    ids=[
        *(
            "drawing",
            "word",
            "constant of a helper",
            "shared constant",
            "theme",
            "colour",
            "sheet",
            "encoding",
        ),
        *("constant", "run", "shared measure", "default"),
    ],
)
def test_a_change_makes_stale_what_rests_on_it(
    changed: Changed, file: str, old: str, new: str, stale: set[str]
) -> None:
    assert changed(file, old, new) == stale


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("results/parts/common.py", "# of the mixture fitted", "# of each mixture fitted"),
        ("figures/parts/shared.py", '"""Encoder above decoder;', '"""Encoder over decoder;'),
        ("plotting/panels.py", "images: Images, gap: int = GAP, g", "images: Any, gap: int = GAP, g"),
        (
            "figures/data.py",
            "    sheet = theme.figure(WIDTH, 4.4,",
            "    sheet  =  theme.figure(WIDTH,\n 4.4,",
        ),
        ("experiments.py", "EPOCH = 55_000", "EPOCH = 5 * 11_000"),
        ("training/finished.py", "load_network(self.run, path,", "load_network(self.run, folder / path,"),
    ],
    ids=[
        "comment",
        "docstring",
        "annotation",
        "layout",
        "the same runs in other words",
        "what no key covers",
    ],
)
def test_a_remark_makes_nothing_stale(changed: Changed, file: str, old: str, new: str) -> None:
    assert changed(file, old, new) == set()
