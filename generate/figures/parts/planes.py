"""Drawings of several latent planes at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike, NDArray

from generate.figures.parts.shared import names
from generate.pipeline.spread import evenly
from generate.pipeline.values import Values
from generate.plotting.animation import Animation, filmed
from generate.plotting.panels import Images, contours, name_classes, places, plane, scatter, show
from generate.plotting.sheet import WIDTH, Sheet, Style
from generate.plotting.theme import Theme

FRAMES = 30  # every dot moves in every frame, which is what a GIF is worst at
DOTS = 1500
PRIOR = 4.2  # standard deviations of N(0, I) that a plane of it shows
SIDE, PANEL = 2.94, 2.76  # inches: a plane in motion, a plane at rest with its ticks
SIZE = 12  # points: the digit written on a class


class Plane(NamedTuple):
    """One family's plane: codes (N, 2), labels (N,), the family's name and colour, half the width shown."""

    title: str
    colour: str
    codes: ArrayLike
    labels: NDArray[np.integer]
    limit: float


def reach(codes: ArrayLike) -> float:
    """How far from zero a plane must show so that all but the outermost 0.2% of the coordinates are on it."""
    return float(1.06 * np.quantile(np.abs(np.asarray(codes, np.float64)), 0.998))


def draw(axes: Axes, theme: Theme, item: Plane) -> None:
    """One plane with its title, its classes named and the ring of two prior standard deviations."""
    scatter(axes, theme, item.codes, item.labels, size=1.5)
    plane(axes, theme, item.limit)
    contours(axes, theme, (2,), theme.ink)
    name_classes(axes, theme, item.codes, item.labels, size=SIZE)
    axes.set_title(item.title, loc="left", color=item.colour, weight="bold")


def evolution(theme: Theme, run: Values) -> Animation:
    """The AE's and the VAE's plane side by side, frame by frame."""
    keep = evenly(range(len(run.images_seen)), FRAMES)
    sheet = theme.figure(WIDTH, 3.86, dpi=100)
    strip = sheet.note(0.12, 0.1, "", color=theme.ink)
    labels = run.labels[:DOTS]
    clouds = [
        _Cloud(sheet.at(left, 0.78, SIDE, SIDE), theme, _plane(title, colour, codes[:, :DOTS], labels))
        for left, title, colour, codes in (
            (0.12, "AE", theme.ae, run.ae_codes),
            (3.34, "VAE", theme.vae, run.vae_codes),
        )
    ]

    def frame(index: int) -> NDArray[np.uint8]:
        strip.set_text(names(run.images_seen[index]))
        for cloud in clouds:
            cloud.move(index)
        return sheet.pixels()

    keys = (theme.paper, theme.muted, theme.faint, theme.ae, theme.vae, *theme.digits)
    return Animation(filmed(keep, frame), (theme.tile, theme.ink), keys, seconds_per_frame=0.18)


def _plane(title: str, colour: str, codes: NDArray[np.floating], labels: NDArray[np.integer]) -> Plane:
    limit = max(reach(codes[-1]), 2.5 if title == "AE" else PRIOR)
    return Plane(title, colour, np.asarray(codes, np.float64), labels, limit)


class _Cloud:
    """A plane whose dots and digits move: ``codes`` of its plane are (F, N, 2)."""

    def __init__(self, axes: Axes, theme: Theme, item: Plane) -> None:
        self.axes, self.codes, self.labels = axes, np.asarray(item.codes), item.labels
        plane(axes, theme, item.limit)
        colours = np.asarray(theme.digits)[item.labels]
        # Hard-edged squares: each soft edge would be a colour of its own and cost bytes in every frame.
        style: Style = {"s": 5, "marker": "s", "linewidths": 0, "antialiased": False}
        self.dots = axes.scatter(self.codes[-1, :, 0], self.codes[-1, :, 1], c=colours, **style)
        contours(axes, theme, (2,), theme.ink)
        self.digits = name_classes(axes, theme, self.codes[-1], item.labels, size=SIZE)
        axes.set_title(item.title, loc="left", color=item.colour, weight="bold")
        axes.set_axis_off()

    def move(self, index: int) -> None:
        """Show the codes of another moment."""
        self.dots.set_offsets(self.codes[index])
        for digit, (x, y) in places(self.axes, self.codes[index], self.labels, SIZE).items():
            self.digits[digit].set_position((float(x), float(y)))


def side_by_side(theme: Theme, planes: list[Plane]) -> Sheet:
    """Three planes, each at its own scale, and a fourth that shows all three at one scale."""
    sheet = theme.figure(WIDTH, 6.9)
    corners = [(left, top) for top in (0.36, 3.8) for left in (0.42, 3.56)]
    for item, corner in zip(planes, corners, strict=False):
        draw(sheet.at(*corner, PANEL, PANEL), theme, item)
    _together(sheet.at(*corners[3], PANEL, PANEL), theme, planes)
    return sheet


def _together(axes: Axes, theme: Theme, planes: list[Plane]) -> None:
    plane(axes, theme, max(item.limit for item in planes))
    for item in (planes[0], planes[2], planes[1]):  # the VAE's cloud is the smallest: on top
        points = np.asarray(item.codes, np.float64)
        axes.scatter(points[:, 0], points[:, 1], s=1.5, color=item.colour, linewidths=0, alpha=0.6)
    contours(axes, theme, (2,), theme.ink)
    axes.set_title("all three at one scale", loc="left", weight="bold")


def territories(
    theme: Theme, quantiles: NDArray[np.floating], codes: NDArray[np.floating], labels: NDArray[np.integer]
) -> NDArray[np.float64]:
    """A ground colour (20, 20, 3) for each cell, row 0 on top: that of the class with most codes in it."""
    edges = (quantiles[1:] + quantiles[:-1]) / 2
    column = np.searchsorted(edges, codes[:, 0])
    row = len(quantiles) - 1 - np.searchsorted(edges, codes[:, 1])
    votes = np.zeros((len(quantiles), len(quantiles), 10))
    np.add.at(votes, (row, column, labels), 1)
    colours = np.array([theme.blend(colour, 0.36) for colour in theme.digits])
    empty = votes.sum(axis=2) == 0
    return np.where(empty[..., None], to_rgb(theme.tile), colours[votes.argmax(axis=2)])


def two_views(theme: Theme, views: Values, colour: str) -> Sheet:
    """Codes on their principal plane and by t-SNE, side by side, without scales: neither has one to read."""
    sheet = theme.figure(WIDTH, 3.6)
    for left, name, title in ((0.08, "pca", "PCA"), (3.28, "tsne", "t-SNE")):
        axes = sheet.at(left, 0.42, 3.04, 3.04)
        points = np.asarray(views[name], np.float64)
        scatter(axes, theme, points, views.labels, size=2)
        middle, half = points.mean(0), 1.05 * np.abs(points - points.mean(0)).max()
        axes.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
        axes.spines[:].set_color(theme.faint)
        name_classes(axes, theme, points, views.labels, size=SIZE)
        told = f"{title}: {views[f'{name}_accuracy']:.0%}"
        axes.set_title(told, loc="left", color=colour, weight="bold", pad=6)
    return sheet


PROBES = {"inside": ("o", "among the codes"), "gap": ("s", "in gaps"), "outside": ("^", "outside")}


def probed(theme: Theme, plane_of: Values) -> Sheet:
    """A plane with three kinds of marked places over three rows of what these decode to."""
    sheet = theme.figure(WIDTH, 5.1)
    axes = sheet.at(0.06, 0.1, 3.5, 4.9)
    points = np.asarray(plane_of.codes, np.float64)
    scatter(axes, theme, points, plane_of.labels, size=1.5)
    everything = np.concatenate([plane_of[f"{kind}_probes"] for kind in PROBES])
    (low, high), room = (everything.min(0), everything.max(0)), 0.06
    width, height = (high - low) * room
    axes.set(xlim=(low[0] - width, high[0] + width), ylim=(low[1] - height, high[1] + height))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(theme.faint)
    for row, (kind, (marker, title)) in enumerate(PROBES.items()):
        places, top = plane_of[f"{kind}_probes"], 0.3 + 1.6 * row
        style: Style = {
            "markersize": 15,
            "markerfacecolor": theme.paper,
            "markeredgecolor": theme.ae,
        }
        for place, letter in zip(places, "abcdefghijklmnopqrstu"[row * len(places) :], strict=False):
            axes.plot(*place, marker, **style)
            axes.text(place[0], place[1], letter, size=9, weight="bold", ha="center", va="center_baseline")
        sheet.note(3.75, top, f"{title}: sure {plane_of[f'{kind}_sure']:.0%}", color=theme.ae, weight="bold")
        _lettered(sheet, theme, plane_of[f"{kind}_images"], (3.75, top + 0.28), row * len(places))
    return sheet


def _lettered(sheet: Sheet, theme: Theme, images: Images, corner: tuple[float, float], first: int) -> None:
    """Tiles in two rows of four, each with its letter beneath."""
    left, top = corner
    for place, image in enumerate(images):
        line, column = divmod(place, 4)
        x, y = left + 0.66 * column, top + 0.62 * line
        show(sheet, theme, image[None, None], (x, y), scale=3)
        sheet.note(x + 0.52, y + 0.3, chr(ord("a") + first + place), color=theme.muted, ha="center", size=10)
