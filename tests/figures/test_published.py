"""A published figure is what its code draws of the published results, to the colour of each curve."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageSequence

from generate.build.catalogue import FIGURES
from generate.build.freshness import read_manifest
from generate.build.measure import function
from generate.pipeline.registry import Figure
from generate.pipeline.store import read_values
from generate.plotting.animation import ECONOMIES, Animation, _quantised, palette
from generate.plotting.render import PALETTES, _reduced, encode
from generate.plotting.theme import THEMES
from generate.workspace import open_workspace
from tests.miniature import Effort

SHORT = (
    *("autoencoder/latent_plane", "autoencoder/prior_samples", "compare/latent_planes", "compare/samples"),
    *(
        "compare/training_progress",
        "control/steering",
        "gan/linear_vs_spherical",
        "vae/latent_evolution",
        "vae/latent_plane",
        "site/hero",
    ),
)
WORKSPACE = open_workspace(device="cpu")
MANIFEST = read_manifest(WORKSPACE)
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
ALIKE = 0.05  # of 255, on average: room for another version of a library, and for no other drawing


@pytest.mark.parametrize("node", FIGURES.values(), ids=FIGURES)
def test_it_is_the_picture_that_is_published(node: Figure, effort: Effort) -> None:
    theme = THEMES[0]
    if (
        not effort.is_full
        and node.id not in SHORT
        and "svg" not in MANIFEST.figures[node.id]["files"][theme.name]
    ):
        pytest.skip("to find a picture's palette takes seconds: make fuzz compares them all")
    values = {need: read_values(WORKSPACE.result(name)) for need, name in node.needs.items()}
    published = {
        suffix: (WORKSPACE.docs / file["path"]).read_bytes()
        for suffix, file in MANIFEST.figures[node.id]["files"][theme.name].items()
    }
    with mpl.rc_context(theme.rc()):
        picture = function(node)(theme, **values)
        if isinstance(picture, Animation):
            same_film(picture, Image.open(BytesIO(published["gif"])))
            same_picture(picture.frames[picture.still], published["png"])
        elif picture.vector:
            same_drawing(encode(picture)["svg"].decode(), published["svg"].decode())
        else:
            same_picture(picture.pixels(), published["png"])


def same_drawing(ours: str, theirs: str) -> None:
    """The same elements, at the same places to a hundredth of a point."""
    assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs)
    mine, others = (np.array(NUMBER.findall(text), float) for text in (ours, theirs))
    np.testing.assert_allclose(mine, others, atol=0.01, rtol=1e-4)


def same_film(film: Animation, published: Any) -> None:
    """The first frame, one in between and the last, in as many shades as the published film has."""
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(published)]
    stride = next(step for step in (1, 2, 3) if -(-len(film.frames) // step) == len(frames))
    places = [0, len(frames) // 2, -1]
    ours = film.frames[::-stride][::-1][places]
    gaps = [
        np.abs(
            _quantised(ours, palette(film, shades)).astype(int) - [frames[place] for place in places]
        ).mean()
        for shades, each in ECONOMIES
        if each == stride
    ]
    assert min(gaps) < ALIKE


def same_picture(ours: np.ndarray, theirs: bytes) -> None:
    """The same colours at the same places, with a palette of the size that the file has."""
    published, mine = Image.open(BytesIO(theirs)), Image.fromarray(ours[..., :3])
    if published.mode == "P":
        used = len(published.getcolors())
        mine = next(few for few, most in zip(_reduced(mine), PALETTES, strict=False) if most >= used)
    first, second = (np.asarray(image.convert("RGB"), float) for image in (mine, published))
    assert first.shape == second.shape
    assert np.abs(first - second).mean() < ALIKE
