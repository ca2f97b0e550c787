"""Figures of the chapter on the variational autoencoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.patches import Rectangle

from generate.figures.planes import evolution, territories
from generate.figures.shared import coder, originals_over
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.charts import Line, count_axis, lines, name_ends, settled
from generate.plotting.panels import Block, blocks, contours, extent, name_classes, plane, scatter, show
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results import autoencoder
from generate.results import vae as results

REACH = 4.2  # standard deviations of the prior that the plane shows: all but 1 in 7,000 of its mass


@figure(
    networks=results.architecture,
    alt=(
        "Diagram of the variational autoencoder. An encoder of {networks.encoder_total:,} parameters "
        "gives a mean and a log-variance for each of {networks.latent} dimensions; a code is sampled from "
        "them; a decoder of {networks.decoder_total:,} parameters turns it into 28 by 28 pixels."
    ),
    caption=(
        "The variational autoencoder, read from the network itself. It differs from the autoencoder in "
        "one place: the encoder ends in two numbers for each of the {networks.latent} dimensions, a mean "
        "and a log-variance, and the decoder gets a sample drawn with them."
    ),
)
def architecture(theme: Theme, networks: Values) -> Sheet:
    """Encoder, sampling step, decoder."""
    return coder(
        theme,
        networks,
        theme.vae,
        f"mean $\\mu$ and log-variance $\\log\\,\\sigma^2$, {networks.latent} of each",
        "sampling step:  $z = \\mu + \\sigma\\,\\varepsilon$,  $\\varepsilon \\sim N(0, I)$",
    )


@figure(
    history=results.loss_curves,
    alt=(
        "Two line charts against training images seen, for the 16-D VAE. On held-out images the loss ends "
        "at {history.final_bound:.1f} nats an image, of which {history.final_reconstruction:.1f} are "
        "reconstruction and {history.final_kl:.1f} are KL divergence."
    ),
    caption=(
        "What the VAE minimises, the negative bound, is the sum of two parts: nats for rebuilding the "
        "image and nats that the code costs (KL). Thick: held-out images; thin: training batches. The "
        "steep beginning is cut off."
    ),
)
def loss_curves(theme: Theme, history: Values) -> Sheet:
    """The bound and its two parts."""
    sheet = theme.figure(WIDTH, 5.7, vector=True)
    top, bottom = sheet.at(0.62, 0.45, 4.3, 2.2), sheet.at(0.62, 3.3, 4.3, 1.7)
    for axes, parts in ((top, ("bound", "reconstruction")), (bottom, ("kl",))):
        curves = _parts(theme, history, parts)
        lines(axes, curves)
        axes.set_ylim(settled(curves))
        count_axis(axes, "training images seen" if axes is bottom else "")
        name_ends(axes, curves)
    top.set_title("nats per image", loc="left", pad=10)
    return sheet


def _parts(theme: Theme, history: Values, parts: Sequence[str]) -> list[Line]:
    names = {"bound": "negative bound", "reconstruction": "reconstruction", "kl": "KL"}
    colours = {"bound": theme.vae, "reconstruction": theme.muted, "kl": theme.ink}
    quiet = [Line("", history.images, history[part], colours[part], quiet=True) for part in parts]
    held = [Line(names[part], history.held_images, history[f"held_{part}"], colours[part]) for part in parts]
    return quiet + held


@figure(
    pairs=results.reconstructions,
    alt=(
        "Ten test digits above their reconstructions by the VAE, decoded from the posterior mean. Mean "
        "squared error per pixel on the test set: {pairs.mse_16d:.4f} with a 16-D code, "
        "{pairs.mse_2d:.4f} with a 2-D code."
    ),
    caption=(
        "The first test image of each digit, and what the VAE's decoder makes of its posterior mean. MSE "
        "is the mean squared error per pixel over the whole test set."
    ),
)
def reconstructions(theme: Theme, pairs: Values) -> Sheet:
    """Test digits over reconstructions."""
    return originals_over(theme, pairs, theme.vae)


@figure(
    codes=results.latent_plane,
    morph=results.latent_morph,
    alt=(
        "Scatter of the test set's posterior means in the plane of the 2-D VAE, coloured by digit, over "
        "circles at one, two and three standard deviations of the prior. The cloud is centred on "
        "({codes.mean_x:.2f}, {codes.mean_y:.2f}) with standard deviations {codes.std_x:.2f} and "
        "{codes.std_y:.2f}; {codes.empty_share:.0%} of a 20 by 20 grid is empty."
    ),
    caption=(
        "Where the VAE puts the test images: each dot is the mean of one image's posterior, the digit is "
        "written at the median of its class. Circles: one, two and three standard deviations of the "
        "prior. The dashed square is the part of the plane that the decoded grid of the next figure "
        "covers."
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
    style: dict[str, Any] = {"fill": False, "color": theme.ink, "linewidth": 1.4, "linestyle": "--"}
    axes.add_patch(Rectangle((-edge, -edge), 2 * edge, 2 * edge, **style))
    name_classes(axes, theme, codes.codes, codes.labels)
    return sheet


@figure(
    morph=results.latent_morph,
    codes=results.latent_plane,
    alt=(
        "A 20 by 20 grid of digits decoded from points of the 2-D VAE's plane, placed at the prior's "
        "quantiles. Each tile's ground has the colour of the class whose test codes fall there most "
        "often."
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
    samples=results.prior_samples,
    alt=(
        "Digits decoded from random codes drawn from N(0, I): one block by the 16-D VAE and one by the "
        "2-D VAE. Fréchet classifier distance: {samples.fcd_ratio:,.1f} times the real-data floor in "
        "16-D, {samples.fcd_ratio_2d:,.1f} times in 2-D."
    ),
    caption=(
        "Codes drawn from the prior $N(0, I)$ and decoded; none was picked by hand. FCD is the Fréchet "
        "classifier distance to the test set, as a multiple of what real digits score; lower is better."
    ),
)
def prior_samples(theme: Theme, samples: Values) -> Sheet:
    """Decodes of N(0, I)."""
    return blocks(
        theme,
        [
            Block(f"16-D code: FCD {samples.fcd_ratio:,.1f} × floor", samples.images[:60], theme.vae),
            Block(f"2-D code: FCD {samples.fcd_ratio_2d:,.1f} × floor", samples.plane[:30], theme.vae),
        ],
    )


@figure(
    sweep=results.traversals,
    alt=(
        "Sixteen rows of digits; in each, one latent dimension of the 16-D VAE goes from −3 to 3 while "
        "the others stay at the mean of the first test 3. Rows are ordered by KL divergence, from "
        "{sweep.kl_top:.2f} nats downwards; {sweep.active_units} of 16 dimensions are in use."
    ),
    caption=(
        "Each dimension of the 16-D VAE varied alone from −3 to 3, the others as the encoder gives them "
        "for the first test 3. Rows stand in order of the nats their dimension carries: its KL term, "
        "averaged over the test set, {sweep.kl_total:.1f} in all. A dimension whose mean hardly varies "
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
