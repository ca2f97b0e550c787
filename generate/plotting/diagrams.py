"""Boxes and arrows: networks with the shapes and parameter counts they really have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod, sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from generate.plotting.theme import Theme

Point = tuple[float, float]

ROW = 0.31  # inches from one layer to the next
NAME, BAR, SHAPE, PARAMETERS = 0.08, 3.4, 4.35, 6.32  # inches: start, centre, start and end of the columns
NARROW, WIDE = 0.08, 1.5  # inches: the bar of a single number, and of the widest layer


@dataclass(frozen=True)
class Layer:
    """One row of a network diagram: its name, the shape of its output, its number of parameters."""

    name: str
    shape: str
    parameters: int

    @property
    def values(self) -> int:
        """How many numbers the output holds."""
        return prod(int(part) for part in self.shape.split() if part.isdigit())


def network(values: Mapping[str, np.ndarray], name: str) -> list[Layer]:
    """The layers of ``values.<name>_layers``, ``_shapes`` and ``_parameters``."""
    columns = (values[f"{name}_layers"], values[f"{name}_shapes"], values[f"{name}_parameters"])
    return [Layer(str(layer), str(shape), int(count)) for layer, shape, count in zip(*columns, strict=True)]


def layers(axes: Axes, theme: Theme, rows: Sequence[Layer], top: float, colour: str) -> float:
    """Draw a network downwards from ``top`` inches, bars as wide as the root of their output.

    Returns where it ends.
    """
    widest = max(sqrt(row.values) for row in rows)
    for index, row in enumerate(rows):
        middle = top + (index + 0.5) * ROW
        width = NARROW + (WIDE - NARROW) * sqrt(row.values) / widest
        _bar(axes, theme, middle, width, colour if row.parameters else theme.muted)
        _texts(axes, theme, row, middle)
    return top + len(rows) * ROW


def heading(axes: Axes, theme: Theme, top: float, *, title: str, total: int, colour: str) -> float:
    """A network's name and its number of parameters; returns where its layers begin."""
    middle = top + 0.16
    axes.text(NAME, middle, title, color=colour, weight="bold", va="center")
    axes.text(PARAMETERS, middle, f"{total:,} parameters", color=theme.muted, va="center", ha="right")
    axes.plot([NAME, PARAMETERS], [middle + 0.17] * 2, color=colour, linewidth=1.5)
    return top + 0.4


def box(axes: Axes, theme: Theme, centre: Point, size: Point, *, text: str, colour: str) -> None:
    """A rounded box with its text in the middle; ``centre`` and ``size`` in inches."""
    (x, y), (width, height) = centre, size
    corner = (x - width / 2, y - height / 2)
    axes.add_patch(
        FancyBboxPatch(
            corner,
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.09",
            facecolor=theme.blend(colour, 0.14),
            edgecolor=colour,
            linewidth=1.6,
        )
    )
    axes.text(x, y, text, color=theme.ink, ha="center", va="center", linespacing=1.35)


def arrow(
    axes: Axes, start: Point, end: Point, colour: str, *, bend: float = 0, dashed: bool = False
) -> None:
    """An arrow between two points in inches; ``bend`` is its curvature, dashes mean a training signal."""
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=13,
            color=colour,
            linewidth=1.8,
            shrinkA=0,
            shrinkB=0,
            connectionstyle=f"arc3,rad={bend}",
            linestyle=(0, (4, 2.5)) if dashed else "-",
        )
    )


def _bar(axes: Axes, theme: Theme, middle: float, width: float, colour: str) -> None:
    corner = (BAR - width / 2, middle - 0.09)
    axes.add_patch(
        FancyBboxPatch(
            corner,
            width,
            0.18,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=theme.blend(colour, 0.45),
            edgecolor=colour,
            linewidth=1,
        )
    )


def _texts(axes: Axes, theme: Theme, row: Layer, middle: float) -> None:
    axes.text(NAME, middle, row.name.replace("3x3", "3×3"), va="center", color=theme.ink)
    axes.text(SHAPE, middle, row.shape.replace(" x ", "×"), va="center", color=theme.ink)
    if row.parameters:
        axes.text(PARAMETERS, middle, f"{row.parameters:,}", va="center", ha="right", color=theme.muted)
