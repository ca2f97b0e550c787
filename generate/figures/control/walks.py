"""Figures of changes that were asked for: learned walks and arithmetic."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from generate.figures.parts.films import film, there_and_back
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.panels import Block, block, extent, show
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme, families
from generate.results import control as results

SCALE = 2
UNITS = ("pixels to the right", "pixels down", "degrees anticlockwise", "doublings", "pixels of stroke")


@figure(
    walks=results.steering,
    alt=(
        "Five learned walks, shift x, shift y, rotation, zoom and thickness, each as three rows of digits "
        "(AE, VAE, GAN) beside a chart of achieved against requested change. The GAN reaches "
        "{walks.gan_shift_x_reached:.0%}, {walks.gan_shift_y_reached:.0%}, {walks.gan_rotation_reached:.0%}, "
        "{walks.gan_zoom_reached:.0%} and {walks.gan_thickness_reached:.0%} of what is asked for at the "
        "ends, the VAE {walks.vae_shift_x_reached:.0%}, {walks.vae_shift_y_reached:.0%}, "
        "{walks.vae_rotation_reached:.0%}, {walks.vae_zoom_reached:.0%} and "
        "{walks.vae_thickness_reached:.0%}."
    ),
    caption=(
        "For each edit a direction was trained so that a step along it does to the decoded image what the "
        "edit does. Rows: one 2, pushed either way as far as the edit goes. Charts: change achieved against "
        "change requested, the median of many images, with the diagonal of perfect obedience dashed. The "
        "number is the share of digits still read as before at the ends, AE, VAE and GAN."
    ),
)
def steering(theme: Theme, walks: Values) -> Sheet:
    """Learned walks: pictures along them, requested against achieved change."""
    pitch, top = 1.46, 0.1
    sheet = theme.figure(WIDTH, top + pitch * len(walks.edits) + 0.22)
    width = extent(walks.gan_images.shape[1], SCALE, sheet.dpi)
    for place, (edit, unit) in enumerate(zip(walks.edits, UNITS, strict=True)):
        here = top + pitch * place
        sheet.note(0.5, here, str(edit), weight="bold")
        for row, (family, title, colour) in enumerate(families(theme)):
            line = here + 0.26 + row * 0.33
            sheet.note(0.08, line + 0.07, title, color=colour, weight="bold", size=9)
            show(sheet, theme, walks[f"{family}_images"][place][None], (0.5, line), scale=SCALE)
        axes = sheet.at(0.5 + width + 0.55, here + 0.22, WIDTH - width - 1.95, pitch - 0.52)
        _obedience(axes, theme, walks, place)
        axes.set_title(unit, loc="left", pad=4, color=theme.muted)
        for row, (family, _, colour) in enumerate(families(theme)):
            kept = walks[f"{family}_{str(edit).replace(' ', '_')}_kept"]
            sheet.note(WIDTH - 0.7, here + 0.42 + row * 0.24, f"{kept:.0%}", color=colour, weight="bold")
        sheet.note(WIDTH - 0.7, here + 0.16, "kept", color=theme.muted)
    return sheet


def _obedience(axes: Axes, theme: Theme, walks: Values, place: int) -> None:
    ends = walks.gan_asked[place][[0, -1]]
    axes.plot(ends, ends, color=theme.muted, linewidth=1.2, dashes=(4, 3))
    for family, _, colour in families(theme):
        asked, came = walks[f"{family}_asked"][place], walks[f"{family}_came"][place]
        axes.plot(asked, came, color=colour, linewidth=1.8)
    axes.grid(axis="y")
    axes.locator_params(nbins=4)
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0)


@figure(
    walks=results.steering,
    alt=(
        "Animation of three columns, AE, VAE and GAN, and five rows, in which a 2 moves sideways, moves up "
        "and down, turns, grows and shrinks, and gets bolder and finer, along learned walks."
    ),
    caption=(
        "The same walks in motion, there and back: shift x, shift y, rotation, zoom and thickness from top "
        "to bottom."
    ),
)
def steering_walk(theme: Theme, walks: Values) -> Animation:
    """The walks in motion."""
    reels = [
        (title, colour, there_and_back(np.moveaxis(walks[f"{family}_images"], 1, 0)))
        for family, title, colour in families(theme)
    ]
    return film(theme, reels, None, columns=1, scale=4, seconds=0.12, hold=0.12)


@figure(
    sums=results.arithmetic,
    alt=(
        "For AE, VAE and GAN, ten digits in three rows: with the slant of a {sums.digit} taken away, as they "
        "are, and with it added. In other digits the direction leans strokes by {sums.ae_transfer:.0%} (AE), "
        "{sums.vae_transfer:.0%} (VAE) and {sums.gan_transfer:.0%} (GAN) of what it does to a {sums.digit}."
    ),
    caption=(
        "The mean code of leaning {sums.digit}s less that of upright ones is a direction. Here it is taken "
        "from and added to the codes of all ten digits. Half a step either way, it leans other digits by "
        "{sums.ae_transfer:.0%}, {sums.vae_transfer:.0%} and {sums.gan_transfer:.0%} of what it does to a "
        "{sums.digit} (AE, VAE, GAN), and {sums.ae_kept_others:.0%}, {sums.vae_kept_others:.0%} and "
        "{sums.gan_kept_others:.0%} of them are still read as the same digit."
    ),
)
def arithmetic(theme: Theme, sums: Values) -> Sheet:
    """A difference of means, taken from and added to every digit."""
    scale = 3
    sheet = theme.figure(WIDTH, 0.1 + 3 * (0.27 + extent(3, scale, 200) + 0.2))
    top = 0.08
    for family, title, colour in families(theme):
        images = sums[f"{family}_images"].reshape(-1, 28, 28)
        row = Block(f"{title}: less, as it is, more", images, colour)
        top = block(sheet, theme, row, top, columns=10, scale=scale)
    return sheet
