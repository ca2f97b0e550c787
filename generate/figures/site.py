"""The site's own pictures: what moves on the home page, its mark, the card that other sites show."""

from __future__ import annotations

from generate.figures.parts.shared import firsts, training_film
from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.panels import extent, grid, show
from generate.plotting.sheet import Sheet
from generate.plotting.theme import Theme, families
from generate.results import compare as results

CARD = (12.0, 6.3)  # inches: 1200 x 630 pixels, the size that social networks ask for
CARD_DPI = 100
MARK = 0.24  # inches; the mark is drawn on 24 x 24 units


@figure(
    run=results.training_progress,
    alt=(
        "Three grids of nine digits side by side, decoded by the AE, the VAE and the GAN from the same "
        "random latents, animated through training from {run.images_seen[0]:,} images onwards. In the end "
        "the AE's are nearly empty, the VAE's are soft digits, the GAN's sharp ones."
    ),
    caption=(
        "One decoder learns under three objectives: the same nine latents, drawn at random, at the same "
        "moments of training. The autoencoder was never asked to make sense of them."
    ),
)
def hero(theme: Theme, run: Values) -> Animation:
    """Nine latents through all three decoders while they train, in less than five seconds."""
    return training_film(theme, run, frames=16, digits=9, seconds=0.24, hold=1)


@figure(
    alt="Three strokes in the colours of the AE, the VAE and the GAN that meet in one decoder.",
    caption="The site's mark.",
)
def mark(theme: Theme) -> Sheet:
    """Three strokes meet in one decoder: on no ground, in tones that show on light and dark tabs alike."""
    sheet = theme.figure(MARK, MARK, vector=True)
    sheet.patch.set_visible(False)
    axes = sheet.drawing()
    scale = MARK / 24
    stroke = 2.2 * scale * 72  # points
    for colour, height in ((theme.ae, 4.5), (theme.vae, 12.0), (theme.gan, 19.5)):
        axes.plot([3 * scale, 9.5 * scale], [height * scale, 12 * scale], color=colour, linewidth=stroke)
    corners = [(10 * scale, 12 * scale), (20.5 * scale, 6 * scale), (20.5 * scale, 18 * scale)]
    axes.fill(*zip(*corners, strict=True), color=theme.muted, linewidth=stroke, joinstyle="round")
    return sheet


@figure(
    samples=results.samples,
    alt=(
        "One decoder, three objectives: nine samples each of the AE, the VAE and the GAN, decoded from the "
        "same random latents."
    ),
    caption="What other sites show of this one.",
)
def card(theme: Theme, samples: Values) -> Sheet:
    """The title over samples of all three."""
    sheet = theme.figure(*CARD, dpi=CARD_DPI)
    sheet.note(0.7, 0.62, "One decoder, three objectives", size=40, weight="bold")
    sheet.note(0.7, 1.5, "Autoencoder, VAE and GAN, measured side by side", size=22, color=theme.muted)
    width = extent(3, 3, CARD_DPI)
    between = (CARD[0] - 1.4 - 3 * width) / 2
    for place, (name, title, colour) in enumerate(families(theme)):
        left = 0.7 + place * (width + between)
        sheet.note(left, 2.45, title, size=24, weight="bold", color=colour)
        show(sheet, theme, grid(firsts(samples[name], 9), 3), (left, 2.95), scale=3)
    return sheet
