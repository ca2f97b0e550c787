"""Drawings of walks between two latents: the images passed, and something measured along the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from generate.pipeline.values import Values
from generate.plotting.panels import GAP, LINE, SPACE, Block, Images, block, centre, extent, probability_bars
from generate.plotting.sheet import WIDTH, Sheet, Style
from generate.plotting.theme import Theme

# Label, colour, images (K, 28, 28), probabilities (K, 10).
Walk = tuple[str, str, Images, NDArray[np.floating]]

BARS = 0.66  # inches: the height of a row of bars
SCALE = 3


def classified_walks(theme: Theme, walks: Sequence[Walk]) -> Sheet:
    """Each walk as a row of tiles over the classifier's probabilities."""
    steps = len(walks[0][2])
    left, width, tile = centre(steps, SCALE), extent(steps, SCALE, 200), extent(1, SCALE, 200)
    sheet = theme.figure(WIDTH, len(walks) * (LINE + tile + BARS + 0.3) + 0.02)
    top = 0.08
    for label, colour, images, probabilities in walks:
        top = block(sheet, theme, Block(label, images, colour), top, columns=steps, scale=SCALE)
        top += 0.05 - SPACE
        probability_bars(sheet.at(left, top, width, BARS), theme, probabilities)
        top += BARS + 0.25
    return sheet


def norm_paths(theme: Theme, paths: Values) -> Sheet:
    """A straight and an arched walk as rows of tiles, over charts of what latents are like along both."""
    steps = len(paths.linear)
    sheet = theme.figure(WIDTH, 7.0)
    top = 0.08
    for title, name, colour in (("straight lines", "linear", theme.muted), ("arcs", "spherical", theme.gan)):
        label = f"{title}: midpoints' FCD {paths[f'fcd_ratio_{name}']:.1f} × floor"
        top = block(sheet, theme, Block(label, paths[name], colour), top, columns=steps, scale=SCALE)
    left, width = centre(steps, SCALE), extent(steps, SCALE, 200)
    charts = (
        ("norm", "norm of the latent, |z|"),
        ("density", "log-density under the prior, nats above the ends'"),
    )
    for key, title in (*charts, ("fcd_ratio", "Fréchet ratio of what is decoded")):
        axes = sheet.at(left, top + 0.34, width, 1.1)
        _along(axes, theme, paths, key)
        axes.set_title(title, loc="left")
        axes.set_xlim(-28 / 2 / (28 + GAP), steps - 1 + 28 / 2 / (28 + GAP))
        top += 1.72
    return sheet


def _along(axes: Axes, theme: Theme, paths: Values, key: str) -> None:
    """One measure along both ways, each named in the middle, where they differ most."""
    steps = np.arange(len(paths.linear))
    curves = {"line": (paths[f"linear_{key}"], theme.muted), "arc": (paths[f"spherical_{key}"], theme.gan)}
    middle = len(steps) // 2
    upper = max(curves, key=lambda name: float(curves[name][0][middle]))
    for name, (curve, colour) in curves.items():
        axes.plot(steps, curve, "o-", color=colour, markersize=4)
        place: Style = {"xytext": (0, 5 if name == upper else -5), "textcoords": "offset points"}
        place |= {"ha": "center", "va": "bottom" if name == upper else "top", "weight": "bold"}
        axes.annotate(name, (middle, curve[middle]), color=colour, **place)
    if key == "norm":
        axes.axhspan(paths.prior_norm_low, paths.prior_norm_high, color=theme.faint, linewidth=0, zorder=0)
        axes.text(0, paths.prior_norm_high - 0.1, "95% of the prior", color=theme.muted, va="top")
    axes.margins(y=0.3)
    if key != "density":
        axes.set_ylim(0, 1.35 * max(np.max(curve) for curve, _ in curves.values()))
    axes.set_xticks(steps, [f"{share:.1f}" for share in paths.t])
    axes.locator_params(axis="y", nbins=4)
    axes.spines["left"].set_visible(False)
