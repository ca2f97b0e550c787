"""The three objectives at work, where everything can be seen."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from generate.figures.parts.line import (
    BESIDE,
    LEFT,
    STRIDE,
    WIDTH,
    Seen,
    codes,
    dots,
    heat,
    height,
    keys,
    plane,
    see,
)
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import Animation, filmed
from generate.plotting.sheet import WIDTH as FULL
from generate.plotting.sheet import Sheet, Style
from generate.plotting.theme import Theme, families
from generate.results.line import objectives as results

EXTENT = 1.75  # of the maps of D, each way
MOONS = 1.25  # of the plane that moons need, up and down
REACHES = {"moons": 1.2, "ring": 1.4, "spiral": 1.25, "blobs": 0.7}
ARROWS = 60


@figure(
    run=results.three_objectives,
    alt=(
        "Animation of three planes with two half moons of points: AE, VAE and GAN, each bending a curve on "
        "to them; beneath each, a line with codes under a bell. At the end, of {run.trainings} trainings, "
        "{run.ae_off:.0%} of the samples from the bell are away from the data for the AE, {run.vae_off:.0%} "
        "for the VAE and {run.gan_off:.0%} for the GAN."
    ),
    caption=(
        "Two moons under three objectives. Above: data, the curve on to which the decoder bends the line, "
        "and samples from the bell; the GAN's plane has its discriminator's belief as a shade. Below: codes "
        "of the data (AE, VAE) or draws (GAN) on the line, and the bell $N(0, 1)$. The ring is code 0 on "
        "either. One of {run.trainings} trainings, {run.taken:,} steps of {run.batch} points."
    ),
)
def three_objectives(theme: Theme, run: Values) -> Animation:
    """The curve, the samples and the codes of all three while they train."""
    sheet = theme.figure(FULL, 0.66 + height(MOONS) + 1.02, dpi=100)
    strip = sheet.note(LEFT, 0.08, "", color=theme.ink)
    panels = []
    for place, (name, title, colour) in enumerate(families(theme)):
        left, top = LEFT + STRIDE * place, 0.62
        sheet.note(left, 0.36, title, color=colour, weight="bold")
        upper = sheet.at(left, top, WIDTH, height(MOONS))
        lower = sheet.at(left, top + height(MOONS) + 0.06, WIDTH, 0.66)
        panels.append((name, colour, upper, lower))

    def frame(index: int) -> NDArray[np.uint8]:
        strip.set_text(f"step {run.steps[index]:,}")
        for name, colour, upper, lower in panels:
            upper.clear()
            lower.clear()
            if name == "gan":
                heat(upper, theme, run.gan_score[index], EXTENT)
            see(upper, theme, _seen(run, name, index, colour))
            plane(upper, theme, MOONS)
            shown = None if name == "gan" else run[f"{name}_codes"][index]
            codes(lower, theme, run.bins, shown, colour)
        return sheet.pixels()

    return Animation(filmed(range(len(run.steps)), frame), (theme.paper, theme.ink), keys(theme), 0.16)


def _seen(run: Values, name: str, index: int, colour: str) -> Seen:
    """A family at a moment of its training."""
    return Seen(run.points, run[f"{name}_curve"][index], run[f"{name}_samples"][index], colour)


@figure(
    ends=results.data_sets,
    alt=(
        "Twelve planes, four data sets by three families, each with the decoder's curve and the codes "
        "beneath. Away from the data lie, for AE, VAE and GAN: on the moons {ends.moons_ae_off:.0%}, "
        "{ends.moons_vae_off:.0%} and {ends.moons_gan_off:.0%} of the samples; on the ring "
        "{ends.ring_ae_off:.0%}, {ends.ring_vae_off:.0%} and {ends.ring_gan_off:.0%}; on the spiral "
        "{ends.spiral_ae_off:.0%}, {ends.spiral_vae_off:.0%} and {ends.spiral_gan_off:.0%}; on two islands "
        "{ends.blobs_ae_off:.0%}, {ends.blobs_vae_off:.0%} and {ends.blobs_gan_off:.0%}."
    ),
    caption=(
        "The same at the end on moons, a ring of eight islands, a spiral and two islands far apart; one "
        "training each. In each plane, the share of samples from the bell that lies away from the data: "
        "farther than three deviations of the noise."
    ),
)
def data_sets(theme: Theme, ends: Values) -> Sheet:
    """Curves, samples and codes of all families on four data sets."""
    rows = [height(reach) + 0.75 for reach in REACHES.values()]
    sheet = theme.figure(FULL, 0.36 + sum(rows))
    top = 0.34
    for name, reach, row in zip(REACHES, REACHES.values(), rows, strict=True):
        for place, (family, title, colour) in enumerate(families(theme)):
            key, left = f"{name}_{family}", LEFT + STRIDE * place
            if top < 0.5:
                sheet.note(left, 0.08, title, color=colour, weight="bold")
            upper = sheet.at(left, top, WIDTH, height(reach))
            see(
                upper,
                theme,
                Seen(ends[f"{name}_points"], ends[f"{key}_curve"], ends[f"{key}_samples"], colour),
            )
            plane(upper, theme, reach)
            _corner(upper, theme, f"{ends[f'{key}_off']:.0%} away")
            lower = sheet.at(left, top + height(reach) + 0.04, WIDTH, 0.38)
            codes(lower, theme, ends.bins, ends.get(f"{key}_codes"), colour)
        top += row
    return sheet


def _corner(axes: Axes, theme: Theme, text: str) -> None:
    axes.text(0.97, 0.03, text, transform=axes.transAxes, ha="right", va="bottom", color=theme.ink)


@figure(
    pull=results.gradients,
    alt=(
        "Four planes with the same made points and arrows. Autoencoders pull each to its own data point; a "
        "discriminator with penalty pushes all up its slope; without a penalty -log D still pushes, while "
        "log(1 - D) gives arrows {pull.free_times:.1f} times shorter."
    ),
    caption=(
        "What each objective would have the same points do, early in training: arrows are minus the "
        "gradient of the loss at each made point. Grey: data. An autoencoder's arrow leads to the point's "
        "own original, a GAN's up the slope of D (shade), whoever is there. Below: a discriminator that "
        "trained without a penalty and believes {pull.free_believed:.0%} of a made point; both have one "
        "scale of arrows, those above their own."
    ),
)
def gradients(theme: Theme, pull: Values) -> Sheet:
    """The same points, pulled by four losses."""
    across, down = 3.02, 3.02 * MOONS / BESIDE
    sheet = theme.figure(FULL, 2 * (down + 0.42) + 0.04)
    arrows = {
        "rebuild": ("AE, VAE: to its own point", theme.ae, None, pull.sigma**2),
        "game": ("GAN: up the slope of D", theme.gan, pull.score, _scale(pull.game, 0.3)),
        "free": ("no penalty: −log D", theme.gan, pull.free_score, _scale(pull.free, 0.3)),
        "saturating": ("no penalty: log(1 − D)", theme.gan, pull.free_score, _scale(pull.free, 0.3)),
    }
    for place, (name, (title, colour, score, scale)) in enumerate(arrows.items()):
        left, top = 0.1 + 3.18 * (place % 2), 0.34 + (down + 0.42) * (place // 2)
        sheet.note(left, top - 0.27, title, color=colour, weight="bold")
        axes = sheet.at(left, top, across, down)
        if score is not None:
            heat(axes, theme, score, EXTENT)
        dots(axes, pull.points, theme.blend(theme.real, 0.35), 3)
        _arrows(axes, theme, pull.made[:ARROWS], scale * np.asarray(pull[name], np.float64)[:ARROWS], colour)
        plane(axes, theme, MOONS)
    return sheet


def _scale(pulls: ArrayLike, length: float) -> float:
    """What to multiply arrows by so that the mean of those drawn is so long on the plane."""
    mean = float(np.linalg.norm(np.asarray(pulls, np.float64)[:ARROWS], axis=1).mean())
    return length / max(mean, 1e-9)


def _arrows(axes: Axes, theme: Theme, starts: ArrayLike, steps: NDArray[np.float64], colour: str) -> None:
    places = np.asarray(starts, np.float64)
    style: Style = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.006, "color": colour}
    axes.quiver(places[:, 0], places[:, 1], steps[:, 0], steps[:, 1], **style)
    dots(axes, places, theme.ink, 7)
