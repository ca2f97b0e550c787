"""Figures of games played by other rules."""

from __future__ import annotations

import numpy as np

from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.charts import Line, count_axis, lines, name_ends
from generate.plotting.panels import extent, grid, show
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results import gan as results


@figure(
    games=results.mode_collapse,
    alt=(
        "Above, thirty samples each of a game without gradient penalty and of one with R1 and R2. Below, the "
        "share of the test set that four games cover, against images seen. In the end: no penalty "
        "{games.free_final_coverage:.0%}, R1 {games.r1_final_coverage:.0%}, R1 and R2 "
        "{games.r1_r2_final_coverage:.0%}, relativistic with both {games.relativistic_final_coverage:.0%}."
    ),
    caption=(
        "The same game without and with penalties, after short runs, with unpicked samples. Coverage is the "
        "share of test images that have a generated image among their nearest neighbours in the classifier's "
        "features: a collapsed generator covers little, however good its images. Fréchet ratios in the "
        "end: no "
        "penalty {games.free_final_fcd_ratio:.1f}, R1 {games.r1_final_fcd_ratio:.1f}, R1 and R2 "
        "{games.r1_r2_final_fcd_ratio:.1f}, relativistic {games.relativistic_final_fcd_ratio:.1f}."
    ),
)
def mode_collapse(theme: Theme, games: Values) -> Sheet:
    """Samples of an unregularised and a healthy game, and coverage through training."""
    sheet = theme.figure(WIDTH, 5.0)
    width = extent(6, 3, 200)
    pairs = (("no penalty", games.free_images, theme.muted), ("R1 + R2", games.r1_r2_images, theme.gan))
    for column, (title, images, colour) in enumerate(pairs):
        left = 0.25 + 3.1 * column + (2.9 - width) / 2
        sheet.note(left, 0.08, title, color=colour, weight="bold")
        show(sheet, theme, grid(images, 6), (left, 0.36), scale=3)
    axes = sheet.at(0.55, 3.1, 4.5, 1.3)
    rules = {"r1_r2": "R1 + R2", "relativistic": "relativistic", "r1": "R1", "free": "no penalty"}
    colours = (theme.gan, theme.ink, theme.real, theme.muted)
    curves = [
        Line(title, games[f"{name}_images_seen"], np.asarray(games[f"{name}_coverage"]), colour)
        for (name, title), colour in zip(rules.items(), colours, strict=True)
    ]
    lines(axes, curves)
    axes.set_ylim(0, 1)
    axes.set_title("share of the test set covered", loc="left", pad=8)
    count_axis(axes)
    name_ends(axes, curves)
    return sheet
