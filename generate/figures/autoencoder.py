"""Figures of the autoencoder chapter."""

from __future__ import annotations

import numpy as np

from generate.figures.parts.planes import probed, two_views
from generate.figures.parts.shared import coder, originals_over
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.charts import Line, count_axis, level, lines, name_ends, settled
from generate.plotting.panels import Block, blocks, contours, name_classes, plane, scatter
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results import autoencoder as results
from generate.results import data


@figure(
    networks=results.architecture,
    alt=(
        "Diagram of the autoencoder. An encoder of {networks.encoder_total:,} parameters turns 28 by 28 "
        "pixels into {networks.latent} numbers, the code; a decoder of {networks.decoder_total:,} "
        "parameters turns the code back into 28 by 28 pixels."
    ),
    caption=(
        "The autoencoder, layer by layer, read from the network itself: name, size of the output and "
        "number of parameters. The width of a bar grows with the square root of the number of values it "
        "stands for. All that reaches the decoder is a code of {networks.latent} numbers."
    ),
)
def architecture(theme: Theme, networks: Values) -> Sheet:
    """Encoder, code, decoder."""
    return coder(theme, networks, theme.ae, f"the code z: {networks.latent} numbers, nothing else passes")


@figure(
    history=results.loss_curves,
    grey=data.grey,
    alt=(
        "Reconstruction loss of the autoencoder against training images seen. On held-out images it ends "
        "at {history.final_held_2d:.1f} nats an image with a 2-D code and at {history.final_held_16d:.1f} "
        "with a 16-D code; a dashed line marks the {grey.entropy:.1f} nats that grey pixels cost any model."
    ),
    caption=(
        "Reconstruction loss (binary cross-entropy, summed over the pixels) while the autoencoders train. "
        "Thick: held-out images; thin: training batches. Dashed: the entropy of the held-out pixels' grey, "
        "below which no model gets. The steep beginning is cut off. A longer code leaves less to guess."
    ),
)
def loss_curves(theme: Theme, history: Values, grey: Values) -> Sheet:
    """Training and held-out loss, 2-D and 16-D, and the least that it can be."""
    sheet = theme.figure(WIDTH, 3.7, vector=True)
    axes = sheet.at(0.55, 0.5, 4.7, 2.55)
    curves = []
    for suffix, name in (("2d", "2-D code"), ("16d", "16-D code")):
        shade = theme.ae
        curves.append(Line("", history[f"images_{suffix}"], history[f"train_{suffix}"], shade, quiet=True))
        curves.append(Line(name, history[f"held_images_{suffix}"], history[f"held_{suffix}"], shade))
    curves.append(level(theme, history.held_images_16d, grey.entropy, "grey alone"))
    lines(axes, curves)
    axes.set_ylim(settled(curves))
    axes.set_title("reconstruction loss, nats per image", loc="left", pad=10)
    count_axis(axes)
    name_ends(axes, curves)
    return sheet


@figure(
    pairs=results.reconstructions,
    alt=(
        "Ten test digits above their reconstructions by the autoencoder. Mean squared error per pixel on "
        "the test set: {pairs.mse_16d:.4f} with a 16-D code, {pairs.mse_2d:.4f} with a 2-D code."
    ),
    caption=(
        "The first test image of each digit, and what comes out of the autoencoder when the code has 16 "
        "numbers and when it has 2. MSE is the mean squared error per pixel over the whole test set."
    ),
)
def reconstructions(theme: Theme, pairs: Values) -> Sheet:
    """Test digits over reconstructions."""
    return originals_over(theme, pairs, theme.ae)


@figure(
    codes=results.latent_plane,
    alt=(
        "Scatter of the test set's codes in the plane of the 2-D autoencoder, coloured by digit. The "
        "cloud is centred on ({codes.mean_x:.1f}, {codes.mean_y:.1f}), reaches {codes.max_radius:.0f} "
        "units out, and {codes.gap_share:.0%} of the straight ways between two codes cross a gap. "
        "The widest class spreads {codes.spread_ratio:.1f} times as far as the narrowest."
    ),
    caption=(
        "Where the autoencoder puts the test images: one dot an image, one colour a digit, the digit written "
        "at the median of its class. Nothing in the objective says where codes should lie: the centre of all "
        "of them (cross) is at ({codes.mean_x:.1f}, {codes.mean_y:.1f}). The circle is two standard "
        "deviations of $N(0, I)$, for scale."
    ),
)
def latent_plane(theme: Theme, codes: Values) -> Sheet:
    """All test codes of the 2-D autoencoder."""
    sheet = theme.figure(WIDTH, 6.3)
    axes = sheet.at(0.5, 0.12, 5.8, 5.8)
    scatter(axes, theme, codes.codes, codes.labels)
    plane(axes, theme, 1.03 * float(np.abs(codes.codes).max()))
    contours(axes, theme, (2,), theme.ink)
    axes.plot(codes.mean_x, codes.mean_y, "+", color=theme.ink, markersize=16, markeredgewidth=2.5)
    name_classes(axes, theme, codes.codes, codes.labels)
    return sheet


@figure(
    plane=results.gaps,
    alt=(
        "The plane of the 2-D autoencoder's test codes with three kinds of marked places, and what they "
        "decode to: among the codes, in gaps between them, and outside. The classifier is sure of a digit at "
        "{plane.inside_sure:.0%} of the codes, at {plane.gap_sure:.0%} of the places in gaps and at "
        "{plane.outside_sure:.0%} of those outside."
    ),
    caption=(
        "What the decoder answers where it was never asked. Circles: the middles of classes; squares: places "
        "in gaps, on the straight way between two test codes and with less than a tenth of the density at "
        "either; triangles: places outside. The percentages say of how many such places the classifier is "
        "sure of a digit."
    ),
)
def gaps(theme: Theme, plane: Values) -> Sheet:
    """The plane with probes among the codes, in gaps and outside, and what they decode to."""
    return probed(theme, plane)


@figure(
    views=results.projection,
    alt=(
        "Two scatters of the 16-D autoencoder's test codes, coloured by digit: on their principal plane, "
        "which shows {views.explained:.0%} of the variance, classes overlap; by t-SNE they form separate "
        "groups. Neighbours tell the digit of {views.codes_accuracy:.0%} in 16 dimensions, "
        "{views.pca_accuracy:.0%} on the plane and {views.tsne_accuracy:.0%} by t-SNE."
    ),
    caption=(
        "Sixteen dimensions seen in two. PCA is a straight look from the side from which codes spread most: "
        "what overlaps here may be apart. t-SNE keeps neighbours together and nothing else: neither the "
        "distance between groups nor their size means anything. Percentages: digits told by five neighbours, "
        "where the 16-D codes allow {views.codes_accuracy:.0%}."
    ),
)
def projection(theme: Theme, views: Values) -> Sheet:
    """16-D codes by PCA and by t-SNE."""
    return two_views(theme, views, theme.ae)


@figure(
    samples=results.prior_samples,
    alt=(
        "Three blocks of digits decoded by the 16-D autoencoder from random codes. Fréchet classifier "
        "distance, as a multiple of the real-data floor: {samples.fcd_ratio_normal:,.0f} for codes from N(0, "
        "I), {samples.fcd_ratio_gaussian:,.0f} from a fitted Gaussian, {samples.fcd_ratio_mixture:,.0f} from "
        "a fitted mixture of {samples.components} Gaussians."
    ),
    caption=(
        "An autoencoder used as a generator. Its decoder is the same in all three blocks, only the codes "
        "come from somewhere else: $N(0, I)$, one Gaussian fitted to the training codes, and a mixture of "
        "{samples.components}. FCD is the Fréchet classifier distance to the test set, as a multiple of "
        "what real digits score; lower is better."
    ),
)
def prior_samples(theme: Theme, samples: Values) -> Sheet:
    """Decodes of N(0, I), of a fitted Gaussian and of a fitted mixture."""
    sources = (
        ("codes from N(0, I)", samples.normal, samples.fcd_ratio_normal),
        ("from a fitted Gaussian", samples.gaussian, samples.fcd_ratio_gaussian),
        (f"from a fitted mixture of {samples.components}", samples.mixture, samples.fcd_ratio_mixture),
    )
    return blocks(
        theme,
        [
            Block(f"{name}: FCD {ratio:,.0f} × floor", images[:30], theme.ae)
            for name, images, ratio in sources
        ],
    )
