"""Images from and to files, as people have them.

What the models see: (N, 28, 28) float32 in [0, 1], bright on dark, laid out as MNIST's digits were (LeCun et
al. 1998): scaled to fit 20 x 20 pixels and centred by mass.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import matplotlib as mpl
import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from generate.pipeline.errors import UserError
from generate.pipeline.files import write_bytes
from generate.plotting import render
from generate.plotting.animation import Animation
from generate.plotting.panels import Block, blocks, grid, tiles
from generate.plotting.theme import LIGHT

Floats = NDArray[np.floating]

SIDE = 28
BOX = 20  # what a digit is scaled to fit
FAINT = 0.1  # of the span from ground to ink: less is paper
EDGE = 0.5  # what counts as ink where a drawing is cut out
SHAPES = "(N, 28, 28), (N, 784), or images of any size, (H, W) or (H, W, 3)"
RANGES = "0 to 1, or 0 to 255"
ROW = 10  # images
SCALE = 4  # device pixels a pixel of what is written to be looked at


class Unreadable(UserError):
    """A file holds no image that can be meant; the message names the file and what is expected."""


@dataclass(frozen=True)
class Pictures:
    """``images`` (N, 28, 28) as models see them, a name each, and the files that were ``dark`` on bright."""

    images: Floats
    names: tuple[str, ...]
    dark: tuple[str, ...]


def read(files: Sequence[Path], ink: str = "auto") -> Pictures:
    """Read images of any size and kind; ``ink`` is bright, dark, or told by the edge of each file's images.

    Raises:
        Unreadable: a file is missing, no image, of no shape or range that can be meant, or blank.
    """
    images: list[Floats] = []
    names: list[str] = []
    dark: list[str] = []
    for file in files:
        found = _array(file) if file.suffix in (".npz", ".npy") else [_picture(file)]
        is_dark = ink == "dark" or (ink == "auto" and np.median([_ground(image) for image in found]) > 0.5)
        if is_dark:
            found = [1 - image for image in found]
            dark.append(str(file))
        for place, image in enumerate(found):
            name = str(file) if len(found) == 1 else f"{file}[{place}]"
            images.append(prepared(image, name))
            names.append(name)
    if not images:
        raise Unreadable("there are no images in what was given")
    return Pictures(np.stack(images), tuple(names), tuple(dark))


def expected(images: NDArray[np.generic]) -> Floats:
    """Images (N, 28, 28) in [0, 1] of an array in any shape and range that they come in.

    Raises:
        Unreadable: they cannot be meant; the message says what is expected.
    """
    found = _shaped(_ranged(np.asarray(images), "the array"), "the array")
    if found.shape[1:] != (SIDE, SIDE):
        raise Unreadable(f"the images have the shape {images.shape}; (N, 28, 28) is expected")
    return found


def prepared(image: Floats, name: str = "the image") -> Floats:
    """An image (H, W) in [0, 1], bright on dark, as (28, 28); one of that size already is left as it is.

    Raises:
        Unreadable: nothing stands out from its ground.
    """
    if image.shape == (SIDE, SIDE):
        return image
    ground = _ground(image)
    span = float(image.max()) - ground
    if span < FAINT:
        raise Unreadable(f"{name} is blank: nothing on it is brighter than its edge")
    ink = np.clip((image - ground) / span, 0, 1)
    ink[ink < FAINT] = 0
    rows, columns = (np.flatnonzero((ink > EDGE).any(axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(cut.shape)
    height, width = (max(1, round(scale * side)) for side in cut.shape)
    kind = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    small = np.clip(np.asarray(Image.fromarray(cut.astype(np.float32)).resize((width, height), kind)), 0, 1)
    return _centred(small)


def _centred(small: Floats) -> Floats:
    """An image of at most 20 x 20 on 28 x 28 pixels, its centre of mass in the middle, to a pixel."""
    whole = np.zeros((SIDE, SIDE), np.float32)
    corner = []
    for axis, side in enumerate(small.shape):
        mass = small.sum(1 - axis)
        middle = float((mass * (np.arange(side) + 0.5)).sum() / mass.sum())
        corner.append(int(np.clip(round(SIDE / 2 - middle), 0, SIDE - side)))
    top, left = corner
    whole[top : top + small.shape[0], left : left + small.shape[1]] = small
    return whole


def _ground(image: Floats) -> float:
    """What the edge of an image mostly is."""
    edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return float(np.median(edge))


def _picture(file: Path) -> Floats:
    """The grey values (H, W) in [0, 1] of a picture; where its ground is transparent, how opaque it is."""
    try:
        with Image.open(file) as opened:
            picture = ImageOps.exif_transpose(opened)
            if picture.mode.startswith("I"):  # 16 bits a pixel
                return np.asarray(picture, np.float32) / 65535
            layers = np.asarray(picture.convert("RGBA").convert("LA"), np.float32) / 255
    except FileNotFoundError:
        raise Unreadable(f"there is no file {file}") from None
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable(
            f"{file} could not be read as a picture ({error}). PNG, JPEG, .npz and .npy can"
        ) from None
    grey, opaque = layers[..., 0], layers[..., 1]
    if _ground(opaque) < 0.5:
        return opaque
    seen: Floats = grey * opaque + (1 - opaque)  # on white
    return seen


def _array(file: Path) -> list[Floats]:
    """The images of a NumPy file, each (H, W) in [0, 1]."""
    try:
        held = np.load(file)
        values = held if isinstance(held, np.ndarray) else _images_of(held, file)
    except FileNotFoundError:
        raise Unreadable(f"there is no file {file}") from None
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise Unreadable(f"{file} could not be read as NumPy's ({error})") from None
    return list(_shaped(_ranged(values, file), file))


def _images_of(held: NpzFile, file: Path) -> NDArray[np.generic]:
    """The array called ``images``, or the only one."""
    with held:
        name = "images" if "images" in held else next(iter(held)) if len(held) == 1 else None
        if name is None:
            listed = ", ".join(held) or "nothing"
            raise Unreadable(f"{file} holds {listed}; the images are expected under the name images")
        values: NDArray[np.generic] = held[name]
        return values


def _ranged(values: NDArray[np.generic], file: object) -> Floats:
    """Numbers as intensities in [0, 1]."""
    if values.dtype == bool or np.issubdtype(values.dtype, np.number):
        numbers = values.astype(np.float32)
    else:
        raise Unreadable(f"{file} holds {values.dtype}, and no intensities")
    low, high = (float(edge) for edge in (numbers.min(), numbers.max())) if numbers.size else (0.0, 0.0)
    if not np.isfinite([low, high]).all() or low < 0 or high > 255:
        raise Unreadable(f"{file} has values from {low:g} to {high:g}; {RANGES} are expected")
    return numbers / 255 if high > 1 else numbers


def _shaped(values: Floats, file: object) -> Floats:
    """Images (N, H, W) of an array in any of the shapes that images have."""
    shape = values.shape
    if values.ndim == 4 and shape[1] in (1, 3):  # channels first, as PyTorch has them
        values = values.mean(1)
    elif values.ndim == 4 and shape[3] in (1, 3):
        values = values.mean(3)
    elif values.ndim == 3 and shape[2] == 3 < min(shape[:2]):
        values = values.mean(2)[None]
    elif values.ndim == 2:
        values = values.reshape(-1, SIDE, SIDE) if shape[1] == SIDE * SIDE else values[None]
    elif values.ndim == 1 and shape[0] == SIDE * SIDE:
        values = values.reshape(1, SIDE, SIDE)
    if values.ndim != 3 or min(values.shape[1:]) < 2:
        raise Unreadable(f"{file} has the shape {shape}; {SHAPES} are expected")
    return values


def write_grid(path: Path, images: Floats, columns: int | None = None) -> None:
    """One PNG with all images (N, 28, 28), dark on bright as in the site's figures; a square by default."""
    _write_tiles(path, grid(_bytes(images), columns or int(np.ceil(np.sqrt(len(images))))))


def write_pairs(path: Path, images: Floats, rebuilt: Floats) -> None:
    """One PNG: the images (N, 28, 28), ten in a row, each over what was rebuilt of it."""
    across = min(ROW, len(images))
    both = np.stack([grid(_bytes(kind), across) for kind in (images, rebuilt)], axis=1)
    _write_tiles(path, both.reshape(-1, across, SIDE, SIDE))


def _write_tiles(path: Path, laid: NDArray[np.uint8]) -> None:
    write_bytes(path, render.png(_enlarged(tiles(LIGHT, laid))))


def write_each(folder: Path, images: Floats, labels: Sequence[int] | None = None) -> None:
    """A PNG for each image, bright on dark as the models see them, for other tools to read."""
    for place, image in enumerate(_bytes(images)):
        name = f"{place:05}" if labels is None else f"{place:05}_{labels[place]}"
        buffer = BytesIO()
        Image.fromarray(image).save(buffer, "png")
        write_bytes(folder / f"{name}.png", buffer.getvalue())


def write_film(path: Path, images: Floats) -> None:
    """An animated GIF (N, 28, 28), there and back."""
    frames = [_enlarged(LIGHT.shade(image)) for image in _bytes(images)]
    there_and_back = np.stack(frames + frames[-2:0:-1])
    write_bytes(path, render.encode(Animation(there_and_back, (LIGHT.tile, LIGHT.ink), (), hold=0.12))["gif"])


def write_rows(path: Path, rows: dict[str, tuple[str, Floats]]) -> None:
    """A figure in the site's style: under each title images (N, 28, 28), the title in a role's colour."""
    found = [Block(title, _bytes(images), getattr(LIGHT, role)) for title, (role, images) in rows.items()]
    across = min(ROW, max(len(block.images) for block in found))
    with mpl.rc_context(LIGHT.rc()):
        write_bytes(path, render.encode(blocks(LIGHT, found, across))["png"])


def _bytes(images: Floats) -> NDArray[np.uint8]:
    return np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)


def _enlarged(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture.repeat(SCALE, axis=0).repeat(SCALE, axis=1)
