"""GIFs: palette, pace, loop, size, and bytes that do not vary."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageSequence

from generate.plotting import animation
from generate.plotting.animation import Animation, gif, palette
from generate.plotting.render import VISIBLE, encode, size

RAMP, KEYS = ("#ffffff", "#000000"), ("#ff0000",)


def moving(frames: int = 5) -> Animation:
    """Noise in greys with a red corner."""
    noise = np.random.default_rng(0).integers(0, 256, (frames, 20, 30, 1), np.uint8).repeat(3, axis=3)
    noise[:, :4, :4] = (255, 0, 0)
    return Animation(noise, RAMP, KEYS, seconds_per_frame=0.2)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_every_colour_is_of_the_palette_and_keys_survive() -> None:
    allowed = {tuple(colour) for colour in palette(moving(), 16).tolist()}
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(opened(gif(moving())))]
    used = {tuple(colour) for frame in frames for colour in frame.reshape(-1, 3).tolist()}
    assert used <= allowed
    assert all(tuple(frame[0, 0]) == (255, 0, 0) for frame in frames)


def test_it_loops_for_ever_and_rests_on_the_last_frame() -> None:
    image = opened(gif(moving()))
    durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert image.info["loop"] == 0
    assert durations == [200, 200, 200, 200, 1500]


def test_one_frame_is_enough() -> None:
    assert encode(moving(1))["gif"].startswith(b"GIF8")


def test_a_heavy_animation_gives_up_shades_then_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    rich = gif(moving())
    monkeypatch.setattr(animation, "LIMIT", 1)
    poor = gif(moving())
    assert len(poor) < len(rich)
    assert opened(poor).n_frames == 2  # type: ignore[attr-defined]


def test_bytes_are_the_same_every_time_and_the_still_is_the_last_frame() -> None:
    once, again = encode(moving()), encode(moving())
    assert once == again
    assert set(once) == {"gif", "png"}
    still = np.asarray(opened(once["png"]).convert("RGB"), float)
    errors = [np.sqrt(np.mean((still - frame) ** 2)) for frame in moving().frames]
    assert errors[-1] < VISIBLE < min(errors[:-1])
    assert size(moving()) == (30, 20)


def test_the_greys_go_from_one_end_of_the_ramp_to_the_other() -> None:
    for shades, _ in animation.ECONOMIES:
        colours = palette(moving(), shades).tolist()
        assert colours[0] == [255, 255, 255]
        assert colours[shades - 1] == [0, 0, 0]
        assert colours[shades:] == [[255, 0, 0]]


@pytest.mark.parametrize(("shades", "stride"), animation.ECONOMIES)
def test_with_fewer_frames_it_keeps_its_pace_and_its_last_frame(shades: int, stride: int) -> None:
    film = moving(8)
    film.frames[:, 10:, 10:] = 0
    film.frames[-1, 10:, 10:] = 255  # to be told from all others
    told = ImageSequence.Iterator(opened(animation._encoded(film, shades, stride)))
    frames = [frame.copy() for frame in told]
    durations = [frame.info["duration"] for frame in frames]
    assert durations == [200 * stride] * (len(frames) - 1) + [1500]
    assert len(frames) == -(-8 // stride)
    assert frames[-1].convert("RGB").getpixel((25, 15)) == (255, 255, 255)
