"""Planes with points, a curve and samples, and the line of codes that belongs beneath."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from generate.plotting.sheet import Style
from generate.plotting.theme import Theme

WIDTH, LEFT, STRIDE = 2.0, 0.1, 2.1  # inches: a column, where the first begins, and from one to the next
BESIDE = 1.6  # of the plane, each way from the middle, in a column of that width
ENDS = 4.0  # of the line, each way
LEVELS = (0.0, 0.42, 0.48, 0.52, 0.58, 1.0)  # of D(x): few, so that the map stays quiet
STRENGTHS = (0.0, 0.05, 0.1, 0.15, 0.2)
PALE = 0.6  # of a family's colour: its curve under its samples, its codes under the bell
HARD: Style = {
    "linewidths": 0,
    "antialiased": False,
}  # without shades at dots' edges a picture has half the bytes


@dataclass(frozen=True)
class Seen:
    """A model on the plane: points (N, 2) of the data, the decoder's curve (P, 2), samples (M, 2)."""

    points: ArrayLike
    curve: ArrayLike
    samples: ArrayLike
    colour: str


def height(reach: float) -> float:
    """Inches that a plane of a column takes which shows so much either way of its middle."""
    return WIDTH * reach / BESIDE


def plane(axes: Axes, theme: Theme, reach: float) -> None:
    """An empty plane, ``reach`` up and down from its middle, framed and without ticks."""
    axes.set(xlim=(-BESIDE, BESIDE), ylim=(-reach, reach), xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(theme.faint)


def dots(axes: Axes, points: ArrayLike, colour: Any, size: float = 3) -> None:
    """Points (N, 2)."""
    places = np.asarray(points, np.float64)
    axes.scatter(places[:, 0], places[:, 1], s=size, color=colour, **HARD)


def see(axes: Axes, theme: Theme, seen: Seen) -> None:
    """Data quietly, the curve over them, samples on it, and a ring where the code is 0."""
    curve = np.asarray(seen.curve, np.float64)
    dots(axes, seen.points, theme.blend(theme.real, 0.35), 2.5)
    axes.plot(curve[:, 0], curve[:, 1], color=theme.blend(seen.colour, PALE), linewidth=1.4)
    dots(axes, seen.samples, seen.colour, 7)
    middle = curve[len(curve) // 2]
    axes.plot(*middle, "o", markersize=6, markerfacecolor=theme.paper, markeredgecolor=theme.ink)


def heat(axes: Axes, theme: Theme, score: ArrayLike, extent: float) -> None:
    """D(x), (C, C) in 0..1, as a few quiet shades over the plane; more colour is more trust."""
    ticks = np.linspace(-extent, extent, len(np.asarray(score)))
    shades = [theme.blend(theme.gan, strength) for strength in STRENGTHS]
    axes.contourf(ticks, ticks, np.asarray(score, np.float64), LEVELS, colors=shades, antialiased=False)


def keys(theme: Theme) -> tuple[str, ...]:
    """The colours that planes and lines are drawn in, for the palette of an animation."""
    families = (theme.ae, theme.vae, theme.gan)
    blends = [(theme.gan, strength) for strength in STRENGTHS] + [(colour, PALE) for colour in families]
    return (theme.paper, theme.faint, *families, *(to_hex(theme.blend(*blend)) for blend in blends))


def codes(
    axes: Axes, theme: Theme, bins: NDArray[np.floating], density: ArrayLike | None, colour: str
) -> None:
    """The line under a plane: codes by density (bins,), and the bell N(0, 1); None: they are the bell."""
    line(axes, theme)
    fine = np.linspace(-ENDS, ENDS, 161)
    if density is None:
        axes.fill_between(fine, bell(fine), color=theme.blend(colour, PALE), linewidth=0)
    else:
        axes.stairs(np.asarray(density, np.float64), bins, fill=True, color=theme.blend(colour, PALE))
    axes.plot(fine, bell(fine), color=theme.ink, linewidth=1.2)


def line(axes: Axes, theme: Theme) -> None:
    """The line itself, with a ring at the code 0."""
    axes.set(xlim=(-ENDS, ENDS), ylim=(0, 0.9), xticks=[-2, 0, 2], yticks=[])
    axes.spines["left"].set_visible(False)
    ring: Style = {"markersize": 6, "markerfacecolor": theme.paper, "markeredgecolor": theme.ink}
    axes.plot(0, 0, "o", clip_on=False, zorder=5, **ring)


def bell(places: NDArray[np.floating]) -> NDArray[np.float64]:
    """The density of N(0, 1)."""
    return np.asarray(norm.pdf(places), np.float64)
