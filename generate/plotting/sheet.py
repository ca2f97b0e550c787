"""A sheet of paper measured in inches from its top left corner: Matplotlib without its global state."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

WIDTH = 6.4  # inches; the width of every figure on the site
CSS_PER_INCH = 100

Style = dict[str, Any]  # keywords of a line, a patch or a text, of which Matplotlib has too many to list


class Sheet(Figure):
    """A figure placed in inches, y downwards, that remembers whether it is published as vectors."""

    def __init__(self, width: float, height: float, *, paper: str, vector: bool, dpi: int) -> None:
        whole = round(height * CSS_PER_INCH) / CSS_PER_INCH
        super().__init__(figsize=(width, whole), dpi=dpi, facecolor=paper)
        self.vector = vector
        self._agg = FigureCanvasAgg(self)

    def at(self, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
        """Add axes with their top left corner at (left, top), on whole pixels so that tiles stay crisp."""
        across, down = self.get_size_inches() * self.dpi
        left, bottom = round(left * self.dpi), round(down - (top + height) * self.dpi)
        width, height = round(width * self.dpi), round(height * self.dpi)
        return self.add_axes((left / across, bottom / down, width / across, height / down), **options)

    def drawing(self) -> Axes:
        """Add invisible axes over the whole sheet whose data units are inches, y downwards: for diagrams."""
        width, height = self.get_size_inches()
        axes = self.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        return axes

    def note(self, left: float, top: float, text: str, **style: Any) -> Text:
        """Write text with its top left corner at (left, top)."""
        width, height = self.get_size_inches()
        return self.text(left / width, 1 - top / height, text, **({"va": "top", "ha": "left"} | style))

    def pixels(self) -> NDArray[np.uint8]:
        """Draw the sheet as it is now, at its own resolution: (H, W, 3)."""
        self._agg.draw()  # type: ignore[no-untyped-call]
        return np.asarray(self._agg.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]
