"""The data sets as uint8 tensors in memory: MNIST, and scikit-learn's built-in digits for demo and tests."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from generate.pipeline.errors import UserError
from generate.pipeline.files import LARGEST, sha256
from generate.pipeline.registry import find

# Imported where tensors are made: checksums alone tell what is out of date.
if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor

DIGITS, MNIST = "digits", "mnist"  # their names in ``DATASETS``
DIGITS_TRAIN, MNIST_TRAIN = 1_297, 55_000  # images
ASIDE = ".part-"

_MNIST_FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_BESIDE = Path(__file__).resolve().parents[1] / "data"  # as docs/ and runs/ are, wherever a command is called
_SHELL = re.compile(r"<urlopen error (?:\[.*?\] )?(.*)>|\[Errno .*?\] ")  # around what is to be read


class DataError(UserError):
    """A data set is missing or damaged; the message says what to do."""


@dataclass(frozen=True)
class Split:
    """Images (N, 28, 28) uint8, ink bright on dark as MNIST has it, and labels (N,) int64."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def inputs(self, index: Tensor | slice = slice(None)) -> Tensor:
        """The images as networks take them: (N, 1, 28, 28) float32 in [0, 1]."""
        return self.images[index].unsqueeze(1).float().div_(255)

    def first(self, count: int) -> Split:
        """The first ``count`` images."""
        return Split(self.images[:count], self.labels[:count])

    def to(self, device: str | torch.device) -> Split:
        """The split on a device."""
        return Split(self.images.to(device), self.labels.to(device))


@dataclass(frozen=True)
class Dataset:
    """Three disjoint splits; the test split is for reporting alone."""

    title: str
    train: Split
    validation: Split
    test: Split

    @property
    def development(self) -> Split:
        """All that is not for reporting: training and then validation images, MNIST's own training set."""
        import torch

        parts = self.train, self.validation
        return Split(torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts]))


@dataclass(frozen=True)
class Source:
    """Where a data set comes from: its training images, how it is read, what identifies it.

    ``read`` takes a folder in which ``fetch`` has seen to it that everything is there and whole. ``checksum``
    needs no file.
    """

    train_images: int
    read: Callable[[Path], Dataset]
    checksum: Callable[[], str]
    fetch: Callable[[Path], None] = lambda _: None


@cache
def load(name: str, folder: Path) -> Dataset:
    """The data set called ``name``, read once in a process.

    Raises:
        UnknownName: there is no such data set.
        DataError: MNIST is neither in ``folder`` nor to be had, or a file of it is damaged.
    """
    found = source(name)
    found.fetch(folder)
    return found.read(folder)


def source(name: str) -> Source:
    """A data set's entry in the table.

    Raises:
        UnknownName: there is none.
    """
    return find(DATASETS, name, "dataset")


def definitions(name: str) -> list[str]:
    """The code that decides what is read, by its dotted names."""
    return [f"{part.__module__}.{part.__qualname__}" for part in (Split, Dataset, source(name).read)]


def at_hand(folder: Path | None = None) -> Dataset:
    """MNIST where its files are in ``folder``, else the built-in digits, which it says; downloads nothing."""
    folder = folder or default_folder()
    if _complete(folder):
        return load(MNIST, folder)
    print(
        f"MNIST is not in {folder}: these are scikit-learn's built-in digits. Name the folder that holds "
        'MNIST/raw with DATA_DIR, or download it (12 MB): data.load("mnist", data.default_folder())',
        flush=True,
    )
    return load(DIGITS, folder)


def checksum(name: str) -> str:
    """What identifies the data in run keys; needs no file for MNIST, whose sums are pinned."""
    return source(name).checksum()


def first_of_each(split: Split, count: int = 1) -> Tensor:
    """Indices (10 * count,) of the first ``count`` images of each digit, digit by digit."""
    import torch

    return torch.cat([(split.labels == digit).nonzero()[:count, 0] for digit in range(10)])


def _mnist(folder: Path) -> Dataset:
    """55,000 digits of 28 x 28 train, 5,000 validate, 10,000 test."""
    from torchvision.datasets import MNIST as Archive  # noqa: N811

    train, test = (_split(Archive(str(folder), train=train)) for train in (True, False))
    held = Split(train.images[MNIST_TRAIN:], train.labels[MNIST_TRAIN:])
    return Dataset("MNIST", train.first(MNIST_TRAIN), held, test)


def _fetch_mnist(folder: Path) -> None:
    if not _complete(folder):
        _download(folder)
    for name, expected in _MNIST_FILES.items():
        _verify(folder / "MNIST" / "raw" / name, expected)


def _complete(folder: Path) -> bool:
    return all((folder / "MNIST" / "raw" / name).exists() for name in _MNIST_FILES)


def _download(folder: Path) -> None:
    from http.client import HTTPException

    from torchvision.datasets import MNIST as Archive  # noqa: N811

    raw = Path("MNIST", "raw")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        print(f"MNIST is not in {folder}; downloading it (12 MB) ...", flush=True)
        # Fetched aside and moved when complete, so that an interruption leaves nothing half-written.
        for left in folder.glob(f"{ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=ASIDE, dir=folder) as aside:
            Archive(aside, download=True)
            (folder / raw).mkdir(parents=True, exist_ok=True)
            for name in _MNIST_FILES:
                (aside / raw / name).replace(folder / raw / name)
    except (FileExistsError, NotADirectoryError) as error:
        raise DataError(
            f"{folder} is not a folder. Name the one that holds MNIST/raw with DATA_DIR=..."
        ) from error
    except (RuntimeError, OSError, HTTPException) as error:
        causes = "\n".join(f"  {cause}" for cause in dict.fromkeys(_causes(error)))
        raise DataError(
            f"MNIST is not in {folder} and could not be downloaded:\n{causes}\n"
            f"Put its four files ({', '.join(_MNIST_FILES)}), unzipped, into {folder / 'MNIST' / 'raw'}, "
            "or name the folder that holds MNIST/raw with DATA_DIR=...\n"
            "`make demo` needs no download."
        ) from error


def _causes(error: BaseException | None) -> Iterator[str]:
    """What led to an error, a line each: what it says, where it was tried, and then what it came from."""
    while error:
        # torchvision tells of every mirror in two lines: which one, and what it answered.
        text = re.sub(r", got:\s+", ": ", str(error).strip() or type(error).__name__)
        for line in text.splitlines():
            yield _SHELL.sub(r"\1", line).strip().rstrip(":.")[:200]
        reason, before = getattr(error, "reason", None), error.__cause__ or error.__context__
        error = reason if isinstance(reason, BaseException) else before


def _verify(path: Path, expected: str) -> None:
    try:
        size = path.stat().st_size
        found = sha256(path) if size <= LARGEST else f"none: it has {size:,} bytes"
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}. Is it a file, and yours to read?"
        ) from error
    if found != expected:
        raise DataError(
            f"{path} is not the file it should be.\n  expected sha256 {expected}\n  found    sha256 {found}\n"
            "It may be truncated, damaged or swapped with another: delete it, and it is downloaded again."
        )


def _split(archive: object) -> Split:
    return Split(archive.data.clone(), archive.targets.clone())  # type: ignore[attr-defined]


def _mnist_checksum() -> str:
    return hashlib.sha256("".join(_MNIST_FILES.values()).encode()).hexdigest()


def _digits(_: Path) -> Dataset:
    """1,797 digits of 8 x 8, enlarged and framed like MNIST: 1,297 train, 200 validate, 300 test."""
    import numpy as np
    import torch

    images, labels = _digit_arrays()
    small = torch.from_numpy(images).float().div(16).unsqueeze(1)
    large = torch.nn.functional.interpolate(small, size=(22, 22), mode="bicubic", align_corners=False)
    framed = torch.nn.functional.pad(large.clamp(0, 1), (3, 3, 3, 3)).mul(255).round().to(torch.uint8)
    split = Split(framed.squeeze(1), torch.from_numpy(labels).long())
    # The file is ordered by writer: a fixed shuffle gives every split every writer.
    order = torch.from_numpy(np.random.RandomState(0).permutation(len(split)))
    parts = torch.split(order, [DIGITS_TRAIN, 200, 300])
    return Dataset(
        "scikit-learn's digits", *(Split(split.images[part], split.labels[part]) for part in parts)
    )


@cache
def _digit_arrays() -> tuple[np.ndarray, np.ndarray]:
    import numpy as np
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.images.astype(np.uint8), digits.target.astype(np.uint8)


def _digits_checksum() -> str:
    images, labels = _digit_arrays()
    return hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()


def default_folder() -> Path:
    """Where MNIST is looked for and kept: ``DATA_DIR`` as it was typed, else ``data/`` in this clone."""
    return Path(os.environ.get("DATA_DIR") or _BESIDE)


DATASETS = {
    MNIST: Source(MNIST_TRAIN, _mnist, _mnist_checksum, _fetch_mnist),
    DIGITS: Source(DIGITS_TRAIN, _digits, _digits_checksum),
}
