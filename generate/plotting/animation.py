"""Animations as small GIFs: one shared palette, no dithering, a pause on the last frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

import imageio.v3 as iio
import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray
from PIL import Image

LIMIT = 390_000  # bytes; a GIF is the heaviest thing on its page
# Shades and every how many-th frame to keep, tried in turn.
ECONOMIES = ((16, 1), (12, 1), (10, 1), (8, 1), (8, 2), (6, 3))
HOLD = 1.5  # seconds on the last frame

Moment = TypeVar("Moment")


@dataclass(frozen=True)
class Animation:
    """Frames (F, H, W, 3), uint8, drawn in the shades between the two colours of ``ramp`` and in ``keys``.

    ``still`` is the frame shown until a reader presses play; -1 is the last.
    """

    frames: NDArray[np.uint8]
    ramp: tuple[str, str]
    keys: tuple[str, ...]
    seconds_per_frame: float = 0.12
    still: int = -1
    hold: float = HOLD


def filmed(moments: Iterable[Moment], draw: Callable[[Moment], NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """One frame (H, W, 3) for each moment, stacked: (F, H, W, 3)."""
    return np.stack([draw(moment) for moment in moments])


def gif(animation: Animation) -> bytes:
    """The richest GIF that stays within the limit (the poorest, where none does)."""
    for shades, stride in ECONOMIES:
        encoded = _encoded(animation, shades, stride)
        if len(encoded) <= LIMIT:
            break
    return encoded


def palette(animation: Animation, shades: int) -> NDArray[np.uint8]:
    """The colours (shades + keys, 3) that the animation is written with."""
    low, high = (np.asarray(to_rgb(colour)) for colour in animation.ramp)
    ramp = low + (high - low) * np.linspace(0, 1, shades)[:, None]
    keys = np.array([to_rgb(colour) for colour in animation.keys]).reshape(-1, 3)
    colours: NDArray[np.float64] = np.concatenate([ramp, keys])
    return np.rint(255 * colours).astype(np.uint8)


def _encoded(animation: Animation, shades: int, stride: int) -> bytes:
    kept = animation.frames[::-stride][::-1]
    durations = [round(1000 * animation.seconds_per_frame * stride)] * len(kept)
    durations[-1] = max(durations[-1], round(1000 * animation.hold))
    pace = durations if len(kept) > 1 else durations[0]  # Pillow takes no list for a single frame
    frames = _quantised(kept, palette(animation, shades))
    buffer = BytesIO()
    iio.imwrite(buffer, frames, extension=".gif", plugin="pillow", duration=pace, loop=0, optimize=True)
    return buffer.getvalue()


def _quantised(frames: NDArray[np.uint8], colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    book = Image.new("P", (1, 1))
    book.putpalette(colours.tobytes())
    tall = Image.fromarray(frames.reshape(-1, *frames.shape[2:]))
    mapped = tall.quantize(palette=book, dither=Image.Dither.NONE).convert("RGB")
    return np.asarray(mapped).reshape(frames.shape)
