"""Drawings that two chapters have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from generate.figures.parts.films import film
from generate.pipeline.spread import evenly
from generate.pipeline.values import Values
from generate.plotting.animation import Animation
from generate.plotting.diagrams import ROW, arrow, heading, layers, network
from generate.plotting.panels import Block, Images, blocks
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme, families

TURN = 0.62  # inches between two networks of a diagram, for what passes between them


def originals_over(theme: Theme, pairs: Values, colour: str) -> Sheet:
    """Test digits, and what comes back from a 16-D and from a 2-D code."""
    return blocks(
        theme,
        [
            Block("test image", pairs.originals, theme.real),
            Block(f"16-D code: MSE {pairs.mse_16d:.4f}", pairs.recon_16d, colour),
            Block(f"2-D code: MSE {pairs.mse_2d:.4f}", pairs.recon_2d, colour),
        ],
    )


def coder(theme: Theme, networks: Values, colour: str, between: str, *notes: str) -> Sheet:
    """Encoder above decoder; ``between`` and ``notes`` are the lines where the code passes."""
    titles = (("encoder", "Encoder"), ("decoder", "Decoder, the same network in all three families"))
    return stack(theme, networks, [(*title, colour) for title in titles], (between, *notes))


def stack(
    theme: Theme, networks: Values, titles: Sequence[tuple[str, str, str]], between: Sequence[str]
) -> Sheet:
    """Two networks (key, title, colour), one above the other, with lines of text where they meet."""
    first, second = (network(networks, key) for key, _, _ in titles)
    gap = TURN + 0.26 * (len(between) - 1)
    sheet = theme.figure(WIDTH, 0.1 + 0.8 + (len(first) + len(second)) * ROW + gap + 0.08, vector=True)
    axes = sheet.drawing()
    top = 0.08
    for (key, title, colour), rows in zip(titles, (first, second), strict=True):
        top = heading(axes, theme, top, title=title, total=networks[f"{key}_total"], colour=colour)
        top = layers(axes, theme, rows, top, colour)
        if key == titles[0][0]:
            top = _pass(axes, theme, top, gap, between)
    return sheet


def _pass(axes: Axes, theme: Theme, top: float, gap: float, between: Sequence[str]) -> float:
    arrow(axes, (0.3, top + 0.06), (0.3, top + gap - 0.08), theme.muted)
    for index, line in enumerate(between):
        weight = "normal" if index else "bold"
        axes.text(0.52, top + 0.3 + 0.26 * index, line, va="center", weight=weight)
    return top + gap


def training_film(
    theme: Theme, run: Values, *, frames: int, digits: int, seconds: float, hold: float
) -> Animation:
    """The first ``digits`` latents through the three decoders while they train, in at most so many frames."""
    keep = evenly(range(len(run.images_seen)), frames)
    captions = [names(count) for count in run.images_seen[keep]]
    reels = [(title, colour, firsts(run[name][keep], digits)) for name, title, colour in families(theme)]
    return film(theme, reels, captions, columns=3, seconds=seconds, hold=hold)


def names(count: int) -> str:
    """How many training images have been seen, for the strip above an animation's frame."""
    return f"{count:,} training images seen"


def firsts(images: Images, count: int) -> Images:
    """The first ``count`` images of (..., N, 28, 28)."""
    return np.asarray(images[..., :count, :, :])
