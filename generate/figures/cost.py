"""Figures of what training costs and what it buys."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.charts import Line, count_axis, level, lines, name_ends
from generate.plotting.sheet import WIDTH, Sheet, Style
from generate.plotting.theme import FAMILIES, Theme, families
from generate.results import cost as results


@figure(
    quality=results.quality,
    cost=results.scaling,
    alt=(
        "Fréchet distance ratio of samples against minutes of training, on a logarithmic scale. After the "
        "same number of images the GAN ends at {quality.gan_final:.1f}, the autoencoder with a fitted "
        "mixture at {quality.ae_final:.1f} and the VAE at {quality.vae_final:.0f}; the GAN takes "
        "{cost.gan_times_ae:.1f} times as long as the autoencoder to get there."
    ),
    caption=(
        "Sample quality against training time; lower is better, and 1 is as near to the test set as real "
        "digits are. All three see {quality.images:,} images, but a GAN has two networks to move at every "
        "step. The VAE and the GAN decode $N(0, I)$, the AE a mixture fitted to its codes. One run at a time "
        "on {cost.machine}."
    ),
)
def time_to_quality(theme: Theme, quality: Values, cost: Values) -> Sheet:
    """FCD ratio against minutes, the three families."""
    sheet = theme.figure(WIDTH, 3.9, vector=True)
    axes = sheet.at(0.6, 0.5, 5.0, 2.7)
    curves = []
    for name, title, colour in families(theme):
        minutes = quality.images_seen * cost[f"{name}_seconds_per_image"] / 60
        ratios = np.log10(quality[f"{name}_fcd_ratio"])
        curves.append(Line(title, minutes, ratios, colour))
    real = level(theme, [0, max(np.max(curve.x) for curve in curves)], 0.0, "real digits")
    lines(axes, [*curves, real])
    for curve in [*curves, real]:
        _mark(axes, curve)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{10**value:,.0f}"))
    axes.set_yticks(range(4))
    axes.set_ylim(bottom=-0.35)
    axes.set_title("FCD ratio", loc="left", pad=10)
    axes.set_xlabel("minutes of training")
    return sheet


@figure(
    cost=results.scaling,
    alt=(
        "Seconds and memory of training against images seen, for AE, VAE and GAN. Time grows in proportion, "
        "whether the images are few and seen often or many and seen once; memory stays level with epochs "
        "and grows only with the size of the data."
    ),
    caption=(
        "What training costs, on {cost.machine}. Filled: one epoch over {cost.fewest:,} to {cost.most:,} "
        "images; rings: one to eight epochs over {cost.fewest:,}. Straight lines through the origin fit the "
        "times to within {cost.off_line:.0%}. Over eight epochs memory grows by {cost.memory_growth:.0f} MB "
        "at most; the largest set of images is {cost.data_megabytes:.0f} MB."
    ),
)
def scaling(theme: Theme, cost: Values) -> Sheet:
    """Seconds and peak memory against images seen, both ways of growing."""
    sheet = theme.figure(WIDTH, 3.7, vector=True)
    for place, (quantity, title) in enumerate((("seconds", "seconds"), ("memory", "peak memory, MB"))):
        axes = sheet.at(0.5 + 3.1 * place, 0.5, 2.2, 2.4)
        curves = [_grown(theme, cost, name, quantity) for name in FAMILIES]
        lines(axes, curves)
        for name, curve in zip(FAMILIES, curves, strict=True):
            style: Style = {"color": curve.colour, "markersize": 6, "clip_on": False}
            axes.plot(cost.images_seen, cost[f"{name}_{quantity}_sizes"], "o", **style)
            axes.plot(cost.images_seen, cost[f"{name}_{quantity}_epochs"], "o", mfc="none", **style)
        axes.set_ylim(0, None)
        axes.set_xlim(0, None)
        axes.set_title(title, loc="left", pad=10)
        count_axis(axes, "images seen")
        name_ends(axes, curves)
    return sheet


def _grown(theme: Theme, cost: Values, name: str, quantity: str) -> Line:
    """The fitted line for seconds; for memory the larger data sets."""
    x = np.concatenate([[0], cost.images_seen])
    if quantity == "seconds":
        return Line(FAMILIES[name], x, x * cost[f"{name}_seconds_per_image"], getattr(theme, name))
    return Line(FAMILIES[name], cost.images_seen, cost[f"{name}_memory_sizes"], getattr(theme, name))


def _mark(axes: Axes, curve: Line) -> None:
    """Show a curve's points and write its name above the last, or that of a level below it."""
    x, y = np.asarray(curve.x), np.asarray(curve.y)
    if not curve.dashed:
        axes.plot(x, y, "o", color=curve.colour, markersize=4, clip_on=False)
    rise, side = (-4, "top") if curve.dashed else (5, "bottom")
    style: Style = {"color": curve.colour, "weight": "bold", "ha": "right", "va": side}
    axes.annotate(curve.name, (x[-1], y[-1]), (0, rise), textcoords="offset points", **style)
