"""Published arrays in a real browser: read as NumPy reads them, and damage of any kind is told in words."""

from __future__ import annotations

import io
import struct
import zipfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

RESULTS = Path(__file__).parents[2] / "docs" / "data" / "results"

READ = """async (files) => {
  const { read } = await import(new URL("../assets/playground/npz.js", location.href));
  const answers = [];
  for (const data of files) {
    try {
      const arrays = await read(Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0)).buffer);
      answers.push(Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape])));
    } catch (error) {
      answers.push(error.constructor === Error ? error.message : `${error.constructor.name} is no message`);
    }
  }
  return answers;
}"""


def read(lab: Page, *files: bytes) -> list[Any]:
    """The arrays' shapes, or what is wrong, of each file."""
    answers: list[Any] = lab.evaluate(READ, [b64encode(file).decode() for file in files])
    assert not [answer for answer in answers if "no message" in answer]
    return answers


def packed(**arrays: np.ndarray[Any, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def zipped(content: bytes, kind: int = zipfile.ZIP_STORED) -> bytes:
    """A file whose only array is whatever bytes, with the checksum that they have."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as file:
        file.writestr("a.npy", content)
    return buffer.getvalue()


def npy(header: str, numbers: bytes = bytes(24)) -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + numbers


def header(kind: str = "<f4", shape: str = "(2, 3)", fortran: bool = False) -> str:
    return f"{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {shape}, }}"


def announcing(content: bytes, size: int) -> bytes:
    """The file with another unpacked size in its directory."""
    place = content.index(b"PK\x01\x02") + 24
    return content[:place] + struct.pack("<I", size) + content[place + 4 :]


def test_sound_files_are_read(lab: Page) -> None:
    arrays = {"a": np.ones((2, 3), np.float16), "words": np.array(["ae", "vae"]), "one": np.float64(1)}
    assert read(lab, packed(**arrays), zipped(npy(header()))) == [  # type: ignore[arg-type]
        {"a": [2, 3], "words": [2], "one": []},
        {"a": [2, 3]},
    ]


def test_a_file_cut_anywhere_is_an_error(lab: Page) -> None:
    content = packed(a=np.arange(12.0), b=np.arange(5))
    assert all(
        isinstance(one, str) for one in read(lab, *[content[:length] for length in range(len(content))])
    )


def test_flipped_bytes_are_told_or_change_nothing_of_the_numbers(lab: Page) -> None:
    content = packed(a=np.arange(12.0), b=np.arange(5))
    flipped = [
        content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :]
        for place in range(len(content))
    ]
    for answer in read(lab, *flipped):
        assert isinstance(answer, str) or sorted(answer.values()) == [[5], [12]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(npy(header(shape="(2, 4)"))), "shape does not fit"),
        (zipped(npy(header(shape="(99999999999, 99999999999)"))), "shape does not fit"),
        (zipped(npy(header(kind="<f8"))), "shape does not fit"),
        (zipped(npy(header(kind="<U0"))), "shape does not fit"),
        (zipped(npy(header(), bytes(23))), "shape does not fit"),
        (zipped(npy(header(kind="<c8", shape="(3,)"))), "type <c8 are not known"),
        (zipped(npy(header(fortran=True))), "column by column"),
        (zipped(b"no array"), "do not fit together"),
        (zipped(npy("{}")), "do not fit together"),
        (announcing(zipped(npy(header())), 4), "not as long as announced"),
        (announcing(zipped(npy(header()), zipfile.ZIP_DEFLATED), 999), "not as long as announced"),
        (announcing(zipped(bytes(9_000_000), zipfile.ZIP_DEFLATED), 999), "do not fit together"),
        (zipped(bytes(40_000_000), zipfile.ZIP_DEFLATED), "too large"),
    ],
    ids=lambda value: (
        f"{len(value)} bytes" if isinstance(value, bytes) else None
    ),  # they have the time in them
)
def test_what_does_not_agree_with_itself_is_refused(lab: Page, content: bytes, message: str) -> None:
    (answer,) = read(lab, content)
    assert message in answer


def test_every_published_file_is_read(lab: Page) -> None:
    for path in sorted((RESULTS / "playground").glob("*.npz")):
        (shapes,) = read(lab, path.read_bytes())
        with np.load(path) as arrays:
            assert shapes == {name: list(array.shape) for name, array in arrays.items()}


def test_a_file_swapped_with_another_is_told_and_the_picture_stays(visit: Callable[..., Page]) -> None:
    digits = RESULTS / "playground" / "digits.npz"
    swapped = {"**/gan_training.npz": lambda route: route.fulfill(path=digits)}
    view = visit("playground/", routes=swapped, forgiving=True).locator("[data-view=training]")
    view.scroll_into_view_if_needed()
    expect(view.locator(".notice")).to_contain_text("its data do not fit this page")
    expect(view.locator(":scope > img").first).to_be_visible()
