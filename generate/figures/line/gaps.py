"""What lies between two islands that one curve has to join."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from generate.figures.parts.line import ENDS, LEFT, STRIDE, WIDTH, bell, dots, height, line, plane
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.sheet import WIDTH as FULL
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme, families
from generate.results.line import gaps as results

REACH = 0.75  # of the plane, up and down


@figure(
    gaps=results.crossing_gaps,
    alt=(
        "Two islands joined by each family's curve; the bell over the line is filled where the curve is "
        "away from both. Below, the share of samples away in five trainings each: data {gaps.real_off:.1%}; "
        "AE {gaps.ae_off:.0%} from the bell and {gaps.ae_own_off:.0%} from its own codes; VAE "
        "{gaps.vae_off:.0%} and {gaps.vae_own_off:.0%}; GAN {gaps.gan_off:.0%}."
    ),
    caption=(
        "Every curve from one island to the other crosses the sea. Above: the curves for codes from -4 to "
        "4, and the bell, filled where the decoder is farther than three deviations of the noise from both "
        "islands: strongly between them, palely beyond. Below: how much of what is drawn that is, a dot for "
        "each of {gaps.trainings} trainings. N(0, 1): drawn from the bell; own codes: codes of data; "
        "fitted: one Gaussian fitted to these. Dashed: fresh data."
    ),
)
def crossing_gaps(theme: Theme, gaps: Values) -> Sheet:
    """Curves and bells with the crossing marked, over shares of samples by training."""
    top = 0.34 + height(REACH)
    sheet = theme.figure(FULL, top + 3.3)
    for place, (name, title, colour) in enumerate(families(theme)):
        left = LEFT + STRIDE * place
        sheet.note(left, 0.08, title, color=colour, weight="bold")
        upper = sheet.at(left, 0.34, WIDTH, height(REACH))
        dots(upper, gaps.points, theme.blend(theme.real, 0.35), 2.5)
        curve = np.asarray(gaps[f"{name}_curve"], np.float64)
        upper.plot(curve[:, 0], curve[:, 1], color=colour, linewidth=1.6)
        upper.plot(*curve[len(curve) // 2], "o", markersize=6, mfc=theme.paper, mec=theme.ink)
        plane(upper, theme, REACH)
        _bell(sheet.at(left, top + 0.06, WIDTH, 0.62), theme, gaps, name, colour)
    _shares(sheet.at(1.62, top + 1.0, FULL - 1.62 - 0.55, 1.85), theme, gaps)
    return sheet


def _bell(axes: Axes, theme: Theme, gaps: Values, name: str, colour: str) -> None:
    line(axes, theme)
    axes.set_ylim(0, 0.42)
    places, away = np.asarray(gaps.places, np.float64), gaps[f"{name}_away"][0]
    for kind, strength in ((1, 0.85), (2, 0.3)):
        axes.fill_between(places, bell(places), where=away == kind, color=theme.blend(colour, strength), lw=0)
    fine = np.linspace(-ENDS, ENDS, 161)
    axes.plot(fine, bell(fine), color=theme.ink, linewidth=1.2)


def _shares(axes: Axes, theme: Theme, gaps: Values) -> None:
    """A row for each way of drawing, a dot for each training."""
    rows = [
        *(("AE, N(0, 1)", "ae_off", theme.ae), ("AE, own codes", "ae_own_off", theme.ae)),
        *(("AE, fitted", "ae_fitted_off", theme.ae), ("VAE, N(0, 1)", "vae_off", theme.vae)),
        *(("VAE, own codes", "vae_own_off", theme.vae), ("GAN, N(0, 1)", "gan_off", theme.gan)),
    ]
    for place, (title, key, colour) in enumerate(rows):
        shares = 100 * np.asarray(gaps[f"{key}_each"])
        axes.plot(
            shares, np.full(len(shares), place), "o", color=colour, markersize=6, alpha=0.8, clip_on=False
        )
        axes.text(
            -0.02, place, title, ha="right", va="center", color=colour, transform=axes.get_yaxis_transform()
        )
    axes.axvline(100 * gaps.real_off, color=theme.muted, linewidth=1.3, dashes=(5, 3))
    axes.set(ylim=(len(rows) - 0.5, -0.5), yticks=[], xlabel="share of samples away from both islands, in %")
    axes.set_xlim(left=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
