"""Figures of the comparison chapter: one decoder, three objectives."""

from __future__ import annotations

import numpy as np

from generate.figures.boards import Measure, board, distributions, panel, shares
from generate.figures.films import film
from generate.figures.paths import belief_path
from generate.figures.planes import PRIOR, Plane, reach, side_by_side
from generate.figures.shared import firsts, names
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import Animation, thin
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme
from generate.results import compare as results
from generate.results import scores

MEASURES = (
    Measure("Fréchet ratio ←", "fcd_ratio", ".3g", log=True),
    Measure("coverage →", "coverage", ".2f"),
    Measure("precision →", "precision", ".2f"),
    Measure("recall →", "recall", ".2f"),
    Measure("imbalance of digits, nats ←", "digit_kl", ".2g", log=True),
    Measure("edge sharpness", "sharpness", ".2f"),
    Measure("reconstruction MSE ←", "mse", ".4f"),
    Measure("midpoints: Fréchet ratio ←", "midpoint_fcd_ratio", ".3g", log=True),
)


@figure(
    samples=results.samples,
    alt=(
        "Four blocks of thirty digits: real ones, and samples of the 16-D AE, VAE and GAN from N(0, I). "
        "Fréchet classifier distance in multiples of the real-data floor: AE {samples.fcd_ratio_ae:,.1f}, "
        "VAE {samples.fcd_ratio_vae:,.1f}, GAN {samples.fcd_ratio_gan:,.1f}."
    ),
    caption=(
        "The same decoder network, trained three ways, fed with the same random latents; none was picked "
        "by hand. FCD is the Fréchet classifier distance to the test set, as a multiple of what real "
        "digits score; lower is better."
    ),
)
def samples(theme: Theme, samples: Values) -> Sheet:
    """Samples of the three families, and real digits."""
    return blocks(
        theme,
        [
            Block("real digits: the floor", samples.real, theme.real),
            Block(f"AE: FCD {samples.fcd_ratio_ae:,.1f} × floor", samples.ae, theme.ae),
            Block(f"VAE: FCD {samples.fcd_ratio_vae:,.1f} × floor", samples.vae, theme.vae),
            Block(f"GAN: FCD {samples.fcd_ratio_gan:,.1f} × floor", samples.gan, theme.gan),
        ],
    )


@figure(
    pairs=results.reconstructions,
    alt=(
        "Ten test digits above what the 16-D AE, VAE and GAN rebuild of them. Mean squared error per "
        "pixel: AE {pairs.mse_ae:.4f}, VAE {pairs.mse_vae:.4f}, GAN {pairs.mse_gan:.4f}."
    ),
    caption=(
        "The same test digits through all three. AE and VAE encode and decode; the GAN has no encoder, so "
        "its latent is searched for by gradient descent. MSE is the mean squared error per pixel over the "
        "same {pairs.gan_images} test images."
    ),
)
def reconstructions(theme: Theme, pairs: Values) -> Sheet:
    """The same digits through AE, VAE and GAN inversion."""
    return blocks(
        theme,
        [
            Block("test image", pairs.originals, theme.real),
            Block(f"AE: MSE {pairs.mse_ae:.4f}", pairs.ae, theme.ae),
            Block(f"VAE: MSE {pairs.mse_vae:.4f}", pairs.vae, theme.vae),
            Block(f"GAN, by search: MSE {pairs.mse_gan:.4f}", pairs.gan, theme.gan),
        ],
    )


@figure(
    planes=results.latent_planes,
    alt=(
        "Four square planes. AE and VAE: codes of the test images, coloured by digit. GAN: random "
        "latents, coloured by the digit they decode to; {planes.gan_digits_covered} of ten digits occur. "
        "Each has a ring at two standard deviations of N(0, I). The fourth shows the three clouds in "
        "their family colours at one scale."
    ),
    caption=(
        "The three 2-D latent planes: test codes of the AE and the VAE, and for the GAN, which encodes "
        "nothing, latents from the prior in the colour of the digit the classifier reads in their decode. "
        "The ring is two standard deviations of $N(0, I)$; VAE and GAN share one scale, the AE has its "
        "own. Bottom right: all three at one scale."
    ),
)
def latent_planes(theme: Theme, planes: Values) -> Sheet:
    """The three families' planes, and all of them at one scale."""
    return side_by_side(
        theme,
        [
            Plane("AE: test codes", theme.ae, planes.ae, planes.labels, reach(planes.ae)),
            Plane("VAE: test means", theme.vae, planes.vae, planes.labels, PRIOR),
            Plane("GAN: latents, as read", theme.gan, planes.gan, planes.gan_labels, PRIOR),
        ],
    )


@figure(
    paths=results.interpolation,
    alt=(
        "Three rows of eleven images between the same two test digits, a 2 and a 6, through the 16-D AE, "
        "VAE and GAN, over stacked bars of the classifier's belief. Half-way its beliefs in 2 and 6 are "
        "{paths.belief_ae[5][2]:.0%} and {paths.belief_ae[5][6]:.0%} for the AE, "
        "{paths.belief_vae[5][2]:.0%} and {paths.belief_vae[5][6]:.0%} for the VAE, "
        "{paths.belief_gan[5][2]:.0%} and {paths.belief_gan[5][6]:.0%} for the GAN."
    ),
    caption=(
        "From the same test 2 to the same test 6 through all three latent spaces. Under each image: what "
        "the classifier takes it for, one colour a digit. AE and VAE codes are joined by a straight line, "
        "the GAN's latents by an arc. The GAN's ends are the latents that rebuild the two digits best."
    ),
)
def interpolation(theme: Theme, paths: Values) -> Sheet:
    """The same pair through all three, with the classifier's belief."""
    return belief_path(
        theme,
        [
            ("AE", theme.ae, paths.ae, paths.belief_ae),
            ("VAE", theme.vae, paths.vae, paths.belief_vae),
            ("GAN", theme.gan, paths.gan, paths.belief_gan),
        ],
    )


@figure(
    run=results.training_progress,
    alt=(
        "Animation of three grids of samples side by side, from the same random latents decoded by the "
        "AE, the VAE and the GAN, at the same number of training images seen, from {run.images_seen[0]:,} "
        "onwards."
    ),
    caption=(
        "The same twelve latents from $N(0, I)$, decoded by all three while they train: every frame shows "
        "the three at the same number of training images."
    ),
)
def training_progress(theme: Theme, run: Values) -> Animation:
    """Samples of all three at the same number of training images seen."""
    keep = thin(len(run.images_seen), 40)
    captions = [names(count) for count in run.images_seen[keep]]
    families = (("AE", theme.ae, run.ae), ("VAE", theme.vae, run.vae), ("GAN", theme.gan, run.gan))
    reels = [(name, colour, firsts(images[keep], 12)) for name, colour, images in families]
    return film(theme, reels, captions, columns=3)


@figure(
    real=scores.real,
    ae=scores.ae,
    vae=scores.vae,
    gan=scores.gan,
    alt=(
        "Eight small panels, one a measure, with a dot for each of three seeds of AE, VAE and GAN. Fréchet "
        "ratio from N(0, I): {ae.fcd_ratio:.0f}, {vae.fcd_ratio:.1f} and {gan.fcd_ratio:.2f}; with a "
        "mixture fitted to the codes {ae.fcd_ratio_mixture_10:.1f} and {vae.fcd_ratio_mixture_10:.1f}. "
        "Reconstruction error {ae.mse:.4f}, {vae.mse:.4f} and {gan.mse:.4f}."
    ),
    caption=(
        "Every family by the same measures, a dot for each of three seeds; the number is their mean. Filled: "
        "codes from $N(0, I)$; rings: from a mixture of ten Gaussians fitted to the codes. Dashed: real "
        "training images. Arrows point to better."
    ),
)
def scoreboard(theme: Theme, real: Values, ae: Values, vae: Values, gan: Values) -> Sheet:
    """Every family by eight measures, with the spread over seeds and the real level."""
    families = (("AE", theme.ae, ae), ("VAE", theme.vae, vae), ("GAN", theme.gan, gan))
    return board(theme, [panel(measure, real, families) for measure in MEASURES])


@figure(
    balance=results.digit_balance,
    alt=(
        "Bars of the share of each digit among the test images and among the samples of AE, VAE and GAN. "
        "Divergence from the test set in nats: AE from N(0, I) {balance.ae_prior_kl:.3f}, AE from a mixture "
        "{balance.ae_kl:.4f}, VAE {balance.vae_kl:.4f}, GAN {balance.gan_kl:.4f}."
    ),
    caption=(
        "Which digits each family makes, as the classifier reads them. The line across each panel is the "
        "test set's share. KL is the divergence of the shares from the test set's; 0 is the same balance."
    ),
)
def digit_balance(theme: Theme, balance: Values) -> Sheet:
    """Shares of the ten digits, family by family."""
    return shares(
        theme,
        balance.real,
        [
            (f"AE from N(0, I): KL {balance.ae_prior_kl:.3f}", theme.ae, balance.ae_prior),
            (f"AE from a mixture: KL {balance.ae_kl:.4f}", theme.ae, balance.ae),
            (f"VAE: KL {balance.vae_kl:.4f}", theme.vae, balance.vae),
            (f"GAN: KL {balance.gan_kl:.4f}", theme.gan, balance.gan),
        ],
    )


@figure(
    pairs=results.nearest_neighbours,
    alt=(
        "Test images and the first samples of AE, VAE and GAN, each above the training image nearest to it. "
        "Median distance: test images {pairs.real_median:.1f}, AE {pairs.ae_median:.1f}, VAE "
        "{pairs.vae_median:.1f}, GAN {pairs.gan_median:.1f}."
    ),
    caption=(
        "Memorised or new? Under each image, the nearest of all training images by Euclidean distance; "
        "nothing was picked. A family that copied would come nearer to its training images than fresh real "
        "digits do. The AE is sampled from a mixture fitted to its codes."
    ),
)
def nearest_neighbours(theme: Theme, pairs: Values) -> Sheet:
    """Samples over their nearest training images."""
    families = (("real", "test images", theme.real), ("ae", "AE", theme.ae), ("vae", "VAE", theme.vae))
    return blocks(
        theme,
        [
            Block(
                f"{title}: median distance {pairs[f'{name}_median']:.1f}",
                np.concatenate([pairs[f"{name}_images"], pairs[f"{name}_nearest"]]),
                colour,
            )
            for name, title, colour in (*families, ("gan", "GAN", theme.gan))
        ],
    )


@figure(
    edges=results.sharpness,
    alt=(
        "Distributions of edge sharpness. Means: real digits {edges.real_mean:.2f}, samples of the AE "
        "{edges.ae_mean:.2f}, VAE {edges.vae_mean:.2f} and GAN {edges.gan_mean:.2f}."
    ),
    caption=(
        "How sharp edges are: the mean slope of an image's edges, where 1 is black to white within one "
        "pixel. Curves: the share of images at each sharpness. Means: real {edges.real_mean:.2f}, AE "
        "{edges.ae_mean:.2f}, VAE {edges.vae_mean:.2f}, GAN {edges.gan_mean:.2f}; reconstructions by the AE "
        "{edges.ae_rebuilt_mean:.2f}, by the VAE {edges.vae_rebuilt_mean:.2f}."
    ),
)
def sharpness(theme: Theme, edges: Values) -> Sheet:
    """Distributions of edge sharpness."""
    names = {"real": "real", "ae": "AE", "vae": "VAE", "gan": "GAN"}
    curves = [(title, getattr(theme, name), edges[name]) for name, title in names.items()]
    return distributions(theme, edges.sharpness, curves, "edge sharpness, full contrast a pixel")
