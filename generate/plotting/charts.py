"""Line charts whose lines are named at their ends, never in a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike, NDArray

from generate.pipeline.spread import evenly
from generate.plotting.sheet import Style
from generate.plotting.theme import Theme

Curve = NDArray[np.float64]

QUIET: Style = {"linewidth": 1, "alpha": 0.45}
DASHED: Style = {"linewidth": 1.3, "dashes": (5, 3)}
CLEAR: Style = {"linewidth": 2.2}
POINTS = 300  # a curve has no more: finer detail than a pixel only makes the file heavy


@dataclass(frozen=True)
class Line:
    """A curve with its name, written at its right end.

    ``quiet`` lines are thin, pale and unnamed; ``dashed`` ones are levels to compare with.
    """

    name: str
    x: ArrayLike
    y: ArrayLike
    colour: str
    quiet: bool = False
    dashed: bool = False


def smooth(values: ArrayLike, window: int) -> Curve:
    """Running mean over ``window`` neighbours, shorter at both ends so that nothing is invented there."""
    curve = np.asarray(values, np.float64)
    reach = min(window, len(curve)) // 2
    total = np.concatenate([[0.0], np.cumsum(curve)])
    start = np.maximum(np.arange(len(curve)) - reach, 0)
    stop = np.minimum(np.arange(len(curve)) + reach + 1, len(curve))
    return np.asarray((total[stop] - total[start]) / (stop - start))


def lines(axes: Axes, curves: Sequence[Line]) -> None:
    """Draw the curves and name them at their right ends, pushed apart where they would collide."""
    for curve in curves:
        x, y = (evenly(np.asarray(values, np.float64), POINTS) for values in (curve.x, curve.y))
        style = QUIET if curve.quiet else DASHED if curve.dashed else CLEAR
        axes.plot(x, y, color=curve.colour, **style)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0)


def name_ends(axes: Axes, curves: Sequence[Line]) -> None:
    """Write each named curve's name right of its last point. Call when the limits of the axes are final."""
    named = [curve for curve in curves if not curve.quiet]
    ends = np.array([np.asarray(curve.y, np.float64)[-1] for curve in named])
    low, high = axes.get_ylim()
    inches = axes.get_position().height * axes.get_figure(root=True).get_size_inches()[1]  # type: ignore[union-attr]
    step = (high - low) * 0.21 / inches
    heights = apart(np.clip(ends, low, high), step)
    right = axes.get_xlim()[1]
    for curve, height in zip(named, heights, strict=True):
        axes.annotate(
            curve.name,
            (right, height),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=curve.colour,
            weight="bold",
            annotation_clip=False,
        )


def apart(heights: Curve, step: float) -> Curve:
    """The heights, those that are too close moved so that neighbours are at least ``step`` apart."""
    order = np.argsort(heights, kind="stable")
    placed = heights[order].copy()
    for upper in range(1, len(placed)):
        short = step - (placed[upper] - placed[upper - 1])
        if short > 0:
            placed[:upper] -= short / 2
            placed[upper:] += short / 2
    result = np.empty_like(placed)
    result[order] = placed
    return result


def count_axis(axes: Axes, label: str = "training images seen") -> None:
    """Label the x axis with counts such as 250k or 3M."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel(label)


def short(count: float) -> str:
    """A count in few letters: 0, 950, 250k, 1.5M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(count) >= size:
            return f"{count / size:.3g}{letter}"
    return f"{count:.0f}"


def level(theme: Theme, x: ArrayLike, height: float, name: str) -> Line:
    """A dashed horizontal line over the range of ``x``."""
    ends = np.asarray(x, np.float64)[[0, -1]]
    return Line(name, ends, np.full(2, height), theme.muted, dashed=True)


def settled(curves: Sequence[Line], skip: float = 0.03) -> tuple[float, float]:
    """Limits for the y axis that leave out the steep first ``skip`` of the curves, with a little room."""
    end = max(float(np.max(curve.x)) for curve in curves)
    rest = np.concatenate([np.asarray(curve.y)[np.asarray(curve.x) >= skip * end] for curve in curves])
    low, high = float(rest.min()), float(rest.max())
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room
