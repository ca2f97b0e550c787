"""Figures of games played by other rules."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.charts import Line, count_axis, lines, name_ends
from generate.plotting.panels import grid, show
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results import gan as results


@figure(
    games=results.mode_collapse,
    alt=(
        "Above, samples of two games played hastily, early and at the end: without a penalty the classifier "
        "reads {games.hasty_free_early_commonest:.0%} of the early ones as one and the same digit; with R1 "
        "and R2 {games.hasty_r1_r2_early_commonest:.0%}. Below, the share of the test set that six games "
        "cover, against images seen: the hasty one without a penalty ends at "
        "{games.hasty_free_final_coverage:.0%}, with both penalties at "
        "{games.hasty_r1_r2_final_coverage:.0%}; played gently all four rules end between "
        "{games.free_final_coverage:.0%} and {games.relativistic_final_coverage:.0%}."
    ),
    caption=(
        "Mode collapse, and what helps. Above: a game played hastily, at the autoencoders' rate and with "
        "their momentum, without and with gradient penalties; unpicked samples. Below left: coverage, the "
        "share of test images with a generated one among their nearest neighbours. Below right: the same "
        "game at the gentle rate of the published GAN, where the penalties make little difference in so "
        "short a run: Fréchet ratios of {games.free_final_fcd_ratio:.1f} without, "
        "{games.r1_final_fcd_ratio:.1f} with R1, {games.r1_r2_final_fcd_ratio:.1f} with both and "
        "{games.relativistic_final_fcd_ratio:.1f} relativistic."
    ),
)
def mode_collapse(theme: Theme, games: Values) -> Sheet:
    """Samples of an unregularised and a healthy game, and coverage through training."""
    sheet = theme.figure(WIDTH, 5.2)
    pairs = (("hasty, no penalty", "hasty_free", theme.muted), ("hasty, R1 + R2", "hasty_r1_r2", theme.gan))
    for column, (title, name, colour) in enumerate(pairs):
        left = 0.3 + 3.2 * column
        sheet.note(left, 0.08, title, color=colour, weight="bold")
        for row, (when, key) in enumerate((("early", "early_images"), ("at the end", "images"))):
            top = 0.34 + 1.22 * row
            sheet.note(left, top, when, color=theme.muted)
            show(sheet, theme, grid(games[f"{name}_{key}"][:24], 8), (left, top + 0.22), scale=2)
    charts = (
        ("played hastily", {"hasty_r1_r2": ("R1 + R2", theme.gan), "hasty_free": ("none", theme.muted)}),
        (
            "played gently",
            {
                "relativistic": ("relativistic", theme.ink),
                "r1_r2": ("R1 + R2", theme.gan),
                "r1": ("R1", theme.real),
                "free": ("none", theme.muted),
            },
        ),
    )
    for column, (title, curves) in enumerate(charts):
        axes = sheet.at(0.4 + 3.2 * column, 3.32, 1.75, 1.35)
        _coverages(axes, games, curves)
        axes.set_title(f"covered, {title}", loc="left", pad=8)
    return sheet


def _coverages(axes: Axes, games: Values, curves: Mapping[str, tuple[str, str]]) -> None:
    """The share of the test set that games cover, against images seen."""
    drawn = [
        Line(title, games[f"{name}_images_seen"], np.asarray(games[f"{name}_coverage"]), colour)
        for name, (title, colour) in curves.items()
    ]
    lines(axes, drawn)
    axes.set_ylim(0, 1)
    count_axis(axes, "images seen")
    axes.locator_params(axis="x", nbins=3)
    name_ends(axes, drawn)
