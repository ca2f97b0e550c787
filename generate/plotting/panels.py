"""Pieces that several figures share: grids of digits, scatters of codes, bars of class probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

from generate.plotting.sheet import WIDTH, Sheet, Style
from generate.plotting.theme import Theme

Images = NDArray[np.uint8]

CENTRED: Style = {"ha": "center", "va": "center"}
GAP = 2  # image pixels of paper between two tiles
LINE = 0.27  # inches from the top of a label to the tiles under it
SPACE = 0.16  # inches between a block of tiles and the next label


@dataclass(frozen=True)
class Block:
    """Images (N, 28, 28) under one line of text, laid out row by row; ``colour`` is the text's."""

    label: str
    images: Images
    colour: str


def tiles(theme: Theme, images: Images, gap: int = GAP, grounds: ArrayLike | None = None) -> Images:
    """Images (R, C, H, W) as one picture (R*(H+gap)-gap, C*(W+gap)-gap, 3), paper showing between them."""
    rows, columns, height, width = images.shape
    paper = np.rint(255 * np.asarray(to_rgb(theme.paper))).astype(np.uint8)
    shaded = theme.shade(images, grounds)
    padded = np.broadcast_to(paper, (rows, columns, height + gap, width + gap, 3)).copy()
    padded[:, :, :height, :width] = shaded
    picture = padded.transpose(0, 2, 1, 3, 4).reshape(rows * (height + gap), columns * (width + gap), 3)
    return picture[: rows * (height + gap) - gap, : columns * (width + gap) - gap]


def grid(images: Images, columns: int) -> Images:
    """Images (N, H, W) as (rows, columns, H, W); the last row is filled up with blanks."""
    rows = -(-len(images) // columns)
    filled = np.zeros((rows * columns, *images.shape[1:]), np.uint8)
    filled[: len(images)] = images
    return filled.reshape(rows, columns, *images.shape[1:])


def show(
    sheet: Sheet,
    theme: Theme,
    images: Images,
    corner: tuple[float, float],
    *,
    scale: int,
    gap: int = GAP,
    grounds: ArrayLike | None = None,
) -> Axes:
    """Images (R, C, 28, 28) from ``corner`` in inches, ``scale`` device pixels a pixel, so never blurred."""
    picture = tiles(theme, images, gap, grounds)
    height, width = (length * scale / sheet.dpi for length in picture.shape[:2])
    axes = sheet.at(*corner, width, height)
    axes.imshow(picture, interpolation="nearest", aspect="auto")
    axes.set_axis_off()
    return axes


def extent(count: int, scale: int, dpi: float, gap: int = GAP) -> float:
    """Inches that ``count`` tiles of 28 pixels and the gaps between them take."""
    return (count * (28 + gap) - gap) * scale / dpi


def centre(columns: int, scale: int, dpi: float = 200, gap: int = GAP) -> float:
    """The left edge in inches that centres so many tiles on a sheet of the usual width."""
    return (WIDTH - extent(columns, scale, dpi, gap)) / 2


def block(sheet: Sheet, theme: Theme, item: Block, top: float, *, columns: int, scale: int) -> float:
    """Draw a labelled block of tiles, centred; returns where the next one may begin (inches from the top)."""
    left = centre(columns, scale, sheet.dpi)
    if item.label:
        sheet.note(left, top, item.label, color=item.colour, weight="bold")
        top += LINE
    laid = grid(item.images, columns)
    show(sheet, theme, laid, (left, top), scale=scale)
    return top + extent(len(laid), scale, sheet.dpi) + SPACE


def depth(items: Sequence[Block], columns: int, scale: int, dpi: float = 200) -> float:
    """Inches that the blocks take one under the other, spaces included."""
    rows = (-(-len(item.images) // columns) for item in items)
    lines = sum(LINE for item in items if item.label)
    return lines + sum(extent(count, scale, dpi) + SPACE for count in rows)


def blocks(theme: Theme, items: Sequence[Block], columns: int = 10, scale: int = 4) -> Sheet:
    """A whole figure of labelled blocks of tiles, one under the other."""
    sheet = theme.figure(WIDTH, depth(items, columns, scale))
    top = SPACE / 2
    for item in items:
        top = block(sheet, theme, item, top, columns=columns, scale=scale)
    return sheet


def scatter(
    axes: Axes, theme: Theme, codes: ArrayLike, labels: NDArray[np.integer], *, size: float = 3
) -> None:
    """Codes (N, 2) in the colour of their digit, in mixed order so that no class lies on top."""
    points = np.asarray(codes, np.float64)
    order = np.random.default_rng(0).permutation(len(points))
    colours = np.asarray(theme.digits)[labels[order]]
    # Without shades at the dots' edges the picture has half the bytes, and looks the same at this resolution.
    dots = {"s": size, "c": colours, "linewidths": 0, "antialiased": False}
    axes.scatter(points[order, 0], points[order, 1], **dots)


def name_classes(
    axes: Axes, theme: Theme, codes: ArrayLike, labels: NDArray[np.integer], *, size: float = 15
) -> dict[int, Text]:
    """Write each digit at its place (:func:`places`), with a halo of paper; returns the texts by digit."""
    halo = [withStroke(linewidth=3.5, foreground=theme.paper)]
    style: Style = {"size": size, "weight": "bold", "path_effects": halo} | CENTRED
    return {
        digit: axes.text(x, y, str(digit), color=theme.ink, clip_on=True, **style)
        for digit, (x, y) in places(axes, codes, labels, size).items()
    }


def places(
    axes: Axes, codes: ArrayLike, labels: NDArray[np.integer], size: float
) -> dict[int, NDArray[np.float64]]:
    """Where to write each class: at the median of its codes, moved only as far as its neighbours demand."""
    points, digits = np.asarray(codes, np.float64), np.unique(labels)
    medians = np.array([np.median(points[labels == digit], axis=0) for digit in digits])
    figure = axes.get_figure(root=True)
    assert figure is not None
    width = axes.get_position().width * figure.get_size_inches()[0]
    left, right = axes.get_xlim()
    placed = spread_out(medians, 1.05 * size / 72 * (right - left) / width)
    return {int(digit): place for digit, place in zip(digits, placed, strict=True)}


def spread_out(points: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Points (N, 2) pushed from one another until no two are nearer than ``gap``, or nearly so."""
    placed = points + 1e-6 * gap * np.arange(len(points))[:, None]  # two on one spot need a direction
    for _ in range(100):
        offsets = placed[:, None] - placed
        distances = np.linalg.norm(offsets, axis=-1) + np.eye(len(placed)) * gap
        short = np.clip(gap - distances, 0, None) / np.maximum(distances, 1e-12)
        placed = placed + 0.5 * (short[..., None] * offsets).sum(1)
    return placed


def plane(axes: Axes, theme: Theme, limit: float) -> None:
    """A square plane of two coordinates, zero in the middle, with a hairline cross at the origin."""
    limit = max(limit, 1e-3)  # all codes at zero: an untrained or collapsed encoder
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    axes.axhline(0, color=theme.faint, linewidth=1, zorder=0)
    axes.axvline(0, color=theme.faint, linewidth=1, zorder=0)
    axes.locator_params(nbins=5)
    axes.text(0.015, 0.99, "$z_2$", transform=axes.transAxes, va="top", size=13)
    axes.text(0.99, 0.015, "$z_1$", transform=axes.transAxes, ha="right", size=13)


def contours(axes: Axes, theme: Theme, radii: Sequence[float], colour: str | None = None) -> None:
    """Circles of so many standard deviations of N(0, I), labelled at their top."""
    halo = [withStroke(linewidth=3, foreground=theme.paper)]
    for radius in radii:
        axes.add_patch(Circle((0, 0), radius, fill=False, color=colour or theme.muted, linewidth=1.2))
        text = f"{radius:g}σ"
        style: Style = {"path_effects": halo, "clip_on": True} | CENTRED
        axes.text(0, radius, text, color=colour or theme.muted, **style)


def probability_bars(axes: Axes, theme: Theme, probabilities: ArrayLike) -> None:
    """Class probabilities (K, 10), each in 0..1, as one stacked bar a step; a digit is written where it fits.

    The bars sit at 0..K-1, so that axes as wide as a row of K tiles put each bar under its tile.
    """
    heights = np.asarray(probabilities, np.float64)
    tops = np.cumsum(heights, axis=1)
    steps = np.arange(len(heights))
    width = 28 / (28 + GAP)
    for digit, colour in enumerate(theme.digits):
        axes.bar(steps, heights[:, digit], width, tops[:, digit] - heights[:, digit], color=colour)
        for step in steps[heights[:, digit] > 0.3]:
            middle = tops[step, digit] - heights[step, digit] / 2
            axes.text(step, middle, str(digit), color=theme.over(colour), weight="bold", **CENTRED)
    axes.set(xlim=(-width / 2, len(heights) - 1 + width / 2), ylim=(0, 1))
    axes.set_axis_off()
