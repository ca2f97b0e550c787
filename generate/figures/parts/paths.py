"""Drawings of ways between two latents: the images passed, and what lies halfway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from generate.pipeline.values import Values
from generate.plotting.charts import Line, lines, name_ends
from generate.plotting.panels import LINE, SPACE, Block, Images, block, centre, extent, probability_bars
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


def midpoint_norms(theme: Theme, norms: Values) -> Sheet:
    """Histograms of the norms of draws and of midpoints, a row for each number of dimensions."""
    rows, pitch = norms.dimensions, 1.0
    sheet = theme.figure(WIDTH, 0.95 + pitch * len(rows), vector=True)
    places = (norms.bins[1:] + norms.bins[:-1]) / 2
    kinds = (("prior", "draws", theme.real), ("line", "line", theme.muted), ("arc", "arc", theme.gan))
    for row, count in enumerate(rows):
        axes = sheet.at(0.95, 0.4 + pitch * row, 4.3, pitch - 0.12)
        axes.axvspan(norms[f"low_{count}"], norms[f"high_{count}"], color=theme.faint, linewidth=0, zorder=0)
        for name, title, colour in kinds:
            heights = norms[f"{name}_{count}"] / norms[f"{name}_{count}"].max()
            style: Style = {"linestyle": "--" if name == "prior" else "-", "linewidth": 1.8}
            axes.plot(places, heights, color=colour, **style)
            if name != "prior":
                axes.fill_between(places, heights, color=colour, alpha=0.18, linewidth=0)
            if row == len(rows) - 1 and name != "prior":
                top = places[int(heights.argmax())], 0.55
                side: Style = {"ha": "right" if name == "line" else "left"}
                offset = (-12 if name == "line" else 12, 0)
                axes.annotate(
                    title, top, offset, textcoords="offset points", color=colour, weight="bold", **side
                )
        axes.set(xlim=(0, 2), ylim=(0, 1.12), yticks=[])
        axes.spines["left"].set_visible(False)
        axes.set_xticks([0, 0.5**0.5, 1, 2], ["0", "0.71", "1", "2"] if row == len(rows) - 1 else [""] * 4)
        beside: Style = {"transform": axes.transAxes, "va": "center"}
        axes.text(-0.03, 0.4, f"$d$ = {count}", ha="right", weight="bold", **beside)
        axes.text(
            1.03, 0.4, f"{norms[f'outside_line_{count}']:.0%}", color=theme.muted, weight="bold", **beside
        )
    sheet.note(0.95, 0.1, "norms: dashed, draws; filled, midpoints", color=theme.ink)
    sheet.note(6.32, 0.1, "line, outside", color=theme.muted, weight="bold", ha="right")
    axes.set_xlabel("norm, in units of the root of the dimensions")
    return sheet


def by_scale(theme: Theme, scales: Values, midpoints: Mapping[str, float]) -> Sheet:
    """A Fréchet ratio, precision and recall against the scale of latents; midpoints by name, as rings."""
    sheet = theme.figure(WIDTH, 5.2, vector=True)
    top, bottom = sheet.at(0.5, 0.45, 4.75, 1.9), sheet.at(0.5, 2.95, 4.75, 1.6)
    lines(top, [Line("", scales.scales, scales.fcd_ratio, theme.gan)])
    shares = [
        Line("precision", scales.scales, scales.precision, theme.gan),
        Line("recall", scales.scales, scales.recall, theme.real),
    ]
    lines(bottom, shares)
    for name, place in (("line", scales.midpoint_scale), ("arc", 1.0)):
        ring: Style = {"markerfacecolor": theme.paper, "markersize": 8, "markeredgewidth": 2, "zorder": 4}
        top.plot(place, midpoints[name], "o", color=theme.ink, **ring)
        above: Style = {"textcoords": "offset points", "ha": "center", "weight": "bold"}
        top.annotate(f"{name} {midpoints[name]:.2f}", (place, midpoints[name]), (0, 12), **above)
    top.set_ylim(0, 1.05 * float(np.max(scales.fcd_ratio)))
    bottom.set_ylim(0, 1)
    top.set_title("Fréchet ratio", loc="left", pad=8)
    bottom.set_title("share of images", loc="left", pad=8)
    bottom.set_xlabel("scale of the latents; 1 is the prior")
    name_ends(bottom, shares)
    return sheet


WAYS: Mapping[str, Style] = {  # marker, and where its words stand
    "ends": {"marker": "o", "xytext": (-9, 0), "ha": "right", "va": "center"},
    "arc": {"marker": "^", "xytext": (0, 9), "ha": "center", "va": "bottom"},
    "line": {"marker": "s", "xytext": (9, 0), "ha": "left", "va": "center"},
}


def ways_between(theme: Theme, rows: Sequence[tuple[str, str, str]], between: Values) -> Sheet:
    """A row for each (key, title, colour): the Fréchet ratio of codes, and of midpoints on arc and line."""
    pitch = 0.8
    sheet = theme.figure(WIDTH, 0.75 + pitch * len(rows), vector=True)
    axes = sheet.at(0.65, 0.1, WIDTH - 0.75, pitch * len(rows))
    axes.set_xscale("log")
    for height, (key, title, colour) in zip(range(len(rows))[::-1], rows, strict=True):
        reached = [between[f"{key}_fcd_ratio_{way}"] for way in WAYS]
        axes.plot([min(reached), max(reached)], [height, height], color=theme.faint, linewidth=3, zorder=0)
        for way, style in WAYS.items():
            value, shade = between[f"{key}_fcd_ratio_{way}"], theme.muted if way == "line" else colour
            words = dict(style)
            mark: Style = {"marker": words.pop("marker"), "markersize": 9, "markeredgewidth": 1.8}
            face = theme.paper if way == "ends" else shade
            axes.plot(value, height, color=shade, markerfacecolor=face, **mark)
            words |= {"textcoords": "offset points", "color": shade, "weight": "bold"}
            axes.annotate(f"{'codes' if way == 'ends' else way} {value:#.3g}", (value, height), **words)
        beside: Style = {"transform": axes.get_yaxis_transform(), "va": "center", "ha": "right"}
        axes.text(-0.03, height, title, color=colour, weight="bold", **beside)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set(ylim=(-0.5, len(rows) - 0.4), yticks=[])
    axes.margins(x=0.33)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Fréchet ratio, lower is better")
    return sheet
