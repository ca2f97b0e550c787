"""Animations of grids of digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generate.plotting.animation import HOLD, Animation, filmed
from generate.plotting.panels import Images, extent, grid, show, tiles
from generate.plotting.theme import Theme

Reel = tuple[str, str, Images]  # what is written above a grid, in which colour, and its images (F, N, 28, 28)

MARGIN, BETWEEN = 0.12, 0.24  # inches
STRIP, TITLE = 0.3, 0.28  # inches: the line above all grids, and the line above each


def film(
    theme: Theme,
    reels: Sequence[Reel],
    captions: Sequence[str] | None,
    *,
    columns: int,
    scale: int = 2,
    seconds: float = 0.14,
    hold: float = HOLD,
) -> Animation:
    """Grids side by side through time, under a line of text that says what time it is."""
    width = extent(columns, scale, 100)
    top = MARGIN + (STRIP if captions else 0) + (TITLE if any(title for title, _, _ in reels) else 0)
    rows = -(-reels[0][2].shape[1] // columns)
    total = len(reels) * width + (len(reels) - 1) * BETWEEN + 2 * MARGIN
    sheet = theme.figure(total, top + extent(rows, scale, 100) + MARGIN, dpi=100)
    strip = sheet.note(MARGIN, MARGIN * 0.7, "", color=theme.ink)
    pictures = []
    for index, (title, colour, images) in enumerate(reels):
        left = MARGIN + index * (width + BETWEEN)
        sheet.note(left, top - TITLE + 0.02, title, color=colour, weight="bold")
        axes = show(sheet, theme, grid(images[0], columns), (left, top), scale=scale)
        pictures.append((axes.images[0], images))

    def frame(index: int) -> NDArray[np.uint8]:
        strip.set_text(captions[index] if captions else "")
        for picture, images in pictures:
            picture.set_data(tiles(theme, grid(images[index], columns)))
        return sheet.pixels()

    return Animation(
        filmed(range(len(reels[0][2])), frame),
        (theme.tile, theme.ink),
        (theme.paper, *(colour for title, colour, _ in reels if title)),
        seconds,
        hold=hold,
    )


def there_and_back(frames: Images) -> Images:
    """Frames (F, ...) followed by themselves backwards, the ends once only, so that the film can go round."""
    return np.concatenate([frames, frames[-2:0:-1]])
