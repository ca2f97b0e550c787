"""Figures of ways through the GAN's latent space."""

from __future__ import annotations

import numpy as np

from generate.figures.parts.films import film
from generate.figures.parts.paths import classified_walks, norm_paths
from generate.pipeline.registry import figure
from generate.pipeline.spread import evenly
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme
from generate.results import gan as results


@figure(
    paths=results.linear_vs_spherical,
    alt=(
        "Two rows of eleven digits between the same two latents, joined by a straight line and by an arc, "
        "above a chart of the latent's norm along both. In the middle the norm is "
        "{paths.mid_norm_linear:.2f} on the line and {paths.mid_norm_spherical:.2f} on the arc; 95% of the "
        "prior lies between {paths.prior_norm_low:.2f} and {paths.prior_norm_high:.2f}. The Fréchet "
        "classifier distance of {paths.pairs:,} midpoints is {paths.fcd_ratio_linear:.1f} times the "
        "real-data floor for lines and {paths.fcd_ratio_spherical:.1f} times for arcs."
    ),
    caption=(
        "The same two latents joined in two ways. In {paths.latent} dimensions almost all of $N(0, I)$ "
        "lies in a shell of radius about {paths.expected_norm:.1f} (band: 95% of it). A straight line "
        "cuts through the inside, where the generator was hardly trained; an arc stays in the shell. FCD: "
        "Fréchet classifier distance of {paths.pairs:,} midpoints of random pairs to the test set, as a "
        "multiple of what real digits score."
    ),
)
def linear_vs_spherical(theme: Theme, paths: Values) -> Sheet:
    """The same endpoints joined both ways, and the norm along each."""
    return norm_paths(theme, paths)


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
