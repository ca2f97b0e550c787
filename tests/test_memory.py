"""What does not fit into memory is answered in a sentence, beforehand where it can be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest
import torch

from generate import commands, inference
from generate.__main__ import main
from generate.pipeline import memory


@pytest.mark.parametrize("count", [10**10, 10**30])
def test_samples_that_do_not_fit_are_refused_with_a_number_that_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    monkeypatch.setattr(inference, "free", lambda: 4_000_000_000)
    assert main(["sample", "GAN_16D", "--count", str(count), "--out", str(tmp_path / "a.npz")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith(f"error: {count:,} images would take ")
    assert "4.0 GB are free" in told
    fits = re.search(r"--count (\d+)", told)
    assert fits
    assert 100_000 <= int(fits[1]) * 28 * 28 * 4 / 3136 <= 4_000_000_000 / 3136
    assert list(tmp_path.iterdir()) == []
    inference._refuse_what_does_not_fit(int(fits[1]))


def in_numpy() -> None:
    np.empty(10**16, np.float32)


def in_torch() -> None:
    torch.empty(10**16)


def in_python() -> None:
    bytes(2**62)


def beyond_counting() -> None:
    torch.empty(2**62)


def on_a_gpu() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has ...")


def in_another_process() -> None:
    raise BrokenProcessPool("A process in the process pool was terminated abruptly")


def while_loading() -> None:
    raise ImportError("libtorch_cuda.so: failed to map segment from shared object")


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        (in_numpy, "memory has run out"),
        (in_torch, "memory has run out"),
        (in_python, "memory has run out"),
        (beyond_counting, "memory has run out"),
        (on_a_gpu, "the GPU's memory has run out"),
        (in_another_process, "a process at work has ended without a word, as they do where memory runs out"),
        (while_loading, "memory has run out"),
    ],
)
def test_memory_that_runs_out_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fail: Callable[[], None], words: str
) -> None:
    monkeypatch.setattr(commands, "check", lambda _: fail())
    assert main(["check"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {words}. Ask for less at once")
    assert told.count("\n") == 1


@pytest.mark.parametrize("error", [RuntimeError("shapes do not fit"), ImportError("no module named x")])
def test_a_mistake_of_ours_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(commands, "check", fail)
    with pytest.raises(type(error)):
        main(["check"])


@pytest.mark.parametrize(
    ("limit", "counts"), [("5000\n", True), ("max\n", False), ("9223372036854771712\n", False)]
)
def test_a_containers_limit_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, counts: bool
) -> None:
    (tmp_path / "limit").write_text(limit)
    monkeypatch.setattr(memory, "_LIMITS", (str(tmp_path / "absent"), str(tmp_path / "limit")))
    assert (memory.free() == 5000) == counts
    assert memory.free() > 0
