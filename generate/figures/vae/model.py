"""Figures of the VAE itself: its networks, its bound, what it rebuilds and makes."""

from __future__ import annotations

from collections.abc import Sequence

from generate.figures.shared import coder, originals_over
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.charts import Line, count_axis, lines, name_ends, settled
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results import vae as results


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
