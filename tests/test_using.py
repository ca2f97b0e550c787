"""The verbs that use models, on a clone that has just been fetched."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import generate
from generate.__main__ import main


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.fixture(name="digits")
def drawn(tmp_path: Path) -> list[Path]:
    """A dark three and a dark eight, on paper."""
    files = []
    for name, image in zip(("3", "8"), generate.sample("CGAN_16D", 9)[[3, 8]], strict=True):
        large = Image.fromarray(np.uint8(255 - 255 * image)).resize((200, 200))
        large.save(file := tmp_path / f"{name}.png")
        files.append(file)
    return files


def test_own_images_are_encoded_and_rebuilt(
    tmp_path: Path, digits: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out, rebuilt = tmp_path / "codes.npz", tmp_path / "rebuilt.png"
    assert run("encode", "VAE_16D", "--images", *digits, "--rebuild", rebuilt, "--out", out) == 0
    said = capsys.readouterr().out
    assert "dark on bright, and turned round" in said
    assert "2 codes by VAE_16D" in said
    with np.load(out) as found:
        assert found["codes"].shape == (2, 16)
        assert [Path(name).name for name in found["names"]] == ["3.png", "8.png"]
    assert Image.open(rebuilt).size[1] > 200


def test_the_way_between_two_images_begins_and_ends_at_them(tmp_path: Path, digits: list[Path]) -> None:
    ends = ("--from", digits[0], "--to", digits[1], "--steps", 5)
    for name in ("walk.gif", "walk.png", "walk"):
        assert run("interpolate", "AE_16D", *ends, "--out", tmp_path / name) == 0
    first, last = (np.asarray(Image.open(tmp_path / f"walk/0000{i}.png")) / 255 for i in (0, 4))
    run("encode", "AE_16D", "--images", *digits, "--out", tmp_path / "codes.npz")
    rebuilt = generate.decode("AE_16D", np.load(tmp_path / "codes.npz")["codes"])
    np.testing.assert_allclose([first, last], rebuilt, atol=0.01)


def test_each_dimension_has_its_row(tmp_path: Path, digits: list[Path]) -> None:
    assert run("traverse", "VAE_2D", "--image", digits[0], "--steps", 3, "--out", tmp_path / "own.png") == 0
    assert run("traverse", "GAN_2D", "--steps", 3, "--out", tmp_path / "drawn.png") == 0
    assert Image.open(tmp_path / "own.png").size == Image.open(tmp_path / "drawn.png").size == (352, 232)


def test_one_s_own_digit_goes_through_all_three(tmp_path: Path, digits: list[Path]) -> None:
    assert run("compare", *digits, "--out", tmp_path / "all.png") == 0
    colours = {colour for _, colour in Image.open(tmp_path / "all.png").convert("RGB").getcolors(1 << 20)}
    assert len(colours) > 20


def test_samples_are_written_as_pictures(tmp_path: Path) -> None:
    assert run("sample", "GAN_16D", "--count", 4, "--out", tmp_path / "grid.png") == 0
    assert Image.open(tmp_path / "grid.png").size == (232, 232)
    assert run("sample", "CGAN_16D", "--count", 2, "--label", 7, "--out", f"{tmp_path}/sevens/") == 0
    assert sorted(file.name for file in (tmp_path / "sevens").iterdir()) == ["00000_7.png", "00001_7.png"]


PARTS = {
    "AE_2D": ["decoder", "encoder"],
    "VAE_16D": ["decoder", "encoder"],
    "CGAN_16D": ["generator"],
    "CLASSIFIER": ["classifier"],
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", PARTS)
def test_a_model_is_handed_over_to_those_who_have_none_of_this_code(tmp_path: Path, name: str) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    assert run("export", name, "--out", tmp_path) == 0
    # In a process of its own, where nothing of this project can be imported.
    use = f"from load import *\nassert 'generate' not in sys.modules\ntorch.manual_seed(0)\n{USE[name]}"
    code = f"import sys; sys.path.insert(0, '.')\n{use}\nprint(out.shape, out.min(), out.max())\n"
    save = "import numpy; numpy.savez('used.npz', given=given.numpy(), out=out.detach().numpy())"
    subprocess.run([sys.executable, "-I", "-c", code + save], cwd=tmp_path, check=True, capture_output=True)
    used = np.load(tmp_path / "used.npz")
    session = onnxruntime.InferenceSession(tmp_path / f"{PARTS[name][0]}.onnx")
    np.testing.assert_allclose(session.run(None, {"input": used["given"]})[0], used["out"], atol=1e-4)
    if name != "CLASSIFIER":
        own = generate.load(name)
        mine = generate.decode(name, used["given"][:, : own.latent])
        np.testing.assert_allclose(used["out"][:, 0], mine, atol=1e-4)
    card = (tmp_path / "README.md").read_text("utf-8")
    assert card.startswith(f"# {name}\n")
    assert "## Limits" in card
    assert all(f"`{part}`" in card for part in PARTS[name])
    assert re.search(r"^- `[\w/.]+`: [\d.e-]+$", card, re.MULTILINE), "something is measured"


USE = {
    "AE_2D": "given = torch.randn(3, 2); out = decoder(given)",
    "VAE_16D": "given = torch.randn(3, 16); out = decoder(given)",
    "CGAN_16D": "given = torch.cat([torch.randn(3, 16), torch.eye(10)[:3]], 1); out = generator(given)",
    "CLASSIFIER": "given = torch.rand(3, 1, 28, 28); out = classifier(given)",
}


def test_a_code_is_not_asked_of_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("encode", "VAE_2D", "--images", tmp_path / "3.png", "--out", tmp_path / "a.npz") == 2
    assert "there is no file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
