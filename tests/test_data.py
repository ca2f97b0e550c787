"""The data sets, and what is said when one is missing or damaged."""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
from http.client import IncompleteRead
from pathlib import Path
from urllib.error import HTTPError, URLError

import numpy as np
import pytest
import torch

from generate import data
from generate.__main__ import main
from generate.data import DataError, Dataset, first_of_each
from generate.pipeline.registry import UnknownName

SIZES = {"train": 12, "t10k": 5}


def idx(array: np.ndarray) -> bytes:
    """The format of MNIST's raw files."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def raw_files() -> dict[str, bytes]:
    random = np.random.RandomState(0)
    files = {}
    for part, size in SIZES.items():
        files[f"{part}-images-idx3-ubyte"] = idx(random.randint(0, 256, (size, 28, 28)))
        files[f"{part}-labels-idx1-ubyte"] = idx(np.arange(size) % 10)
    return files


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A small stand-in for MNIST whose checksums are the pinned ones."""
    files = raw_files()
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    monkeypatch.setattr(data, "_MNIST_FILES", sums)
    monkeypatch.setattr(data, "MNIST_TRAIN", 8)
    return files


@pytest.fixture
def mnist(pinned: dict[str, bytes], tmp_path: Path) -> Path:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in pinned.items():
        (raw / name).write_bytes(content)
    return tmp_path


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise URLError("no network here")

    monkeypatch.setattr("urllib.request.urlopen", refuse)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return data.load("digits", Path())


def splits(dataset: Dataset) -> list[data.Split]:
    return [dataset.train, dataset.validation, dataset.test]


def test_built_in_digits_need_no_file_and_are_split_in_three(digits: Dataset) -> None:
    assert [len(split) for split in splits(digits)] == [1297, 200, 300]
    assert all(set(split.labels.tolist()) == set(range(10)) for split in splits(digits))


def test_no_image_is_in_two_splits(digits: Dataset) -> None:
    images = [{image.numpy().tobytes() for image in split.images} for split in splits(digits)]
    assert not (images[0] & images[1] or images[0] & images[2] or images[1] & images[2])


def test_images_are_bytes_with_bright_ink_and_a_dark_frame(digits: Dataset) -> None:
    for split in splits(digits):
        assert split.images.dtype == torch.uint8
        assert split.images.shape[1:] == (28, 28)
        assert split.images[:, :3].max() == 0
        assert split.images.max() == 255
        assert split.labels.dtype == torch.int64


def test_networks_get_floats_between_0_and_1(digits: Dataset) -> None:
    inputs = digits.test.inputs(torch.tensor([2, 5]))
    assert inputs.shape == (2, 1, 28, 28)
    assert inputs.dtype == torch.float32
    assert inputs.max() <= 1
    torch.testing.assert_close(inputs[1, 0] * 255, digits.test.images[5].float())
    assert len(digits.test.inputs()) == 300


def test_the_first_of_each_digit_come_digit_by_digit(digits: Dataset) -> None:
    index = first_of_each(digits.test, 2)
    assert digits.test.labels[index].tolist() == [digit for digit in range(10) for _ in range(2)]
    for digit in range(10):
        first, second = index[2 * digit : 2 * digit + 2].tolist()
        assert (digits.test.labels[:second] == digit).nonzero()[:, 0].tolist() == [first]


def test_mnist_validates_on_the_end_of_the_training_images(mnist: Path) -> None:
    dataset = data.load("mnist", mnist)
    assert [len(split) for split in splits(dataset)] == [8, 4, 5]
    assert torch.cat([dataset.train.labels, dataset.validation.labels]).tolist() == [*range(10), 0, 1]
    assert dataset.test.images.dtype == torch.uint8


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def corrupt(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def swap(path: Path) -> None:
    path.write_bytes((path.parent / "t10k-images-idx3-ubyte").read_bytes())


@pytest.mark.parametrize("harm", [truncate, corrupt, swap])
def test_a_damaged_file_is_named_with_both_checksums(mnist: Path, harm) -> None:
    path = mnist / "MNIST" / "raw" / "train-images-idx3-ubyte"
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    harm(path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(DataError, match=f"(?s){path} .*expected sha256 {expected}.*found +sha256 {found}"):
        data.load("mnist", mnist)


@pytest.mark.usefixtures("no_network")
def test_missing_mnist_is_said_in_words_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "here"))
    monkeypatch.setattr("generate.workspace.ROOT", tmp_path / "project")
    assert main(["train", "VAE_2D", "--device", "cpu"]) == 2
    told = capsys.readouterr().err
    for words in (str(tmp_path / "here" / "MNIST" / "raw"), "DATA_DIR", "make demo", *data._MNIST_FILES):
        assert words in told
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} <= {".lock", ".lock.json"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            URLError(socket.gaierror(-3, "Temporary failure in name resolution")),
            "Temporary failure in name resol",
        ),
        (URLError(ssl.SSLError(1, "[SSL: BAD] certificate verify failed")), "certificate verify failed"),
        (HTTPError("http://a", 407, "Proxy Authentication Required", {}, None), "HTTP Error 407: Proxy Auth"),  # type: ignore[arg-type]
        (TimeoutError("timed out"), "timed out"),
    ],
    ids=lambda given: "" if isinstance(given, str) else type(given).__name__,
)
def test_a_failed_download_tells_what_each_mirror_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    from torchvision.datasets import MNIST

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr(MNIST, "mirrors", ["https://one.example/", "https://two.example/"])
    with pytest.raises(DataError) as raised:
        data.load("mnist", tmp_path)
    told = str(raised.value).splitlines()
    causes = [line for line in told if line.startswith("  ")]
    assert any(words in line for line in causes)
    assert isinstance(error, TimeoutError) or all(
        any(mirror in line and words in line for line in causes) for mirror in MNIST.mirrors
    )
    assert len(causes) == len(set(causes)) <= 4
    assert "Errno" not in str(raised.value)
    assert "urlopen" not in str(raised.value)


def test_the_causes_of_an_error_are_said_once_each_from_the_outermost() -> None:
    try:
        try:
            raise ConnectionRefusedError(111, "Connection refused")
        except OSError as first:
            raise URLError(first) from first
    except URLError as second:
        outer = RuntimeError("nothing came")
        outer.__cause__ = second
    assert [*dict.fromkeys(data._causes(outer))] == ["nothing came", "Connection refused"]


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(DataError, match=rf"^{folder} is not a folder\. Name the one .* DATA_DIR=\.\.\.$"):
            data.load("mnist", folder)


def test_mnist_is_looked_for_in_the_same_folder_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATA_DIR", raising=False)
    here = data.default_folder()
    monkeypatch.chdir(tmp_path)
    assert data.default_folder() == here == Path(__file__).parents[1] / "data"
    monkeypatch.setenv("DATA_DIR", "elsewhere")  # as a person means it: from where they are
    assert data.default_folder().absolute() == tmp_path / "elsewhere"


def test_what_is_at_hand_is_mnist_and_nothing_is_said(
    mnist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert data.at_hand(mnist).title == "MNIST"
    assert capsys.readouterr().out == ""


def test_a_notebook_that_has_no_mnist_says_where_it_looked_and_what_helps(
    pinned: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(data, "_BESIDE", tmp_path / "data")
    monkeypatch.delenv("DATA_DIR", raising=False)
    assert data.at_hand().title == "scikit-learn's digits"
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    for words in (str(tmp_path / "data"), "DATA_DIR", 'data.load("mnist", data.default_folder())'):
        assert words in told
    # What it says helps: a folder that is filled is found, from a notebook's own folder too.
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in pinned.items():
        (raw / name).write_bytes(content)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert data.at_hand().title == "MNIST"


@pytest.mark.parametrize(
    "error", [ConnectionResetError("gone"), IncompleteRead(b""), OSError(28, "full disk")]
)
def test_an_interrupted_download_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fetch(_: str, filename: str, *__: object) -> None:
        Path(filename).write_bytes(b"the first half")
        raise error

    monkeypatch.setattr("torchvision.datasets.utils._urlretrieve", fetch)
    monkeypatch.setattr("torchvision.datasets.utils._get_redirect_url", lambda url, **_: url)
    with pytest.raises(DataError, match="could not be downloaded"):
        data.load("mnist", tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_downloaded_is_checked_and_kept(
    pinned: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(_: str, filename: str, *__: object) -> None:
        Path(filename).write_bytes(gzip.compress(pinned[Path(filename).stem]))

    monkeypatch.setattr("torchvision.datasets.utils._urlretrieve", fetch)
    monkeypatch.setattr("torchvision.datasets.utils._get_redirect_url", lambda url, **_: url)
    monkeypatch.setattr(
        "torchvision.datasets.utils.check_integrity", lambda path, _=None: Path(path).exists()
    )
    assert len(data.load("mnist", tmp_path / "new").train) == 8
    kept = {path.name for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert kept == set(pinned)


def test_checksums_identify_the_data_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert data.checksum("mnist") != data.checksum("digits")


@pytest.mark.parametrize("ask", [data.checksum, lambda name: data.load(name, Path())])
def test_an_unknown_dataset_is_answered_with_near_matches(ask) -> None:
    with pytest.raises(UnknownName, match="unknown dataset 'mnst': did you mean mnist"):
        ask("mnst")
