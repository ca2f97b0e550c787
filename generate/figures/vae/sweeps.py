"""Figures of VAEs that differ in one setting, each trained briefly."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from generate.figures.parts.planes import reach
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.panels import contours, plane, scatter, show
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results.vae import sweeps as results

SIDE, PITCH = 1.8, 3.05  # inches: a plane, and from one row of planes to the next


@figure(
    sweep=results.beta_sweep,
    alt=(
        "Six VAEs with a 2-D latent space, from beta 0 to beta 16: the plane of test codes of each, six test "
        "digits rebuilt and six samples. KL falls from {sweep.kl[1]:.1f} nats at beta {sweep.beta[1]:g} to "
        "{sweep.kl[5]:.1f} at beta {sweep.beta[5]:g}; Fréchet ratios are {sweep.fcd_ratio[0]:.0f}, "
        "{sweep.fcd_ratio[2]:.0f} and {sweep.fcd_ratio[5]:.0f} at beta 0, 1 and 16."
    ),
    caption=(
        "What the weight of the KL does, from 0 to 16: the plane of test codes, each at its own scale with a "
        "ring at two standard deviations of the prior, then test digits rebuilt, then samples from $N(0, "
        "I)$. Short runs of {sweep.epochs:.0f} passes over the data, to be compared with one another only."
    ),
)
def beta_sweep(theme: Theme, sweep: Values) -> Sheet:
    """Planes, reconstructions and samples for six values of beta."""
    sheet = theme.figure(WIDTH, 2 * PITCH)
    for place, beta in enumerate(sweep.beta):
        line, column = divmod(place, 3)
        left, top = 0.14 + column * 2.1, 0.36 + line * PITCH
        codes = sweep.codes[place]
        sheet.note(left, top - 0.28, f"β = {beta:g}", weight="bold", color=theme.vae)
        axes = sheet.at(left, top, SIDE, SIDE)
        scatter(axes, theme, codes, sweep.labels, size=1.5)
        plane(axes, theme, reach(codes))
        contours(axes, theme, (2,), theme.ink)
        _bare(axes)
        for row, name in enumerate(("rebuilt", "samples")):
            images = sweep[name][place][[2, 3, 4, 5, 7, 8]][None]
            show(sheet, theme, images, (left, top + SIDE + 0.1 + row * 0.34), scale=2)
    return sheet


def _bare(axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    for text in axes.texts:
        text.set_visible(False)


@figure(
    sweep=results.beta_sweep,
    alt=(
        "Curve of distortion against rate for 2-D VAEs. From beta {sweep.beta[1]:g} to {sweep.beta[5]:g} "
        "the rate falls from {sweep.kl[1]:.1f} to {sweep.kl[5]:.1f} nats and the distortion rises from "
        "{sweep.distortion[1]:.0f} to {sweep.distortion[5]:.0f}."
    ),
    caption=(
        "The same VAEs as a curve: nats that a code costs (rate, the KL) against nats that rebuilding the "
        "image from it costs (distortion), on the test set. Beta sets the price; the network finds the "
        "point. Without a price (beta 0) the rate is {sweep.kl[0]:.0f} nats, far off to the right."
    ),
)
def rate_distortion(theme: Theme, sweep: Values) -> Sheet:
    """KL against reconstruction loss."""
    sheet = theme.figure(WIDTH, 3.7, vector=True)
    axes = sheet.at(0.6, 0.45, 5.5, 2.6)
    rate, distortion = sweep.kl[1:], sweep.distortion[1:]
    axes.plot(rate, distortion, "o-", color=theme.vae, clip_on=False)
    for x, y, beta in zip(rate, distortion, sweep.beta[1:], strict=True):
        axes.annotate(f"β = {beta:g}", (x, y), (7, 5), textcoords="offset points", color=theme.vae)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.08, y=0.15)
    axes.set_title("distortion, nats per image", loc="left", pad=10)
    axes.set_xlabel("rate, nats per image")
    return sheet


@figure(
    sweep=results.latent_size_sweep,
    alt=(
        "Four small charts against latent size, 2 to 64. Mean squared error falls from {sweep.mse[0]:.4f} to "
        "{sweep.mse[5]:.4f}; {sweep.active[5]} of 64 dimensions are active, and the KL levels off at "
        "{sweep.most_kl:.0f} nats; the Fréchet ratio of samples is {sweep.fcd_ratio[0]:.0f} at 2, "
        "{sweep.fcd_ratio[2]:.0f} at 8 and {sweep.fcd_ratio[5]:.0f} at 64."
    ),
    caption=(
        "VAEs with 2 to 64 latent dimensions, all else equal, after {sweep.epochs:.0f} passes over the data. "
        "From 32 dimensions to 64 the KL does not grow, {sweep.kl[4]:.1f} and {sweep.kl[5]:.1f} nats, and "
        "nothing is gained or lost."
    ),
)
def latent_size_sweep(theme: Theme, sweep: Values) -> Sheet:
    """Reconstruction, KL, active units and sample quality against latent size."""
    sheet = theme.figure(WIDTH, 4.6, vector=True)
    charts = (
        ("reconstruction MSE", sweep.mse),
        ("active dimensions", sweep.active),
        ("KL, nats per image", sweep.kl),
        ("samples: Fréchet ratio", sweep.fcd_ratio),
    )
    for place, (title, values) in enumerate(charts):
        line, column = divmod(place, 2)
        axes = sheet.at(0.6 + 3.2 * column, 0.4 + 2.2 * line, 2.4, 1.3)
        axes.plot(np.log2(sweep.latent), values, "o-", color=theme.vae, clip_on=False)
        axes.set_xticks(np.log2(sweep.latent), [str(size) for size in sweep.latent])
        axes.set_ylim(0, None)
        axes.grid(axis="y")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.locator_params(axis="y", nbins=4)
        axes.set_title(title, loc="left", pad=8)
        axes.set_xlabel("latent dimensions" if line else "")
    return sheet
