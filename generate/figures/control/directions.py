"""Figures of directions that were found: without labels, and by a few choices."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.panels import LINE, extent, grid, show
from generate.plotting.sheet import WIDTH, Sheet, Style
from generate.plotting.theme import Theme
from generate.results import control as results

METHODS = {"activations": "PCA of activations", "closed_form": "closed form"}
NAMES = {"x": "right", "y": "down", "angle": "turn", "size": "size", "stroke": "stroke", "slant": "slant"}


@figure(
    found=results.principal_directions,
    alt=(
        "Four directions by each of two methods, in the VAE and in the GAN, each as a row of seven digits "
        "with the measure it changes most and the share of digits that survive. On average a direction found "
        "from activations has a cosine of {found.vae_agreement:.2f} (VAE) and {found.gan_agreement:.2f} "
        "(GAN) with the nearest of the closed form."
    ),
    caption=(
        "The strongest directions of the first layer, found without a label. Each row goes from two standard "
        "deviations before a 5 to two after. Beside it: what changes most between the two ends over many "
        "images, in standard deviations of that measure, and the share of digits that stay what they were."
    ),
)
def principal_directions(theme: Theme, found: Values) -> Sheet:
    """Directions found without labels, and what each turned out to change."""
    scale, pitch = 2, 0.42
    sheet = theme.figure(WIDTH, 2 * (0.62 + 4 * pitch) + 0.04)
    tiles = extent(7, scale, sheet.dpi)
    for line, family in enumerate(("vae", "gan")):
        colour, top = getattr(theme, family), 0.08 + line * (0.62 + 4 * pitch)
        sheet.note(0.1, top, family.upper(), color=colour, weight="bold")
        for column, (method, title) in enumerate(METHODS.items()):
            left = 0.1 + 3.2 * column
            sheet.note(left + (0.55 if column == 0 else 0), top, title, color=theme.muted)
            for row in range(4):
                here = top + LINE + row * pitch
                images = found[f"{family}_{method}_images"][row]
                show(sheet, theme, images[None], (left, here), scale=scale)
                beside = left + tiles + 0.08
                lines = _told(found, f"{family}_{method}", row)
                sheet.note(beside, here - 0.02, lines[0], size=10)
                sheet.note(beside, here + 0.15, lines[1], size=9, color=theme.muted)
    return sheet


def _told(found: Values, key: str, row: int) -> tuple[str, str]:
    """What a direction changes most and by how much, and what it leaves."""
    effect = found[f"{key}_effect"][row]
    most = int(np.abs(effect).argmax())
    name, change = NAMES[str(found.measures[most])], f"{effect[most]:+.1f}".replace("-", "−")
    return f"{name} {change}", f"kept {found[f'{key}_kept'][row]:.0%}"


@figure(
    found=results.compass,
    alt=(
        "Twenty samples of the GAN, ten of them marked as liked for their thick strokes; three digits moved "
        "along the direction fitted to these choices; and a chart of its effect against the number of "
        "choices: {found.gain_of_16:.0%} of the full effect with 16, {found.gain_of_128:.0%} with 128."
    ),
    caption=(
        "More like the marked ones, less like the others. The choices here are made by a rule that stands in "
        "for a person, the half with the thicker strokes, so that the outcome can be measured. Below: three "
        "digits along the direction fitted to these twenty choices. Chart: how much thicker strokes get, as "
        "a share of what thousands of choices achieve; one dot is one set of choices."
    ),
)
def compass(theme: Theme, found: Values) -> Sheet:
    """Choices, the walk they lead to, and how many of them it takes."""
    scale, left = 3, 0.3
    pitch = extent(2, scale, 200) - extent(1, scale, 200)
    sheet = theme.figure(WIDTH, 5.7)
    sheet.note(left, 0.08, "twenty samples; more like the marked", color=theme.gan, weight="bold")
    axes = show(sheet, theme, grid(found.choices, 10), (left, 0.36), scale=scale)
    for place in np.flatnonzero(found.liked):
        line, column = divmod(int(place), 10)
        style: Style = {"fill": False, "edgecolor": theme.gan, "linewidth": 2, "clip_on": False}
        axes.add_patch(Rectangle((30 * column - 1, 30 * line - 1), 29, 29, **style))
    top = 0.36 + 2 * pitch + 0.12
    sheet.note(left, top, "less  ←  along the fitted direction  →  more", color=theme.gan, weight="bold")
    show(sheet, theme, found.walk, (left, top + 0.28), scale=scale)
    top += 0.28 + 3 * pitch + 0.4
    chart = sheet.at(0.6, top, 5.3, 5.7 - top - 0.5)
    places = np.log2(found.counts)
    for trial in found.gain.T:
        chart.plot(places, trial, "o", color=theme.gan, markersize=4, alpha=0.35, clip_on=False)
    chart.plot(places, found.gain.mean(1), color=theme.gan)
    chart.axhline(1, color=theme.muted, linewidth=1.2, dashes=(5, 3))
    chart.set_xticks(places, [str(count) for count in found.counts])
    chart.set_title("effect, as a share of that of thousands of choices", loc="left", pad=6)
    chart.set_xlabel("choices")
    chart.grid(axis="y")
    chart.spines["left"].set_visible(False)
    chart.tick_params(axis="y", length=0)
    return sheet
