"""Figures of the comparison chapter: one decoder, three objectives."""

from __future__ import annotations

from generate.figures.parts.films import film, there_and_back
from generate.figures.parts.paths import classified_walks
from generate.figures.parts.planes import PRIOR, Plane, reach, side_by_side
from generate.figures.parts.shared import training_film
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import HOLD, Animation
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme, families
from generate.results import compare as results


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
            *(
                Block(f"{title}: FCD {samples[f'fcd_ratio_{name}']:,.1f} × floor", samples[name], colour)
                for name, title, colour in families(theme)
            ),
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
        "Three rows of eleven images between the same two test digits, a 2 and a 6, through the 16-D AE, VAE "
        "and GAN, over stacked bars of the classifier's belief. Half-way its beliefs in 2 and 6 are "
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
    walks = [(title, colour, paths[name], paths[f"belief_{name}"]) for name, title, colour in families(theme)]
    return classified_walks(theme, walks)


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
    return training_film(theme, run, frames=40, digits=12, seconds=0.14, hold=HOLD)


@figure(
    paths=results.interpolation_gif,
    alt=(
        "Animation of three columns, AE, VAE and GAN, in which the same six pairs of test digits turn into "
        "one another and back: 2 and 6, 0 and 8, 1 and 7, 3 and 5, 4 and 9, 9 and 3."
    ),
    caption=(
        "The same six pairs of test digits through all three latent spaces, there and back. AE and VAE go "
        "straight, the GAN on an arc between the latents found for the two digits."
    ),
)
def interpolation_gif(theme: Theme, paths: Values) -> Animation:
    """The same pairs through all three, in motion."""
    reels = [(title, colour, there_and_back(paths[name])) for name, title, colour in families(theme)]
    return film(theme, reels, None, columns=2, scale=3, seconds=0.1, hold=0.1)
