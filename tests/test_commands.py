"""The command line: what it writes, and how it says no."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generate import commands, using
from generate.__main__ import main
from generate.build import check as checking
from generate.build.catalogue import FIGURES, RESULTS
from generate.build.freshness import read_manifest
from generate.experiments import FULL, RUNS
from generate.pipeline.manifest import entry_file
from generate.training import cluster
from generate.workspace import ROOT, Workspace, open_workspace
from tests.miniature import Tiny, republish

VERBS = (
    *("list", "figures", "check", "train", "demo", "sample", "encode", "interpolate", "traverse"),
    *("compare", "export"),
)


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    error: str


Command = Callable[..., Outcome]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command line; its exit code and what it printed."""

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return Outcome(code, told.out, told.err)

    return run


def working_in(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (commands, using):
        monkeypatch.setattr(room, "open_workspace", lambda *_, **__: workspace)


@pytest.fixture
def in_built(built: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    working_in(built, monkeypatch)


@pytest.fixture
def in_clone(clone: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    working_in(clone, monkeypatch)


# --- What is asked for wrongly. ---


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["train", "VAE2D"], "unknown run 'VAE2D'.*VAE_2D"),
        (["sample", "gan16", "--out", "a.npz"], "unknown run 'gan16'.*GAN_16D"),
        (["encode", "vae_2d", "--out", "a.npz"], "unknown run 'vae_2d'.*VAE_2D"),
        (["figures", "--dataset", "mnits"], "unknown dataset 'mnits'.*mnist"),
        (["figures", "--dataset", "digits", "--only", "vae/latent_plan"], "unknown figure.*vae/latent_plane"),
        (["figures", "--dataset", "digits", "--only", "comparee"], "unknown figure or chapter.*compare"),
        (["train", "--dataset", "digits", "--device", "gpu"], "no device 'gpu' here; try auto or .*cpu"),
        (["figurs"], "invalid choice: 'figurs'.*figures"),
        ([], "VERB"),
        (["sample", "GAN_16D"], "--out"),
        (["sample", "GAN_16D", "--out", "a.npz", "--count", "0"], "at least 1, not 0"),
        (["sample", "GAN_16D", "--out", "a.npz", "--count", "-3"], "at least 1, not -3"),
        (["sample", "GAN_16D", "--out", "a.npz", "--count", "many"], "must be a whole number, not 'many'"),
        (["sample", "GAN_16D", "--out", "a.npz", "--seed", "-1"], "from 0 to .*, not -1"),
        (["sample", "GAN_16D", "--out", "a.npz", "--seed", str(2**64)], "from 0 to"),
        (["sample", "GAN_16D", "--out", "a.jpg"], "must end in .npz or .png, or be a folder, not 'a.jpg'"),
        (["sample", "CGAN_16D", "--out", "a.npz", "--label", "-1"], "must be a digit, not -1"),
        (["encode", "VAE_2D", "--out", "codes"], "must end in .npz, not 'codes'"),
        (["encode", "VAE_2D"], "where to\\?.*--out FILE.npz.*--rebuild FILE.png"),
        (["encode", "VAE_2D", "--rebuild", "a.png"], "--rebuild draws the images of --images"),
        (["traverse", "VAE_2D", "--out", "a.png", "--steps", "1"], "at least 2, not 1"),
        (["compare", "3.png", "--ink", "blue", "--out", "a.png"], "auto.*bright.*dark"),
        (["interpolate", "VAE_2D", "--from", "3.png", "--out", "a.gif"], "--to"),
        (["demo", "--jobs", "0"], "at least 1, not 0"),
        (["demo", "--scheduler", "nonsense"], "must be an address such as tcp://host:8786, not 'nonsense'"),
    ],
    ids=lambda words: " ".join(words) or "nothing" if isinstance(words, list) else "",
)
def test_a_wrong_word_is_answered_with_what_was_meant(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], near: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("generate.workspace.ROOT", tmp_path)
    outcome = command(*arguments)
    assert outcome.code == 2
    assert re.search(near, outcome.error, re.DOTALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("in_built")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sample", "CLASSIFIER"], ["CLASSIFIER draws no images", "GAN_16D", "AE_2D"]),
        (["encode", "GAN_16D"], ["GAN_16D has no encoder", "VAE_16D", "AE_2D"]),
    ],
)
def test_a_model_that_cannot_is_answered_with_those_that_can(
    command: Command, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    outcome = command(*arguments, "--out", tmp_path / "a.npz")
    assert outcome.code == 2
    assert all(word in outcome.error for word in words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["figures", "train", "demo"])
def test_a_scheduler_that_does_not_answer_is_named(
    command: Command, clone: Workspace, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    def opened(*_: object, scheduler: str, **__: object) -> Workspace:
        return replace(clone, docs=clone.runs, scheduler=scheduler)

    monkeypatch.setattr(commands, "open_workspace", opened)
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.1)
    outcome = command(verb, "--scheduler", "tcp://127.0.0.1:1")
    assert outcome.code == 2
    assert "error: no Dask scheduler answers at tcp://127.0.0.1:1" in outcome.error


# --- Samples and codes. ---


@pytest.mark.parametrize("run", ["AE_2D", "VAE_16D", "GAN_16D", "CGAN_16D", "VAE_NLL"])
def test_samples_are_images_between_0_and_1(
    command: Command, tmp_path: Path, tiny: Tiny, monkeypatch: pytest.MonkeyPatch, run: str
) -> None:
    tiny.run(RUNS[run])
    working_in(tiny.workspace, monkeypatch)
    assert command("sample", run, "--count", 12, "--out", tmp_path / "new" / "a.npz").code == 0
    with np.load(tmp_path / "new" / "a.npz") as file:
        assert set(file) == ({"images", "labels"} if run == "CGAN_16D" else {"images"})
        images = file["images"]
    assert images.shape == (12, 28, 28)
    assert images.dtype == np.float32
    assert 0 <= images.min() < images.max() <= 1


@pytest.mark.usefixtures("in_built")
def test_the_same_seed_gives_the_same_samples(command: Command, tmp_path: Path) -> None:
    def samples(*options: object) -> np.ndarray:
        path = tmp_path / "a.npz"
        assert command("sample", "GAN_16D", "--out", path, *options).code == 0
        with np.load(path) as file:
            return file["images"]

    first = samples("--seed", 3, "--count", 5)
    assert np.array_equal(first, samples("--seed", 3, "--count", 5))
    assert not np.array_equal(first, samples("--seed", 4, "--count", 5))
    np.testing.assert_allclose(first, samples("--seed", 3, "--count", 9)[:5], atol=1e-5)
    assert len(samples()) == 100


@pytest.mark.usefixtures("in_built")
def test_codes_are_those_of_the_test_set(command: Command, tmp_path: Path, built: Workspace) -> None:
    for run, latent in (("AE_2D", 2), ("VAE_16D", 16)):
        assert command("encode", run, "--out", tmp_path / "a.npz").code == 0
        with np.load(tmp_path / "a.npz") as file:
            assert file["codes"].shape == (300, latent)
            assert file["codes"].dtype == np.float32
            assert np.array_equal(file["labels"], built.dataset_images.test.labels)


@pytest.mark.usefixtures("in_clone")
def test_a_fresh_clone_samples_from_the_published_weights(
    command: Command, tmp_path: Path, built: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("sample", "VAE_16D", "--count", 6, "--out", tmp_path / "clone.npz").code == 0
    working_in(built, monkeypatch)
    assert command("sample", "VAE_16D", "--count", 6, "--out", tmp_path / "built.npz").code == 0
    published, own = (np.load(tmp_path / f"{name}.npz")["images"] for name in ("clone", "built"))
    np.testing.assert_allclose(published, own, atol=0.01)


@pytest.mark.usefixtures("in_clone")
@pytest.mark.parametrize(
    "harm", [lambda path: path.write_bytes(b"junk"), Path.unlink], ids=["damaged", "missing"]
)
def test_weights_that_are_not_as_published_are_not_used(
    command: Command, clone: Workspace, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    harm(clone.weights(RUNS["GAN_2D"]))
    outcome = command("sample", "GAN_2D", "--out", tmp_path / "a.npz")
    assert outcome.code == 2
    assert "GAN_2D.safetensors" in outcome.error
    assert "make figures" in outcome.error
    assert not (tmp_path / "a.npz").exists()


@pytest.mark.usefixtures("in_clone")
def test_a_run_without_published_weights_says_how_to_get_them(command: Command, tmp_path: Path) -> None:
    outcome = command("sample", "AE_16D_SEED_1", "--out", tmp_path / "a.npz")
    assert outcome.code == 2
    assert "python -m generate train AE_16D_SEED_1" in outcome.error


# --- List, check, train, figures. ---


@pytest.mark.usefixtures("in_clone")
def test_check_tells_what_is_stale_by_its_exit_code_and_its_name(command: Command, clone: Workspace) -> None:
    outcome = command("check")
    assert outcome.code == 0
    assert outcome.out.startswith(f"{len(RUNS)} runs, {len(RESULTS)} results and {len(FIGURES)} figures")
    clone.result("gan/samples").unlink()
    outcome = command("check")
    assert outcome.code == 1
    assert "stale: gan/samples: data/results/gan/samples.npz is missing" in outcome.out
    assert "make figures" in outcome.out


@pytest.mark.usefixtures("in_clone")
def test_list_has_a_line_for_everything_and_its_state(command: Command, clone: Workspace) -> None:
    clone.result("gan/samples").unlink()
    outcome = command("list")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert len(lines) == len(RUNS) + len(RESULTS) + len(FIGURES)
    faulty = [line for line in lines if not line.endswith("up to date")]
    assert len(faulty) == 1
    assert faulty[0].split(maxsplit=2)[:2] == ["result", "gan/samples"]


@pytest.mark.usefixtures("in_clone")
def test_list_and_check_find_the_same(
    command: Command, clone: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "replay_fault", lambda *_: None)
    manifest = read_manifest(clone)
    manifest.runs["GAN_2D"]["key"] = manifest.results["vae/traversals"]["key"] = "another"
    manifest.results["gan/samples"]["weights"]["GAN_16D"] = "another"
    manifest.figures["gan/samples"]["files"]["dark"]["png"]["sha256"] = "another"
    republish(manifest)
    for kind, name in (("runs", "AE_2D"), ("results", "data/judge"), ("figures", "data/real_digits")):
        entry_file(clone.manifest, kind, name).unlink()
    listed = [line.split(maxsplit=2) for line in command("list").out.splitlines()]
    faulty = {(kind, name, fault) for kind, name, fault in listed if fault != "up to date"}
    assert {(kind, name) for kind, name, _ in faulty} >= {
        *(("run", "GAN_2D"), ("run", "AE_2D")),
        *(("result", "vae/traversals"), ("result", "gan/samples"), ("result", "data/judge")),
        *(("figure", "gan/samples"), ("figure", "data/real_digits")),
    }
    told = (f"stale: {'figure ' if kind == 'figure' else ''}{name}: {fault}" for kind, name, fault in faulty)
    *found, count = command("check").out.splitlines()
    assert set(found) == set(told)
    assert count.startswith(f"{len(faulty)} stale")


@pytest.mark.usefixtures("in_built")
def test_training_what_is_trained_does_nothing_and_says_so(command: Command) -> None:
    assert "trained 0 of 2 runs" in command("train", "VAE_2D", "AE_2D").out


@pytest.mark.usefixtures("in_clone")
def test_figures_say_what_was_made(command: Command) -> None:
    outcome = command("figures", "--only", "gan/loss_curves")
    assert outcome.code == 0
    for words in ("nothing to train", "nothing to measure", "1 figure", "0 files changed"):
        assert words in outcome.out


@pytest.mark.usefixtures("in_clone")
def test_a_disk_that_cannot_be_written_is_an_error_and_leaves_no_half_file(
    command: Command, clone: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = clone.docs / "figures/gan/loss_curves.dark.svg"
    figure.unlink()
    before = set(clone.docs.rglob("*"))

    begun = tempfile.mkstemp

    def refuse(prefix: str, **places: Any) -> tuple[int, str]:
        if figure.name in prefix:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return begun(prefix=prefix, **places)

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    outcome = command("figures", "--only", "gan/loss_curves")
    assert outcome.code == 2
    assert f"cannot write {figure}: Read-only file system" in outcome.error
    assert set(clone.docs.rglob("*")) == before


def test_an_interruption_is_said_in_words(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "check", interrupt)
    outcome = command("check")
    assert outcome.code == 130
    assert "last checkpoint" in outcome.error


# --- Help, and where things go. ---


def test_help_names_every_verb(command: Command) -> None:
    usage = command("--help").out
    for verb in VERBS:
        assert re.search(rf"^ +{verb}\s", usage, re.MULTILINE)
    assert "DATA_DIR" in usage


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["list"], 0),
        (["figures", "--only", "vae/latnet_plane"], 2),
        (["figures", "--dataset", "mnits"], 2),
        (["train", "VAE2D"], 2),
        (["sample", "GAN_16", "--out", "a.npz"], 2),
        (["encode", "VAE2D", "--out", "a.npz"], 2),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_what_needs_no_tensor_waits_for_no_import_of_it(
    tmp_path: Path, arguments: list[str], code: int
) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "generate", *arguments]
    here = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(ROOT)}}
    done = subprocess.run(command, **here, capture_output=True, text=True, check=False)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == code
    assert "argparse" in loaded
    assert loaded.isdisjoint({"torch", "matplotlib", "numpy", "sklearn"})


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(command: Command, verb: str) -> None:
    outcome = command(verb, "--help")
    assert outcome.code == 0
    assert f"python -m generate {verb}" in outcome.out


def test_the_demo_never_touches_docs() -> None:
    published, demo = open_workspace("mnist"), open_workspace(demo=True)
    assert published.docs == ROOT / "docs"
    assert published.budget == FULL
    assert demo.docs == ROOT / "build/demo/docs"
    assert demo.runs == ROOT / "build/demo/runs"
    assert demo.dataset == "digits"
    assert open_workspace("digits") == demo


def test_mnist_is_looked_for_where_data_dir_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert open_workspace().data_folder == tmp_path
    monkeypatch.setenv("DATA_DIR", "")
    assert open_workspace().data_folder == ROOT / "data"
