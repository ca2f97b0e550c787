"""Drawings of walks between two latents: the images passed, and something measured along the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from generate.pipeline.values import Values
from generate.plotting.panels import GAP, LINE, SPACE, Block, Images, beliefs, block, centre, extent
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme

Walk = tuple[str, str, Images, NDArray[np.floating]]  # label, colour, images (K, 28, 28), beliefs (K, 10)

BELIEF = 0.66  # inches: the height of a strip of beliefs
SCALE = 3


def belief_path(theme: Theme, walks: Sequence[Walk]) -> Sheet:
    """Each walk as a row of tiles over what the classifier believes of them."""
    steps = len(walks[0][2])
    left, width, tile = centre(steps, SCALE), extent(steps, SCALE, 200), extent(1, SCALE, 200)
    sheet = theme.figure(WIDTH, len(walks) * (LINE + tile + BELIEF + 0.3) + 0.02)
    top = 0.08
    for label, colour, images, belief in walks:
        top = block(sheet, theme, Block(label, images, colour), top, columns=steps, scale=SCALE)
        top += 0.05 - SPACE
        beliefs(sheet.at(left, top, width, BELIEF), theme, belief)
        top += BELIEF + 0.25
    return sheet


def norm_paths(theme: Theme, paths: Values) -> Sheet:
    """A straight and an arched walk as rows of tiles, over a chart of the latent's norm along both."""
    steps = len(paths.linear)
    sheet = theme.figure(WIDTH, 4.7)
    top = 0.08
    for title, name, colour in (("straight lines", "linear", theme.muted), ("arcs", "spherical", theme.gan)):
        label = f"{title}: midpoints' FCD {paths[f'fcd_ratio_{name}']:.1f} × floor"
        top = block(sheet, theme, Block(label, paths[name], colour), top, columns=steps, scale=SCALE)
    left, width = centre(steps, SCALE), extent(steps, SCALE, 200)
    axes = sheet.at(left, top + 0.34, width, 4.7 - top - 0.34 - 0.5)
    _norms(axes, theme, paths)
    axes.set_xlim(-28 / 2 / (28 + GAP), steps - 1 + 28 / 2 / (28 + GAP))
    return sheet


def _norms(axes: Axes, theme: Theme, paths: Values) -> None:
    steps = np.arange(len(paths.linear))
    axes.axhspan(paths.prior_norm_low, paths.prior_norm_high, color=theme.faint, linewidth=0)
    for norm, colour in ((paths.linear_norm, theme.muted), (paths.spherical_norm, theme.gan)):
        axes.plot(steps, norm, "o-", color=colour, markersize=5)
    axes.text(0, paths.prior_norm_high - 0.1, "95% of the prior", color=theme.muted, va="top")
    middle = len(steps) // 2
    style: dict[str, Any] = {"ha": "center", "weight": "bold"}
    axes.text(middle, paths.spherical_norm[middle] + 0.2, "arc", color=theme.gan, va="bottom", **style)
    axes.text(middle, paths.linear_norm[middle] - 0.2, "line", color=theme.muted, va="top", **style)
    axes.set_ylim(0, 1.08 * max(paths.prior_norm_high, float(np.max(paths.spherical_norm))))
    axes.set_title("norm of the latent, |z|", loc="left")
    axes.set_xticks(steps, [f"{share:.1f}" for share in paths.t])
    axes.spines["left"].set_visible(False)
