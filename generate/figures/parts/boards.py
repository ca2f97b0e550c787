"""Small panels of one measure each, the families one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator, PercentFormatter
from numpy.typing import ArrayLike

from generate.pipeline.values import Values
from generate.plotting.sheet import WIDTH, Sheet, Style
from generate.plotting.theme import Theme

PITCH, HEIGHT, LEFT = 1.62, 0.78, 0.5  # inches: from panel to panel, of the axes, and for the families' names

WAYS = ("", "_mixture_1", "_mixture_10", "_mixture_64")  # to sample: from N(0, I), from so many Gaussians


@dataclass(frozen=True)
class Row:
    """A family's values, one a seed: from its prior (filled) and from a fitted mixture (rings)."""

    name: str
    colour: str
    filled: ArrayLike
    rings: ArrayLike = ()


@dataclass(frozen=True)
class Measure:
    """What a panel shows: the values called ``key``, whose mean is written in the format ``form``."""

    title: str
    key: str
    form: str
    log: bool = False


@dataclass(frozen=True)
class Panel:
    """A measure of every family, and of real images where it has a meaning for them."""

    measure: Measure
    rows: Sequence[Row]
    real: float | None = None


def panel(measure: Measure, real: Values, families: Sequence[tuple[str, str, Values]]) -> Panel:
    """The panel of a measure over the scores of families (name, colour, scores)."""
    mixture = f"{measure.key}_mixture_10_seeds"
    rows = [
        Row(name, colour, scores[f"{measure.key}_seeds"], scores.get(mixture, ()))
        for name, colour, scores in families
    ]
    return Panel(measure, rows, real.get(measure.key))


def board(theme: Theme, panels: Sequence[Panel], columns: int = 2) -> Sheet:
    """Panels row by row, on one sheet."""
    lines = -(-len(panels) // columns)
    sheet = theme.figure(WIDTH, 0.3 + lines * PITCH, vector=True)
    width = WIDTH / columns
    for place, panel in enumerate(panels):
        line, column = divmod(place, columns)
        axes = sheet.at(LEFT + column * width, 0.42 + line * PITCH, width - LEFT - 0.72, HEIGHT)
        _draw(axes, theme, panel)
    return sheet


def _draw(axes: Axes, theme: Theme, panel: Panel) -> None:
    beside = axes.get_yaxis_transform()
    if panel.measure.log:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    if panel.real is not None:
        axes.axvline(panel.real, color=theme.real, linewidth=1.3, dashes=(4, 3), zorder=0)
    for height, row in zip(range(len(panel.rows))[::-1], panel.rows, strict=True):
        axes.axhline(height, color=theme.faint, linewidth=0.8, zorder=0)
        for values, face in ((row.filled, row.colour), (row.rings, "none")):
            dots: Style = {
                "color": row.colour,
                "markerfacecolor": face,
                "markersize": 6,
                "clip_on": False,
            }
            axes.plot(values, np.full(len(np.asarray(values)), height), "o", **dots)
        mean = f"{np.asarray(row.filled).mean():{panel.measure.form}}"
        style: Style = {"va": "center", "color": row.colour, "weight": "bold", "transform": beside}
        axes.text(-0.03, height, row.name, ha="right", **style)
        axes.text(1.04, height, mean, ha="left", **style)
    axes.set_ylim(-0.6, len(panel.rows) - 0.4)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.06)
    axes.set_title(panel.measure.title, loc="left", pad=5, weight="bold")


def share_bars(theme: Theme, real: ArrayLike, families: Sequence[tuple[str, str, ArrayLike]]) -> Sheet:
    """Bars of ten shares for each family (title, colour, shares), over a line for the real ones."""
    rows = -(-len(families) // 2)
    sheet = theme.figure(WIDTH, 0.2 + 1.75 * rows, vector=True)
    top = 1.1 * max(np.max(found) for _, _, found in families)
    for place, (title, colour, found) in enumerate(families):
        line, column = divmod(place, 2)
        axes = sheet.at(0.45 + 3.2 * column, 0.4 + 1.75 * line, 2.6, 1.0)
        axes.bar(range(10), np.asarray(found), color=colour, width=0.7)
        axes.step(
            np.arange(-1, 11),
            np.asarray(real)[[0, *range(10), 9]],
            where="mid",
            color=theme.ink,
            linewidth=1.4,
        )
        axes.set(xlim=(-0.6, 9.6), ylim=(0, top), xticks=range(10))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.locator_params(axis="y", nbins=3)
        axes.tick_params(length=0)
        axes.set_title(title, loc="left", pad=6, color=colour, weight="bold")
    return sheet


def distributions(
    theme: Theme, x: ArrayLike, curves: Sequence[tuple[str, str, ArrayLike]], label: str
) -> Sheet:
    """The share of images at each ``x``, by curves (name, colour, shares); the first is dashed."""
    sheet = theme.figure(WIDTH, 3.3, vector=True)
    axes = sheet.at(0.3, 0.45, 5.8, 2.2)
    for place, (name, colour, found) in enumerate(curves):
        heights, top = np.asarray(found), int(np.argmax(found))
        axes.plot(np.asarray(x), heights, color=colour, linewidth=2.2, linestyle="-" if place else "--")
        style: Style = {"color": colour, "weight": "bold", "ha": "center"}
        axes.annotate(name, (np.asarray(x)[top], heights[top]), (0, 4), textcoords="offset points", **style)
    axes.set_ylim(0, None)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title("share of images", loc="left", pad=10)
    axes.set_xlabel(label)
    return sheet


def tradeoff(theme: Theme, real: Values, families: Sequence[tuple[str, str, Values]]) -> Sheet:
    """Recall against precision of families (name, colour, scores), by every way to sample them.

    The first family's decodes of N(0, I) may lie outside: they would squeeze all others into a corner.
    """
    sheet = theme.figure(WIDTH, 4.4, vector=True)
    axes = sheet.at(0.6, 0.4, 5.3, 3.3)
    crowd = [np.array([(real.precision, real.recall)])]
    axes.plot(*crowd[0].T, "x", markersize=8, markeredgewidth=2, color=theme.real)
    _label(axes, "real", crowd[0][0], theme.real)
    for place, (name, colour, scores) in enumerate(families):
        ways = [way for way in WAYS if f"recall{way}" in scores]
        points = np.array([(scores[f"precision{way}"], scores[f"recall{way}"]) for way in ways])
        crowd.append(points if place else points[1:])
        axes.plot(*points.T, color=colour, linewidth=1, alpha=0.5)
        axes.plot(*points[0], "o", color=colour, markersize=8)
        axes.plot(*points[1:].T, "o", color=colour, markersize=8, markerfacecolor="none")
        _label(axes, name, points[0], colour)
        for way, point in zip(ways[1:], points[1:], strict=True):
            _label(axes, f"{name} {way.rpartition('_')[2]}", point, colour)
    low, high = np.concatenate(crowd).min(0) - 0.02, np.concatenate(crowd).max(0) + 0.02
    axes.set(xlim=(low[0], high[0] + 0.02), ylim=(low[1], high[1]), xlabel="precision")
    axes.set_title("recall", loc="left", pad=8)
    axes.grid()
    return sheet


def _label(axes: Axes, text: str, point: ArrayLike, colour: str) -> None:
    style: Style = {"color": colour, "weight": "bold", "annotation_clip": True}
    axes.annotate(text, tuple(np.asarray(point)), (7, 4), textcoords="offset points", **style)
