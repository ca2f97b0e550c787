"""The sampling step of a VAE as a diagram, without and with the reparameterisation."""

from __future__ import annotations

from matplotlib.axes import Axes

from generate.plotting.diagrams import arrow, box
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme

LEFT, RIGHT, NOISE = 1.05, 3.6, 5.6  # inches: the two chains, and where the noise comes in


def reparameterisation_diagram(theme: Theme) -> Sheet:
    """A blocked chain on the left, an open one on the right."""
    sheet = theme.figure(WIDTH, 5.0, vector=True)
    axes = sheet.drawing()
    for middle, title in ((LEFT, "sampling inside"), (RIGHT, "noise as an input")):
        axes.text(middle, 0.22, title, ha="center", va="center", weight="bold")
    _chain(axes, theme, LEFT, "draw  $z \\sim N(\\mu, \\sigma^2)$")
    _chain(axes, theme, RIGHT, "$z = \\mu + \\sigma \\cdot \\varepsilon$")
    box(axes, theme, (NOISE, 2.62), (1.2, 0.6), text="$\\varepsilon \\sim N(0, I)$", colour=theme.muted)
    arrow(axes, (NOISE - 0.6, 2.62), (RIGHT + 0.85, 2.62), theme.ink)
    _gradients(axes, theme)
    return sheet


def _chain(axes: Axes, theme: Theme, middle: float, step: str) -> None:
    texts = ("encoder", "$\\mu$,  $\\sigma$", step, "decoder", "loss")
    for place, text in enumerate(texts):
        height = 0.72 + 0.95 * place
        colour = theme.muted if place in (2, 4) else theme.vae
        box(axes, theme, (middle, height), (1.7, 0.6), text=text, colour=colour)
        if place < len(texts) - 1:
            arrow(axes, (middle - 0.3, height + 0.32), (middle - 0.3, height + 0.63), theme.ink)


def _gradients(axes: Axes, theme: Theme) -> None:
    for middle, blocked in ((LEFT, True), (RIGHT, False)):
        for place in range(4):
            if blocked and place < 2:
                continue
            height = 0.72 + 0.95 * place
            arrow(axes, (middle + 0.3, height + 0.63), (middle + 0.3, height + 0.32), theme.vae, dashed=True)
    axes.text(LEFT + 0.3, 2.14, "✕", color=theme.vae, ha="center", va="center", size=15, weight="bold")
    axes.text(LEFT + 0.46, 2.14, "no gradient", color=theme.vae, va="center")
