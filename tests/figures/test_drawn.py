"""Every figure is drawn, of models that have hardly learned anything too, and described."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest

from generate.build.catalogue import FIGURES, RESULTS
from generate.build.freshness import read_manifest
from generate.build.measure import function
from generate.pipeline.registry import Figure
from generate.plotting import render
from generate.plotting.animation import Animation
from generate.plotting.theme import THEMES
from generate.workspace import ROOT, open_workspace
from tests.miniature import Tiny

BY_CHAPTER = [
    pytest.param(node, id=name, marks=pytest.mark.xdist_group(node.chapter)) for name, node in FIGURES.items()
]


@pytest.mark.parametrize("node", BY_CHAPTER)
def test_every_figure_is_drawn_and_described_with_its_numbers_filled_in(tiny: Tiny, node: Figure) -> None:
    values = {need: tiny.result(name) for need, name in node.needs.items()}
    theme = THEMES[0]
    with mpl.rc_context(theme.rc()):
        picture = function(node)(theme, **values)
        width, height = render.size(picture)
        frames = picture.frames if isinstance(picture, Animation) else picture.pixels()[None]
    if node.chapter != "site":  # what stands around the pages has sizes of its own
        assert 200 <= width <= 900
        assert 100 <= height <= 1_200
    assert frames.shape[2] / frames.shape[1] == pytest.approx(width / height, rel=0.02)
    assert all(len(set(frame[::3, ::3, 0].ravel().tolist())) > 1 for frame in frames), "an empty picture"
    words = node.words(values)
    without_maths = words["caption"].replace(r"\{", "").split("$")[::2]
    assert "{" not in words["alt"]
    assert "{" not in "".join(without_maths)
    assert len(words["alt"]) > 40


@pytest.mark.parametrize("node", FIGURES.values(), ids=FIGURES)
def test_every_published_figure_has_a_picture_for_each_theme_and_says_what_it_was_made_of(
    node: Figure,
) -> None:
    workspace = open_workspace(device="cpu")
    entry = read_manifest(workspace).figures[node.id]
    pictures: list[dict[str, bytes]] = []
    for theme, files in entry["files"].items():
        assert set(files) in ({"png"}, {"svg"}, {"gif", "png"})
        for suffix, file in files.items():
            assert file["path"] == f"figures/{node.id}.{theme}.{suffix}"
        pictures.append(
            {suffix: (workspace.docs / file["path"]).read_bytes() for suffix, file in files.items()}
        )
    light, dark = pictures
    assert all(light[suffix] != dark[suffix] for suffix in light)
    needed = {run for name in node.needs.values() for run in RESULTS[name].needs.values()}
    assert entry["runs"] == sorted(needed)
    assert Path(ROOT, entry["source"]).exists()
