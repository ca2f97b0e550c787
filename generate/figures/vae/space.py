"""Figures of the VAE's latent space."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from generate.figures.parts.planes import evolution, territories
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.panels import contours, extent, name_classes, plane, scatter, show
from generate.plotting.sheet import WIDTH, Sheet, Style
from generate.plotting.theme import Theme
from generate.results import autoencoder
from generate.results.vae import space as results

REACH = 4.2  # standard deviations of the prior that the plane shows: all but 1 in 7,000 of its mass


@figure(
    codes=results.latent_plane,
    morph=results.latent_morph,
    alt=(
        "Scatter of the test set's posterior means in the plane of the 2-D VAE, coloured by digit, over "
        "circles at one, two and three standard deviations of the prior. The cloud is centred on "
        "({codes.mean_x:.2f}, {codes.mean_y:.2f}) with standard deviations {codes.std_x:.2f} and "
        "{codes.std_y:.2f}; {codes.gap_share:.0%} of the straight ways between two codes cross a gap."
    ),
    caption=(
        "Where the VAE puts the test images: each dot is the mean of one image's posterior, the digit is "
        "written at the median of its class. Circles: one, two and three standard deviations of the prior. "
        "The dashed square is the part of the plane that the decoded grid of the next figure covers."
    ),
)
def latent_plane(theme: Theme, codes: Values, morph: Values) -> Sheet:
    """Test means of the 2-D VAE with the prior's contours."""
    sheet = theme.figure(WIDTH, 6.3)
    axes = sheet.at(0.5, 0.12, 5.8, 5.8)
    scatter(axes, theme, codes.codes, codes.labels)
    plane(axes, theme, REACH)
    contours(axes, theme, (1, 2, 3), theme.ink)
    edge = float(morph.z[-1])
    style: Style = {"fill": False, "color": theme.ink, "linewidth": 1.4, "linestyle": "--"}
    axes.add_patch(Rectangle((-edge, -edge), 2 * edge, 2 * edge, **style))
    name_classes(axes, theme, codes.codes, codes.labels)
    return sheet


@figure(
    morph=results.latent_morph,
    codes=results.latent_plane,
    alt=(
        "A 20 by 20 grid of digits decoded from points of the 2-D VAE's plane, placed at the prior's "
        "quantiles. Each tile's ground has the colour of the class whose test codes fall there most often."
    ),
    caption=(
        "The plane of the previous figure, decoded: same axes, same directions. Columns and rows stand at "
        "quantiles of the prior, so every tile stands for the same share of it; that is why the values on "
        "the axes crowd towards zero. The ground of a tile has the colour of the digit most test codes in "
        "that cell belong to, and none where no code fell."
    ),
)
def latent_morph(theme: Theme, morph: Values, codes: Values) -> Sheet:
    """The plane decoded at the prior's quantiles, on a ground that says which class lives there."""
    left, top = 0.7, 0.1
    sheet = theme.figure(WIDTH, 6.36)
    grounds = territories(theme, morph.z, codes.codes, codes.labels)
    axes = show(sheet, theme, morph.images, (left, top), scale=2, gap=0, grounds=grounds)
    axes.set_axis_on()
    axes.spines[:].set_visible(False)
    ticks = [0, 2, 5, 8, 11, 14, 17, 19]
    names = [f"{morph.z[tick]:.1f}".replace("-", "−") for tick in ticks]
    axes.set_xticks([28 * tick + 13.5 for tick in ticks], names)
    axes.set_yticks([28 * (19 - tick) + 13.5 for tick in ticks], names)
    axes.set_xlabel("$z_1$", labelpad=1)
    axes.set_ylabel("$z_2$", labelpad=-4)
    return sheet


@figure(
    run=results.latent_evolution,
    ae=autoencoder.latent_plane,
    vae=results.latent_plane,
    alt=(
        "Animation of two planes side by side while an autoencoder and a VAE train on the same images. "
        "Dots are test codes, coloured by digit. In the end the autoencoder's cloud has standard deviations "
        "{ae.std_x:.1f} and {ae.std_y:.1f}, the VAE's {vae.std_x:.2f} and {vae.std_y:.2f}."
    ),
    caption=(
        "The 2-D codes of the same test images while the autoencoder and the VAE train, each plane at its "
        "own scale: the ring is two standard deviations of $N(0, I)$ in both."
    ),
)
def latent_evolution(theme: Theme, run: Values, ae: Values, vae: Values) -> Animation:  # noqa: ARG001
    """AE and VAE planes side by side while they train."""
    return evolution(theme, run)


@figure(
    sweep=results.traversals,
    alt=(
        "Sixteen rows of digits; in each, one latent dimension of the 16-D VAE goes from −3 to 3 while "
        "the others stay at the mean of the first test 3. Rows are ordered by KL divergence, from "
        "{sweep.kl_top:.2f} nats downwards; {sweep.active_units} of 16 dimensions are in use."
    ),
    caption=(
        "Each dimension of the 16-D VAE varied alone from −3 to 3, the others as the encoder gives them "
        "for the first test 3. Rows stand in order of their dimension's KL, averaged over the test set, "
        "{sweep.kl_total:.1f} nats in all. A dimension whose mean hardly varies "
        "over the test set would be marked “unused”: the decoder has learnt to ignore it. "
        "{sweep.active_units} of 16 are in use."
    ),
)
def traversals(theme: Theme, sweep: Values) -> Sheet:
    """Each dimension varied alone, ordered by KL."""
    rows, columns = sweep.images.shape[:2]
    left, top, scale = 1.36, 0.42, 3
    height = extent(rows, scale, 200)
    sheet = theme.figure(WIDTH, top + height + 0.12)
    show(sheet, theme, sweep.images, (left, top), scale=scale)
    pitch = extent(2, scale, 200) - extent(1, scale, 200)
    for index, (nats, active) in enumerate(zip(sweep.kl, sweep.active, strict=True)):
        text, colour = (f"{nats:.2f} nats", theme.vae) if active else (f"{nats:.2f} unused", theme.muted)
        sheet.note(left - 0.1, top + (index + 0.47) * pitch, text, ha="right", va="center", color=colour)
    for index in (0, columns // 2, columns - 1):
        value = f"{sweep['values'][index]:+.0f}".replace("-", "−").replace("+0", "0")
        sheet.note(left + (index + 0.47) * pitch, 0.14, value, ha="center", color=theme.muted)
    return sheet
