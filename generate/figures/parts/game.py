"""The adversarial game as a diagram."""

from __future__ import annotations

from matplotlib.axes import Axes

from generate.plotting.diagrams import arrow, box
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme

LEFT, MIDDLE, RIGHT = 2.1, 3.3, 5.1  # inches


def key_idea_diagram(theme: Theme) -> Sheet:
    """Noise, generator, fake; real; discriminator, score; and the two training signals back."""
    sheet = theme.figure(WIDTH, 6.1, vector=True)
    axes = sheet.drawing()
    _boxes(axes, theme)
    _flows(axes, theme)
    _signals(axes, theme)
    _key(axes, theme)
    return sheet


def _boxes(axes: Axes, theme: Theme) -> None:
    box(axes, theme, (LEFT, 0.42), (2.4, 0.56), text="noise  $z \\sim N(0, I)$", colour=theme.muted)
    text = "GENERATOR  G\nsees only noise;\nwins when D takes\nits fakes for real"
    box(axes, theme, (LEFT, 1.72), (2.4, 1.2), text=text, colour=theme.gan)
    box(axes, theme, (LEFT, 3.0), (2.4, 0.56), text="fake image  G(z)", colour=theme.gan)
    box(axes, theme, (RIGHT, 3.0), (2.2, 0.56), text="real image  x", colour=theme.real)
    text = "DISCRIMINATOR  D\nsees images, real or fake;\nwins when it tells them apart"
    box(axes, theme, (MIDDLE, 4.32), (3.1, 0.98), text=text, colour=theme.real)
    box(axes, theme, (MIDDLE, 5.68), (3.1, 0.56), text="score: how likely real?", colour=theme.muted)


def _flows(axes: Axes, theme: Theme) -> None:
    arrow(axes, (LEFT, 0.72), (LEFT, 1.1), theme.ink)
    arrow(axes, (LEFT, 2.34), (LEFT, 2.7), theme.ink)
    arrow(axes, (2.4, 3.3), (2.75, 3.8), theme.ink)
    arrow(axes, (4.5, 3.3), (4.15, 3.8), theme.ink)
    arrow(axes, (MIDDLE, 4.83), (MIDDLE, 5.38), theme.ink)


def _signals(axes: Axes, theme: Theme) -> None:
    arrow(axes, (1.7, 5.68), (0.86, 1.72), theme.gan, bend=-0.32, dashed=True)
    arrow(axes, (4.9, 5.68), (4.9, 4.32), theme.real, bend=0.55, dashed=True)


def _key(axes: Axes, theme: Theme) -> None:
    for height, text, dashed in ((0.3, "images, scores", False), (0.62, "training signal", True)):
        arrow(axes, (4.0, height), (4.55, height), theme.muted if dashed else theme.ink, dashed=dashed)
        axes.text(4.68, height, text, va="center")
