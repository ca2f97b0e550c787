"""Figures of ways through the GAN's latent space."""

from __future__ import annotations

import numpy as np

from generate.figures.parts.films import film
from generate.figures.parts.paths import by_scale, classified_walks, midpoint_norms
from generate.pipeline.registry import figure
from generate.pipeline.spread import evenly
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme
from generate.results import claims
from generate.results import gan as results


@figure(
    norms=results.linear_vs_spherical,
    alt=(
        "Four rows of histograms of norms over the root of the dimensions, for 2, 16, 128 and 512 "
        "dimensions: draws of N(0, I), and midpoints of pairs of draws on the line and on the arc. Outside "
        "of the middle 95% of the draws are {norms.outside_line_2:.0%}, {norms.outside_line_16:.0%}, "
        "{norms.outside_line_128:.0%} and {norms.outside_line_512:.0%} of the lines' midpoints, and at most "
        "{norms.outside_arc_2:.0%} of the arcs'."
    ),
    caption=(
        "How long the midpoints of {norms.pairs:,} random pairs are, in units of $\\sqrt d$, by the number "
        "of dimensions $d$; each histogram has its own height. Band: the middle 95% of the prior. On the "
        "right, the share of the lines' midpoints outside of it. In few dimensions a straight line mostly "
        "stays where draws are; in many it always leaves."
    ),
)
def linear_vs_spherical(theme: Theme, norms: Values) -> Sheet:
    """Norms of midpoints on lines and arcs against the prior's, by dimensions."""
    return midpoint_norms(theme, norms)


@figure(
    scales=results.scale,
    between=claims.midpoint_paths,
    alt=(
        "Two charts against the scale of the GAN's latents. Above, the Fréchet ratio: "
        "{scales.fcd_ratio_shrunk:.2f} at {scales.midpoint_scale:.2f}, least with "
        "{scales.best_fcd_ratio:.2f} at {scales.best_scale:.2f}, {scales.fcd_ratio_drawn:.2f} at 1; "
        "midpoints have {between.gan_fcd_ratio_line:.2f} on lines and {between.gan_fcd_ratio_arc:.2f} on "
        "arcs. Below, precision {scales.precision_shrunk:.2f} at {scales.midpoint_scale:.2f} and "
        "{scales.precision_drawn:.2f} at 1, recall {scales.recall_shrunk:.2f} and {scales.recall_drawn:.2f}."
    ),
    caption=(
        "The GAN's samples when each latent is multiplied by a scale. Above: the Fréchet ratio, lower is "
        "better; rings are the midpoints of random pairs. The line's are nothing but draws at a scale of "
        "{scales.midpoint_scale:.2f}. Below: how many samples lie among real images (precision), and how "
        "many real images among samples (recall): shorter latents lose recall and gain next to no precision."
    ),
)
def scale(theme: Theme, scales: Values, between: Values) -> Sheet:
    """Quality against the scale of the latents, and where midpoints stand."""
    return by_scale(theme, scales, {"line": between.gan_fcd_ratio_line, "arc": between.gan_fcd_ratio_arc})


@figure(
    path=results.four_nine_three,
    alt=(
        "Thirteen generated digits on a path from {path.from_digit} to {path.via_digit} to "
        "{path.to_digit}, with the classifier's belief in each class as stacked bars. It believes "
        "{path.belief[0][4]:.0%} in the 4 at the start, {path.belief[6][9]:.0%} in the 9 half-way and "
        "{path.belief[12][3]:.0%} in the 3 at the end."
    ),
    caption=(
        "From a {path.from_digit} to a {path.via_digit} to a {path.to_digit} along two arcs through the "
        "GAN's latent space. Under each image: what the classifier takes it for. Long bars of one colour "
        "mean that the in-between images still look like digits."
    ),
)
def four_nine_three(theme: Theme, path: Values) -> Sheet:
    """Four to nine to three."""
    label = f"{path.from_digit} → {path.via_digit} → {path.to_digit}"
    return classified_walks(theme, [(label, theme.gan, path.images, path.belief)])


@figure(
    loops=results.interpolation,
    alt=(
        "Animation of nine generated digits, each moving round a closed loop through several classes "
        "without a jump."
    ),
    caption=("Nine closed loops through the GAN's latent space, each through several digits."),
)
def interpolation(theme: Theme, loops: Values) -> Animation:
    """Loops through several digits."""
    keep = evenly(range(len(loops.images)), 60)
    return film(theme, [("", theme.gan, loops.images[keep])], None, columns=3, scale=4, seconds=0.1, hold=0.1)


@figure(
    found=results.inversion,
    alt=(
        "Ten test digits over the generated images nearest to them, with a mean squared error of "
        "{found.mse:.4f} a pixel, worst for the {found.worst_digit} with {found.worst_mse:.4f}. Below, four "
        "rows of eight generated images between pairs of the digits found."
    ),
    caption=(
        "A GAN has no encoder, so the latent of a real digit has to be searched for. Above: the first test "
        "image of each digit and the nearest image the generator was found to make. Below: from one real "
        "digit to another, on an arc between the latents found; the real ones stand at both ends."
    ),
)
def inversion(theme: Theme, found: Values) -> Sheet:
    """Real digits, what the generator makes of them, and ways between them."""
    rows = [
        Block("test image", found.originals, theme.real),
        Block(f"GAN, by search: MSE {found.mse:.4f}", found.rebuilt, theme.gan),
    ]
    first, second = found.ends[:, :1], found.ends[:, 1:]
    walks = np.concatenate([first, found.paths, second], axis=1).reshape(-1, 28, 28)
    return blocks(theme, [*rows, Block("from one real digit to another", walks, theme.gan)])
