"""Figures that measure the three families."""

from __future__ import annotations

import numpy as np

from generate.figures.parts.boards import Measure, board, distributions, panel, share_bars, tradeoff
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme, families
from generate.results import compare as results
from generate.results import scores

MEASURES = (
    Measure("Fréchet ratio ←", "fcd_ratio", ".3g", log=True),
    Measure("coverage →", "coverage", ".2f"),
    Measure("precision →", "precision", ".2f"),
    Measure("recall →", "recall", ".2f"),
    Measure("imbalance of digits, nats ←", "digit_kl", ".3f", log=True),
    Measure("edge sharpness", "sharpness", ".2f"),
    Measure("reconstruction MSE ←", "mse", ".4f"),
    Measure("midpoints: Fréchet ratio ←", "midpoint_fcd_ratio", ".3g", log=True),
)


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
    scored = _scored(theme, ae, vae, gan)
    return board(theme, [panel(measure, real, scored) for measure in MEASURES])


@figure(
    real=scores.real,
    ae=scores.ae,
    vae=scores.vae,
    gan=scores.gan,
    alt=(
        "Scatter of recall against precision. From N(0, I): AE at {ae.precision:.2f} and {ae.recall:.2f}, "
        "VAE at {vae.precision:.2f} and {vae.recall:.2f}, GAN at {gan.precision:.2f} and {gan.recall:.2f}; "
        "real training images at {real.precision:.2f} and {real.recall:.2f}. With 64 Gaussians fitted to the "
        "codes, AE at {ae.precision_mixture_64:.2f} and {ae.recall_mixture_64:.2f}."
    ),
    caption=(
        "Variety against quality, means over three seeds. Filled: codes from $N(0, I)$. Rings, joined: codes "
        "from one (AE only), 10 and 64 Gaussians fitted to the codes. Top right is best; the cross is what "
        "real training images reach. The AE from $N(0, I)$ is far outside, at {ae.precision:.2f} and "
        "{ae.recall:.2f}."
    ),
)
def precision_recall(theme: Theme, real: Values, ae: Values, vae: Values, gan: Values) -> Sheet:
    """Recall against precision for every family and every way to sample it."""
    return tradeoff(theme, real, _scored(theme, ae, vae, gan))


def _scored(theme: Theme, *scores: Values) -> list[tuple[str, str, Values]]:
    """Title and colour of each family with its scores."""
    pairs = zip(families(theme), scores, strict=True)
    return [(title, colour, its) for (_, title, colour), its in pairs]


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
    return share_bars(
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
    return blocks(
        theme,
        [
            Block(
                f"{title}: median distance {pairs[f'{name}_median']:.1f}",
                np.concatenate([pairs[f"{name}_images"], pairs[f"{name}_nearest"]]),
                colour,
            )
            for name, title, colour in (("real", "test images", theme.real), *families(theme))
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
    shown = (("real", "real", theme.real), *families(theme))
    curves = [(title, colour, edges[name]) for name, title, colour in shown]
    return distributions(theme, edges.sharpness, curves, "edge sharpness, full contrast a pixel")
