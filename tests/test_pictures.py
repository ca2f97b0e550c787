"""Images as people have them: whatever their size, kind and ink, the models see the same digit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generate.pictures import Unreadable, prepared, read, write_each, write_film, write_grid, write_pairs


def seven(side: int = 140, ink: int = 255, ground: int = 0, mode: str = "L") -> Image.Image:
    """A seven off the middle, in lines as thick as a pen's."""
    image = Image.new("L", (side, side), ground)
    places = [(0.2 * side, 0.15 * side), (0.6 * side, 0.15 * side), (0.35 * side, 0.7 * side)]
    ImageDraw.Draw(image).line(places, fill=ink, width=side // 14, joint="curve")
    return image.convert(mode)


def transparent() -> Image.Image:
    image = Image.new("RGBA", (140, 140), (0, 0, 0, 0))
    image.paste((20, 20, 60, 255), mask=seven())
    return image


def deep() -> Image.Image:
    return Image.fromarray(np.asarray(seven(), np.uint16) * 257)


KINDS: dict[str, Callable[[], Image.Image]] = {
    "bright.png": seven,
    "dark.png": lambda: seven(ink=0, ground=255),
    "rgb.png": lambda: seven(ink=0, ground=255, mode="RGB"),
    "photo.jpg": lambda: seven(ink=40, ground=215, mode="RGB"),
    "large.png": lambda: seven(700),
    "transparent.png": transparent,
    "deep.png": deep,
    "palette.gif": lambda: seven(mode="P"),
}


@pytest.fixture
def whole() -> np.ndarray:
    return prepared(np.asarray(seven(), np.float32) / 255)


@pytest.mark.parametrize("name", KINDS)
def test_a_digit_is_the_same_whatever_kind_of_picture_it_comes_in(
    tmp_path: Path, name: str, whole: np.ndarray
) -> None:
    KINDS[name]().save(tmp_path / name)
    found = read([tmp_path / name])
    assert found.images.shape == (1, 28, 28)
    assert np.abs(found.images[0] - whole).mean() < 0.02
    assert bool(found.dark) == (name in ("dark.png", "rgb.png", "photo.jpg"))


def test_it_is_laid_out_as_mnist_s_digits_are(whole: np.ndarray) -> None:
    rows, columns = (np.flatnonzero((whole > 0.3).any(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
    places = np.arange(28) + 0.5
    middle = [(whole.sum(1 - axis) * places).sum() / whole.sum() for axis in (0, 1)]
    assert np.abs(np.array(middle) - 14).max() < 0.6
    assert whole[0].max() == whole[:, 0].max() == 0


def test_an_image_of_the_models_size_is_left_as_it_is(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 255, (28, 28), np.uint8)
    image[0] = image[-1] = image[:, 0] = image[:, -1] = 0
    Image.fromarray(image).save(tmp_path / "a.png")
    np.testing.assert_allclose(read([tmp_path / "a.png"]).images[0], image / 255, atol=1e-6)


def test_what_ink_is_can_be_said(tmp_path: Path) -> None:
    seven(28).save(tmp_path / "a.png")
    as_told, turned = (read([tmp_path / "a.png"], ink).images for ink in ("bright", "dark"))
    np.testing.assert_allclose(turned, 1 - as_told, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.uint8, np.int64, bool])
@pytest.mark.parametrize("shape", [(4, 28, 28), (4, 784), (4, 1, 28, 28), (4, 28, 28, 1), (4, 28, 28, 3)])
def test_arrays_come_in_any_shape_and_type(tmp_path: Path, shape: tuple[int, ...], dtype: type) -> None:
    digits = np.stack([np.asarray(seven(28)) > 100] * 4)
    digits[:, 3, 3] = np.arange(4) % 2 == 0  # so that they can be told apart
    values = digits.astype(dtype) * (255 if dtype in (np.uint8, np.int64) else 1)
    laid = np.repeat(values[..., None], 3, -1) if shape[-1] == 3 else values.reshape(shape)
    np.save(tmp_path / "a.npy", laid)
    np.savez(tmp_path / "a.npz", images=laid, labels=np.arange(4))
    for file in ("a.npy", "a.npz"):
        found = read([tmp_path / file])
        np.testing.assert_allclose(found.images, digits, atol=1e-6)
        assert len(found.names) == 4


def saved(values: object) -> Callable[[Path], object]:
    return lambda path: np.savez(path, **(values if isinstance(values, dict) else {"images": values}))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (saved(np.zeros((3, 5, 7, 9))), r"shape \(3, 5, 7, 9\); \(N, 28, 28\).* expected"),
        (saved(np.zeros(17)), r"shape \(17,\)"),
        (saved(np.full((2, 28, 28), -1.0)), r"values from -1 to -1; 0 to 1, or 0 to 255 are expected"),
        (saved(np.full((2, 28, 28), 400)), r"values from 400 to 400"),
        (saved(np.full((2, 28, 28), np.nan)), r"values from nan to nan"),
        (saved(np.array(["3", "7"])), r"holds <U1, and no intensities"),
        (saved({"a": np.zeros(3), "b": np.zeros(3)}), r"holds a, b; .*under the name images"),
        (saved(np.zeros((2, 40, 40))), r"\[0\] is blank"),
        (saved(np.zeros((0, 28, 28))), r"no images"),
        (lambda path: path.write_bytes(b"PK\3\4 not a zip"), "could not be read as NumPy's"),
        (lambda path: path.write_bytes(b""), "could not be read as NumPy's"),
        (lambda path: path, "there is no file"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    tmp_path: Path, harm: Callable[[Path], object], words: str
) -> None:
    harm(tmp_path / "a.npz")
    with pytest.raises(Unreadable, match=words) as told:
        read([tmp_path / "a.npz"])
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n cut"])
def test_a_file_that_is_no_picture_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(Unreadable, match=r"a\.png could not be read as a picture"):
        read([tmp_path / "a.png"])


def test_what_is_written_for_other_tools_is_read_back(tmp_path: Path) -> None:
    images = np.random.default_rng(1).random((3, 28, 28)).astype(np.float32)
    write_each(tmp_path / "out", images, np.array([7, 7, 1]))
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["00000_7.png", "00001_7.png", "00002_1.png"]
    np.testing.assert_allclose(read(files, "bright").images, images, atol=1 / 255)


def test_pictures_show_every_image(tmp_path: Path) -> None:
    images = np.zeros((5, 28, 28), np.float32)
    images[:, 14, 14] = 1
    write_grid(tmp_path / "grid.png", images)
    write_pairs(tmp_path / "pairs.png", images, images)
    write_film(tmp_path / "film.gif", np.linspace(0, 1, 5, dtype=np.float32)[:, None, None] * images)
    for name, points in (("grid.png", 5), ("pairs.png", 10)):
        grey = np.asarray(Image.open(tmp_path / name).convert("L"))
        assert (grey < 60).sum() == points * 16, "each pixel is four by four"
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 8, "there and back, and each end once"
