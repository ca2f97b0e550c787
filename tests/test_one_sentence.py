"""What cannot be done is answered in one sentence and exit code 2, before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from generate.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["figures", "--device", "mps"], "no device 'mps' here"),
        (["figures", "--device", "cuda:9"], "no device 'cuda:9' here"),
        (["figures", "--device", "nonsense"], "no device 'nonsense' here"),
        (["train", "--device", "cpu:1:2"], "no device 'cpu:1:2' here"),
        (["figures", "--jobs", "0"], "--jobs: must be at least 1, not 0"),
        (["figures", "--jobs", "two"], "--jobs: must be a whole number, not 'two'"),
        (["train", "--scheduler", "host"], "must be an address such as tcp://host:8786, not 'host'"),
        (["figures", "--only", "vae/latnet_plane"], "did you mean vae/latent_plane"),
        (["sample", "GAN_16D"], "--out"),
        (["sample", "GAN_16D", "--count", "0", "--out", "a.npz"], "must be at least 1, not 0"),
        (["figurs"], "invalid choice: 'figurs'"),
        (["demo", "--fast"], "--fast"),
        ([], "VERB"),
    ],
    ids=lambda given: " ".join(given) or "nothing" if isinstance(given, list) else "",
)
def test_a_wrong_demand_is_answered_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    if "mps" in arguments and torch.backends.mps.is_available():
        pytest.skip("there is one")
    monkeypatch.setattr("generate.workspace.ROOT", tmp_path / "project")
    monkeypatch.chdir(tmp_path)
    try:
        code = main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1
    assert words in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_a_file_is_answered_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr("generate.workspace.ROOT", tmp_path / "project")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", "file")
    assert main(["train", "VAE_2D", "--device", "cpu"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "error: file is not a folder. Name the one that holds MNIST/raw with DATA_DIR=...\n"
