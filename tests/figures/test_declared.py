"""Every figure needs what it draws, and is described."""

from __future__ import annotations

import inspect
from importlib import import_module
from string import Formatter

import pytest

from generate.build.catalogue import FIGURES
from generate.pipeline.registry import Figure

EXPECTED = {
    "line": "three_objectives data_sets gradients crossing_gaps collapse dirac covering",
    "data": "real_digits class_counts",
    "autoencoder": "architecture loss_curves reconstructions latent_plane prior_samples",
    "vae": "architecture loss_curves reconstructions latent_plane latent_morph latent_evolution "
    "prior_samples traversals beta_sweep rate_distortion latent_size_sweep",
    "cost": "time_to_quality scaling",
    "gan": "key_idea architecture progress samples all_ten_digits loss_curves linear_vs_spherical "
    "four_nine_three interpolation mode_collapse",
    "compare": "samples reconstructions latent_planes interpolation training_progress scoreboard "
    "precision_recall digit_balance nearest_neighbours sharpness",
}


def test_the_chapters_have_their_figures() -> None:
    ids = {f"{chapter}/{name}" for chapter, names in EXPECTED.items() for name in names.split()}
    assert ids <= set(FIGURES)


@pytest.mark.parametrize("node", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_drawn_from_a_theme_and_its_needs(node: Figure) -> None:
    draw = getattr(import_module(node.module), node.name).function
    assert list(inspect.signature(draw).parameters) == ["theme", *node.needs]


@pytest.mark.parametrize("node", FIGURES.values(), ids=FIGURES)
def test_words_name_only_needs(node: Figure) -> None:
    for words in (node.alt, node.caption):
        fields = [field for _, field, _, _ in Formatter().parse(words) if field]
        assert {field.partition(".")[0] for field in fields} <= set(node.needs)
        assert words.endswith(".")
        assert "  " not in words
