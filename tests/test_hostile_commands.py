"""Any command line and any environment: done, or answered in words."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generate import commands
from generate.__main__ import main
from generate.build.build import Summary
from generate.build.catalogue import FIGURES
from generate.experiments import RUNS
from generate.workspace import ROOT
from tests.miniature import Effort

# What the system hands to a program: anything but the null character.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NAMES = [*RUNS, *FIGURES, "vae", "mnist", "digits", "cpu", "meta", "auto", "-", "--", "..", "/", "."]
PLACES = ["a.npz", "/a.npz", "../../../../a.npz", ".npz", "a/b/c.npz", f"{'a' * 300}.npz", "1e9", "nan"]
WORD = st.one_of(TEXT, st.sampled_from(NAMES), st.integers().map(str), st.sampled_from(PLACES))
FOLDER = st.one_of(TEXT, st.sampled_from(["file", "file/deeper", "a" * 300, "a/" * 3_000, "~", "a b", "é"]))
OPTIONS = (
    *("--only", "--fresh", "--dataset", "--jobs", "--device", "--scheduler", "--count", "--seed", "--out"),
    *("--images", "--rebuild", "--from", "--to", "--image", "--ink", "--label", "--prior", "--steps"),
    *("--help", "--record", "-x"),
)
VERBS = (
    *("list", "figures", "check", "train", "demo", "sample", "encode", "interpolate", "traverse"),
    *("compare", "export", ""),
)
LINE = st.builds(
    lambda verb, words: [*([verb] if verb else []), *words],
    st.sampled_from(VERBS),
    st.lists(st.one_of(WORD, st.sampled_from(OPTIONS)), max_size=6),
)


@pytest.fixture
def at_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, where nothing is trained, drawn or fetched."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("generate.workspace.ROOT", tmp_path)
    monkeypatch.setattr("generate.build.build.build", lambda *_: Summary((), (), (), 0, 0.0))
    monkeypatch.setattr("generate.training.runs.ensure", lambda *_: [])
    monkeypatch.setattr(commands, "build_site", lambda _: tmp_path)
    return tmp_path


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code, and what was said of an error."""
    capsys.readouterr()
    try:
        code = main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, capsys.readouterr().err


def examples(effort: Effort, count: int) -> Any:
    """The same examples every time, unless more is tried than all."""
    return settings(
        derandomize=effort.seed is not None,
        deadline=None,
        database=None,
        max_examples=effort.times(count),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.mark.usefixtures("at_rest")
def test_any_command_line_is_done_or_answered(
    capsys: pytest.CaptureFixture[str], effort: Effort, tally: Any
) -> None:
    @examples(effort, 300)
    @given(LINE)
    def answered(arguments: list[str]) -> None:
        code, told = outcome(arguments, capsys)
        assert code in (0, 1, 2), arguments
        assert code < 2 or "error: " in told, arguments
        assert "Traceback" not in told
        tally("hostile inputs: command lines")

    answered()


def test_any_data_folder_is_used_or_answered(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    effort: Effort,
    tally: Any,
) -> None:
    def refused(_: object) -> None:
        raise OSError("no network here")

    monkeypatch.setattr("torchvision.datasets.MNIST.download", refused)
    monkeypatch.setattr("generate.workspace.ROOT", tmp_path / "project")
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("no folder")

    @examples(effort, 60)
    @given(FOLDER)
    def answered(folder: str) -> None:
        monkeypatch.setitem(os.environ, "DATA_DIR", folder)
        code, told = outcome(["train", "VAE_2D", "--device", "cpu"], capsys)
        assert code == 2, folder
        assert told.startswith("error: "), folder
        assert "Traceback" not in told
        tally("hostile inputs: environment")

    answered()


def test_a_reader_that_has_heard_enough_is_no_error() -> None:
    command = f"{shlex.quote(sys.executable)} -m generate list | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
