"""Figures of what is often said of the three families."""

from __future__ import annotations

from generate.figures.parts.paths import ways_between
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.charts import Line, count_axis, lines, name_ends
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme, families
from generate.results import claims as results


@figure(
    between=results.midpoints,
    alt=(
        "Ten pairs of different digits through AE, VAE and GAN, as columns: start, halfway and end. Halfway "
        "is surely read as one of the two digits in {between.ae_end:.0%} (AE), {between.vae_end:.0%} (VAE) "
        "and {between.gan_end:.0%} (GAN) of all pairs, as a third digit in {between.ae_third:.0%}, "
        "{between.vae_third:.0%} and {between.gan_third:.0%}."
    ),
    caption=(
        "Halfway between two different digits: in each column the decoded start, the decoded midpoint and "
        "the decoded end. The first ten pairs, unpicked; the AE and the VAE have the same ones, the GAN "
        "random latents, joined along the arc."
    ),
)
def midpoints(theme: Theme, between: Values) -> Sheet:
    """Starts, midpoints and ends of the first pairs, by family."""
    items = [
        Block(title, between[f"{name}_images"].reshape(-1, 28, 28), colour)
        for name, title, colour in families(theme)
    ]
    return blocks(theme, items)


@figure(
    between=results.midpoint_paths,
    alt=(
        "The Fréchet ratio of decoded codes, and of midpoints on arcs and on lines. AE: "
        "{between.ae_fcd_ratio_ends:.2f}, {between.ae_fcd_ratio_arc:.1f} and "
        "{between.ae_fcd_ratio_line:.1f}; VAE: {between.vae_fcd_ratio_ends:.2f}, "
        "{between.vae_fcd_ratio_arc:.1f} and {between.vae_fcd_ratio_line:.1f}; GAN: "
        "{between.gan_fcd_ratio_ends:.2f}, {between.gan_fcd_ratio_arc:.2f} and "
        "{between.gan_fcd_ratio_line:.2f}."
    ),
    caption=(
        "The line against the arc, halfway between {between.gan_pairs:,} pairs: of test images' codes (AE, "
        "VAE), of latents from the prior (GAN). Rings: the codes themselves, decoded. The axis is "
        "logarithmic."
    ),
)
def midpoint_paths(theme: Theme, between: Values) -> Sheet:
    """Midpoints on lines and arcs beside the codes they lie between, by family."""
    return ways_between(theme, families(theme), between)


@figure(
    told=results.loss_and_quality,
    alt=(
        "Two charts over the GAN's training. The Fréchet distance ratio of its samples falls to "
        "{told.final_fcd_ratio:.1f}; the losses of generator and discriminator move little. Rank correlation "
        "with the ratio: {told.generator_correlation:.2f} for the generator's loss, "
        "{told.discriminator_correlation:.2f} for the discriminator's."
    ),
    caption=(
        "Losses and the quality of samples over the same training. Left: the Fréchet distance ratio, once "
        "the first commotion is over; lower is better. Right: the two losses at the same moments."
    ),
)
def loss_and_quality(theme: Theme, told: Values) -> Sheet:
    """The ratio beside both losses, over images seen."""
    sheet = theme.figure(WIDTH, 3.5, vector=True)
    seen = told.images_seen[2:]
    charts = {
        "FCD ratio": [Line("", seen, told.fcd_ratio[2:], theme.gan)],
        "losses": [
            Line("G", seen, told.generator[2:], theme.gan),
            Line("D", seen, told.discriminator[2:], theme.real),
        ],
    }
    for place, (title, curves) in enumerate(charts.items()):
        axes = sheet.at(0.5 + 3.15 * place, 0.5, 2.35, 2.2)
        lines(axes, curves)
        axes.set_ylim(bottom=0)
        axes.set_title(title, loc="left", pad=10)
        count_axis(axes)
        name_ends(axes, curves)
    return sheet
