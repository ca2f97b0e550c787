"""From a picture to bytes that depend on nothing but the picture: no date, no version, no random ids."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generate.plotting import animation
from generate.plotting.animation import Animation
from generate.plotting.sheet import CSS_PER_INCH, Sheet

VISIBLE = 2.0  # root-mean-square error of 8-bit channels below which a palette looks the same
PALETTES = (32, 64, 128, 256)  # colours, tried in turn


def encode(picture: Sheet | Animation, small: bool = True) -> dict[str, bytes]:
    """Bytes by file suffix: "svg" or "png" for a sheet, "gif" and "png" (the still) for an animation.

    To find the palettes that make a picture ``small`` takes most of the time that drawing takes.
    """
    still = png if small else _png
    if isinstance(picture, Animation):
        return {"gif": animation.gif(picture), "png": still(picture.frames[picture.still])}
    return {"svg": _svg(picture)} if picture.vector else {"png": still(picture.pixels())}


def size(picture: Sheet | Animation) -> tuple[int, int]:
    """Width and height on the page in CSS pixels."""
    if isinstance(picture, Animation):
        return picture.frames.shape[2], picture.frames.shape[1]
    width, height = picture.get_size_inches() * CSS_PER_INCH
    return round(width), round(height)


def png(image: NDArray[np.uint8]) -> bytes:
    """The smallest faithful PNG: with the first palette where that cannot be seen, else in full colour."""
    full = Image.fromarray(image)
    chosen = next((few for few in _reduced(full) if _error(few, image) < VISIBLE), full)
    return _written(chosen, optimize=True)


def _png(image: NDArray[np.uint8]) -> bytes:
    return _written(Image.fromarray(image), compress_level=3)


def _written(image: Image.Image, **options: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "png", **options)
    return buffer.getvalue()


def _reduced(full: Image.Image) -> Iterator[Image.Image]:
    for colours in PALETTES:
        yield full.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)


def _error(reduced: Image.Image, image: NDArray[np.uint8]) -> float:
    difference = np.asarray(reduced.convert("RGB"), np.float64) - image
    return float(np.sqrt(np.mean(difference**2)))


def _svg(sheet: Sheet) -> bytes:
    buffer = BytesIO()
    sheet.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
