"""Three ways to go wrong."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from generate.figures.parts.line import (
    ENDS,
    LEFT,
    STRIDE,
    WIDTH,
    Seen,
    bell,
    codes,
    height,
    line,
    plane,
    see,
)
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.sheet import WIDTH as FULL
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme
from generate.results.line import collapse as results

REACH = 1.4  # of the plane, up and down
MOST = 0.55  # height of the lines


@figure(
    wrong=results.collapse,
    alt=(
        "Three planes with the line of codes beneath. A VAE with beta {wrong.collapsed_beta:.0f}: the curve "
        "is a spot, each posterior is the bell, and the KL is {wrong.collapsed_kl:.2f} nats. With beta 0: "
        "posteriors are points, {wrong.disguise_width:.4f} wide. A GAN with momentum on a ring of "
        "{wrong.islands} islands: of {wrong.trainings} trainings it keeps {wrong.hasty_kept:.1f} islands on "
        "average, without momentum {wrong.steady_kept:.1f}."
    ),
    caption=(
        "Three ways to go wrong. Left: beta is too high, and the code says nothing: every posterior (bars, "
        "one standard deviation to either side of a dot) is the bell itself. Middle: beta is 0, and the "
        "noise shrinks away: an autoencoder. Right: a GAN with a momentum of {wrong.hasty_momentum:.1f} on "
        "a ring of {wrong.islands} islands; its samples leave islands out. Each is the first of "
        "{wrong.trainings} trainings."
    ),
)
def collapse(theme: Theme, wrong: Values) -> Sheet:
    """Collapsed, in disguise, and with modes dropped."""
    sheet = theme.figure(FULL, 0.66 + height(REACH) + 1.05)
    high, none = (f"VAE, β = {wrong[f'{kind}_beta']:.0f}" for kind in ("collapsed", "disguise"))
    kept = f"keeps {wrong.hasty_kept_each[0]:.0f} of {wrong.islands}"
    cases = (
        (high, "collapsed", "points", theme.vae, f"KL {wrong.collapsed_kl:.2f} nats"),
        (none, "disguise", "points", theme.vae, f"KL {wrong.disguise_kl:.0f} nats"),
        ("GAN, momentum", "hasty", "ring_points", theme.gan, kept),
    )
    for place, (title, kind, points, colour, told) in enumerate(cases):
        left = LEFT + STRIDE * place
        sheet.note(left, 0.08, title, color=colour, weight="bold")
        sheet.note(left, 0.32, told, color=theme.ink)
        upper = sheet.at(left, 0.6, WIDTH, height(REACH))
        see(upper, theme, Seen(wrong[points], wrong[f"{kind}_curve"], wrong[f"{kind}_samples"][:160], colour))
        plane(upper, theme, REACH)
        lower = sheet.at(left, 0.66 + height(REACH), WIDTH, 0.72)
        if kind == "hasty":
            codes(lower, theme, wrong.bins, None, colour)
        else:
            _posteriors(lower, theme, wrong[f"{kind}_means"], wrong[f"{kind}_widths"])
        lower.set_ylim(0, MOST)
    return sheet


def _posteriors(axes: Axes, theme: Theme, means: np.ndarray, widths: np.ndarray) -> None:
    """Some posteriors as bars of one deviation, one above the other, over the bell."""
    line(axes, theme)
    fine = np.linspace(-ENDS, ENDS, 161)
    axes.plot(fine, bell(fine), color=theme.ink, linewidth=1.2)
    heights = np.linspace(0.08, MOST - 0.05, len(means))
    axes.hlines(heights, means - widths, means + widths, color=theme.vae, linewidth=1.6)
    axes.plot(means, heights, "o", color=theme.vae, markersize=3.5)
