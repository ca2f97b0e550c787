"""What is in a notebook's file, read with doubt: its pictures, and a reason if it cannot be published."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from nbformat.validator import iter_validate
from PIL import Image

from site_src.shortcodes.published import ShortcodeError, content, sound

COMMAND = "make notebooks"
LARGEST = 10_000_000  # pixels of a picture; a PNG of a few kilobytes can claim billions


@dataclass(frozen=True)
class Picture:
    """A picture that a cell has drawn: its place beside the page, its pixels, and what it shows in words."""

    name: str
    png: bytes
    alt: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        with Image.open(BytesIO(self.png), formats=["PNG"]) as image:
            return image.size


def pictures(path: Path) -> list[Picture]:
    """The pictures in a notebook, in order.

    Raises:
        ShortcodeError: the file is damaged, or a cell draws and does not say what.
    """
    with sound(path, COMMAND):
        drawn = [
            (cell, png)
            for cell in _cells(path)
            for output in cell.get("outputs", [])
            for png in _pngs(output.get("data", {}))
        ]
    for cell, _ in drawn:
        if "alt" not in cell["metadata"]:
            start = "".join(cell["source"])[:80]
            raise ShortcodeError(f'{path.name}: this cell draws and has no alt="...": {start}')
    return [
        Picture(f"{number}.png", png, str(cell["metadata"]["alt"]))
        for number, (cell, png) in enumerate(drawn, start=1)
    ]


def _cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a file that is a notebook by Jupyter's own definition."""
    notebook = json.loads(content(path).decode())
    if notebook["nbformat"] != 4:
        raise ValueError(f"its format is {notebook['nbformat']}, not 4")
    for error in iter_validate(notebook):
        raise ValueError(f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    cells: list[dict[str, Any]] = notebook["cells"]
    return cells


def _pngs(shown: dict[str, Any]) -> Iterator[bytes]:
    for kind in shown:
        if kind.startswith("image/") and kind != "image/png":
            raise ValueError(f"a picture in it is of the type {kind}, not image/png")
    if encoded := shown.get("image/png"):
        png = b64decode("".join("".join(encoded).split()), validate=True)
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            if image.width * image.height > LARGEST:
                raise ValueError(f"a picture in it claims {image.width} by {image.height} pixels")
            image.verify()
        yield png
