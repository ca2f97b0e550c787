"""Figures of the VAE's 16-D codes: against the prior, projected, and in motion."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from generate.figures.parts.films import film, there_and_back
from generate.figures.parts.planes import two_views
from generate.figures.parts.shared import names
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results.vae import space as results


@figure(
    codes=results.posterior_vs_prior,
    alt=(
        "Sixteen histograms, one a latent dimension of the VAE, of codes of all test images, each under the "
        "bell curve of N(0, 1). They are off by {codes.off_most:.3f} nats at most, by {codes.off_total:.2f} "
        "all together."
    ),
    caption=(
        "Codes of all test images, drawn from their posteriors, against the prior, dimension by dimension in "
        "the order of their KL (nats an image, above each). Taken one at a time, dimensions keep to "
        "$N(0, 1)$: their divergences from it add up to {codes.off_total:.2f} nats."
    ),
)
def posterior_vs_prior(theme: Theme, codes: Values) -> Sheet:
    """Each dimension's aggregate posterior against N(0, 1)."""
    sheet = theme.figure(WIDTH, 4.9, vector=True)
    middles, fine = (codes.edges[1:] + codes.edges[:-1]) / 2, np.linspace(-4, 4, 121)
    for place, (density, kl) in enumerate(zip(codes.density, codes.kl, strict=True)):
        line, column = divmod(place, 4)
        axes = sheet.at(0.12 + 1.58 * column, 0.32 + 1.15 * line, 1.42, 0.72)
        axes.fill_between(middles, density, step="mid", color=theme.blend(theme.vae, 0.55), linewidth=0)
        axes.plot(fine, norm.pdf(fine), color=theme.ink, linewidth=1.2)
        axes.set(xlim=(-4, 4), ylim=(0, 0.55), yticks=[], xticks=(-2, 0, 2))
        axes.spines["left"].set_visible(False)
        axes.tick_params(length=2)
        if line < 3:
            axes.set_xticklabels([])
        axes.set_title(f"{kl:.2f} nats", loc="left", pad=3, color=theme.vae, weight="bold")
    return sheet


@figure(
    views=results.projection,
    alt=(
        "Two scatters of the 16-D VAE's posterior means, coloured by digit: by PCA, which shows "
        "{views.explained:.0%} of the variance, one round cloud; by t-SNE separate groups. Neighbours tell "
        "the digit of {views.codes_accuracy:.0%} in 16 dimensions, {views.pca_accuracy:.0%} by PCA and "
        "{views.tsne_accuracy:.0%} by t-SNE."
    ),
    caption=(
        "The same two views of the VAE's 16-D means. The prior makes all directions alike, so that a plane "
        "through the codes shows {views.explained:.0%} of their variance only, hardly more than chance. The "
        "groups are there all the same, as t-SNE shows. Percentages: digits told by five neighbours."
    ),
)
def projection(theme: Theme, views: Values) -> Sheet:
    """16-D means by PCA and by t-SNE."""
    return two_views(theme, views, theme.vae)


@figure(
    sweep=results.traversal,
    alt=(
        "Animation of six rows of eight digits. In each row one of the six dimensions of the 16-D VAE with "
        "the largest KL goes from −3 to 3 and back, in eight test digits at once."
    ),
    caption=(
        "The six dimensions with the largest KL, one a row, each swept from −3 to 3 and back in the codes of "
        "eight test digits. What a dimension does depends on the digit it does it to."
    ),
)
def traversal(theme: Theme, sweep: Values) -> Animation:
    """The dimensions of the largest KL swept back and forth."""
    frames = there_and_back(np.moveaxis(sweep.images, 1, 0))
    return film(theme, [("", theme.vae, frames.reshape(len(frames), -1, 28, 28))], None, columns=8, hold=0.14)


@figure(
    run=results.morph_evolution,
    alt=(
        "Animation of a 12 by 12 grid of digits, decoded at quantiles of the prior by the 2-D VAE while it "
        "trains, from {run.images_seen[0]:,} training images seen onwards. Grey at first, it divides into "
        "regions of one digit each."
    ),
    caption=(
        "The plane of the 2-D VAE, decoded again and again while it trains. The map is drawn early; after "
        "that borders sharpen and regions shift."
    ),
)
def morph_evolution(theme: Theme, run: Values) -> Animation:
    """The decoded grid while the VAE trains."""
    captions = [names(count) for count in run.images_seen]
    images = run.images.reshape(len(run.images), -1, 28, 28)
    return film(theme, [("", theme.vae, images)], captions, columns=12)
