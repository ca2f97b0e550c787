"""The animations' decoder in a real browser: the same pixels for the same time as Pillow has."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Error, Page

GIFS = sorted((Path(__file__).parents[2] / "docs" / "figures").rglob("*.gif"))

DECODE = """async (data) => {
  const { read, painter } = await import(new URL("../assets/gif.js", location.href));
  const gif = read(Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0)).buffer);
  const paint = painter(gif);
  const pair = (byte) => byte.toString(16).padStart(2, "0");
  const hex = (bytes) => [...new Uint8Array(bytes)].map(pair).join("");
  const hash = async (index) => hex(await crypto.subtle.digest("SHA-256", paint(index).data));
  const frames = [];
  for (const index of gif.frames.keys()) frames.push([gif.frames[index].delay, await hash(index)]);
  return { frames, back: await hash(0) };
}"""


def frames(content: bytes) -> list[tuple[int, str]]:
    """The duration and the checksum of each frame, as Pillow reads them."""
    with Image.open(BytesIO(content)) as image:
        return [
            (int(frame.info["duration"]), sha256(frame.convert("RGBA").tobytes()).hexdigest())
            for frame in ImageSequence.Iterator(image)
        ]


def decoded(lab: Page, content: bytes) -> Any:
    return lab.evaluate(DECODE, b64encode(content).decode())


@pytest.mark.sampled(6)
@pytest.mark.parametrize("path", GIFS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_published_animation_is_read_as_pillow_reads_it(lab: Page, path: Path) -> None:
    content = path.read_bytes()
    expected = frames(content)
    assert decoded(lab, content) == {"frames": [list(frame) for frame in expected], "back": expected[0][1]}


def dots(colour: tuple[int, int, int, int], at: int) -> Image.Image:
    """A transparent picture with a square in it."""
    image = Image.new("RGBA", (40, 30))
    image.paste(colour, (at, at, at + 17, at + 9))
    return image


@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
def test_transparent_frames_are_put_together(lab: Page, disposal: int) -> None:
    first, *others = [
        dots(colour, at)
        for at, colour in enumerate([(9, 8, 7, 255), (250, 0, 3, 255), (0, 77, 0, 255), (1, 2, 200, 255)])
    ]
    buffer = BytesIO()
    first.save(
        buffer, "GIF", save_all=True, append_images=others, disposal=disposal, duration=[30, 50, 70, 90]
    )
    content = buffer.getvalue()
    assert decoded(lab, content)["frames"] == [list(frame) for frame in frames(content)]


DAMAGED = """async (files) => {
  const { read, painter } = await import(new URL("../assets/gif.js", location.href));
  return files.map((data) => {
    const started = performance.now();
    let told = "";
    try {
      const gif = read(Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0)).buffer);
      const paint = painter(gif);
      for (const index of gif.frames.keys()) paint(index);
    } catch (error) {
      told = error.constructor === Error ? error.message : `${error.constructor.name} is no message`;
    }
    return [told, performance.now() - started];
  });
}"""


def film() -> bytes:
    """Three frames, each of which changes a part of the one before."""
    first, *others = [dots((9, 8, 7, 255), at) for at in (0, 5, 9)]
    buffer = BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=others, disposal=1)
    return buffer.getvalue()


def told(lab: Page, files: list[bytes]) -> list[str]:
    """What the decoder says of each; none may keep it busy."""
    answers = lab.evaluate(DAMAGED, [b64encode(file).decode() for file in files])
    assert max(seconds for _, seconds in answers) < 2_000
    words = [message for message, _ in answers]
    assert not [message for message in words if "no message" in message]
    return words


def test_an_animation_cut_anywhere_is_an_error(lab: Page) -> None:
    content = film()
    assert told(lab, [content]) == [""]
    assert "" not in told(lab, [content[:length] for length in range(len(content))])


def test_no_damaged_byte_stops_the_page(lab: Page) -> None:
    content = film()
    flipped = [
        content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]
        for place in range(len(content))
        for mask in (1, 128, 255)
    ]
    assert {"it is not a GIF", "it ends too early", "a frame of it is broken"} <= {*told(lab, flipped)}


def test_an_animation_of_any_size_is_refused_before_it_takes_memory(lab: Page) -> None:
    content = film()
    start = content.index(b",", 13 + 3 * 4)
    huge = b"\xff\xff\xff\xff"
    screen = content[:6] + huge + content[10:]
    frame = content[: start + 5] + huge + content[start + 9 :]
    assert told(lab, [screen, frame]) == ["it is too large"] * 2


def test_a_broken_animation_is_an_error(lab: Page) -> None:
    content = bytearray(GIFS[0].read_bytes())
    content[2_000:3_000] = bytes(1_000)
    with pytest.raises(Error, match="broken"):
        decoded(lab, bytes(content))
