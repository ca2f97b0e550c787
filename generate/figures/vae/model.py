"""Figures of the VAE itself: its networks, its bound, what it rebuilds and makes."""

from __future__ import annotations

from collections.abc import Sequence

from generate.figures.parts.sampling import reparameterisation_diagram
from generate.figures.parts.shared import coder, originals_over
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.charts import Line, count_axis, lines, name_ends, settled
from generate.plotting.panels import SPACE, Block, block, blocks, depth
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results import compare
from generate.results.vae import model as results


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
    pictures=results.blur,
    edges=compare.sharpness,
    alt=(
        "Four rows of ten: test digits, their reconstructions, the mean of the {pictures.alike} training "
        "images with the nearest codes, and where those differ. Edge sharpness: test digits "
        "{pictures.originals_sharpness:.2f}, reconstructions {pictures.rebuilt_sharpness:.2f}, means "
        "{pictures.mean_sharpness:.2f}. Bars: reconstructions of the whole test set by the AE have "
        "{edges.ae_rebuilt_mean:.2f} with a 16-D code and {edges.ae_2d_rebuilt_mean:.2f} with a 2-D one, by "
        "the VAE {edges.vae_rebuilt_mean:.2f} and {edges.vae_2d_rebuilt_mean:.2f}; samples of the 16-D VAE "
        "{edges.vae_mean:.2f}."
    ),
    caption=(
        "Why edges blur. For each test digit: what comes back; the mean of the {pictures.alike} training "
        "images whose codes are nearest; and how much those differ from one another, pixel by pixel. They "
        "differ at the edges, and a mean of them is soft just there. Numbers: edge sharpness, 1 for a step "
        "from black to white within one pixel. Bars: the same over the whole test set. AE and VAE have the "
        "same loss of pixels; what a code leaves open differs."
    ),
)
def blur(theme: Theme, pictures: Values, edges: Values) -> Sheet:
    """Originals, reconstructions, means of plausible images, their spread; and what adds to the blur."""
    rows = [
        Block(f"test image: sharpness {pictures.originals_sharpness:.2f}", pictures.originals, theme.real),
        Block(f"VAE: {pictures.rebuilt_sharpness:.2f}", pictures.rebuilt, theme.vae),
        Block(f"mean of {pictures.alike} alike: {pictures.mean_sharpness:.2f}", pictures.mean, theme.muted),
        Block("where these differ", pictures.spread, theme.muted),
    ]
    above = depth(rows, 10, 4)
    bars = [
        ("real", edges.real_mean, theme.real),
        ("AE, 16-D", edges.ae_rebuilt_mean, theme.ae),
        ("VAE, 16-D", edges.vae_rebuilt_mean, theme.vae),
        ("its samples", edges.vae_mean, theme.vae),
        ("AE, 2-D", edges.ae_2d_rebuilt_mean, theme.ae),
        ("VAE, 2-D", edges.vae_2d_rebuilt_mean, theme.vae),
    ]
    sheet = theme.figure(WIDTH, above + 2.1)
    top = SPACE / 2
    for row in rows:
        top = block(sheet, theme, row, top, columns=10, scale=4)
    axes = sheet.at(1.3, above + 0.36, 4.6, 1.65)
    for place, (name, value, colour) in enumerate(bars):
        axes.barh(place, value, 0.62, color=colour)
        axes.text(value + 0.01, place, f"{value:.2f}", va="center", color=colour, weight="bold")
        axes.text(-0.015, place, name, va="center", ha="right")
    axes.set(ylim=(len(bars) - 0.5, -0.5), xlim=(0, 0.7))
    axes.set_axis_off()
    sheet.note(1.3, above + 0.08, "edge sharpness of reconstructions", color=theme.muted)
    return sheet


@figure(
    alt=(
        "Two diagrams. Left, sampling inside the network: mean and deviation go into a random draw of z, and "
        "the gradient coming back from the decoder stops at it. Right, the reparameterisation: noise comes "
        "in from the side, z is mean plus deviation times noise, and the gradient reaches both."
    ),
    caption=(
        "The same distribution of $z$, made in two ways. A draw has no derivative with respect to what it "
        "was drawn from, so on the left the encoder learns nothing from the decoder. On the right the "
        "randomness is an input, and $z$ an ordinary function of mean and deviation. Solid: values; dashed: "
        "gradients."
    ),
)
def reparameterisation(theme: Theme) -> Sheet:
    """Why the sampling step blocks gradients, and how the trick moves the noise aside."""
    return reparameterisation_diagram(theme)
