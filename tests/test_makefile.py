"""What ``make`` hands on: values as they were typed, mistakes in words, and nothing to a shell.

A stub stands in for the environment's Python and prints what it was called with.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUB = """#!/bin/sh
[ "$1" = -Ic ] && { echo 1; exit; }
for argument; do printf '%s\\n' "$argument"; done
for name in DATA_DIR SITE_URL REPO_URL EDIT_URI; do eval "echo \\"$name=\\$$name\\""; done
echo "DATE=$SOURCE_DATE_EPOCH"
"""
NASTY = [
    "'; touch x; '",
    '"; touch x; "',
    "$(touch x)",
    "`touch x`",
    "$(shell touch x)",
    "a b  c",
    "--fresh",
    "$$",
]
SETTINGS = {
    "ONLY": "only",
    "JOBS": "jobs",
    "DEVICE": "device",
    "DATASET": "dataset",
    "SCHEDULER": "scheduler",
}

Make = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clone whose environment is ready, as far as make can tell."""
    place = tmp_path / "à part"
    (place / ".venv/bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copyfile(ROOT / name, place / name)
    (place / ".venv/bin/python").write_text(STUB)
    (place / ".venv/bin/python").chmod(0o755)
    (place / ".venv/.ready").touch()
    return place


@pytest.fixture
def make(folder: Path) -> Make:
    """Run make as from a shell of its own."""
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *arguments],
            cwd=folder,
            env=inherited | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("variable", SETTINGS)
def test_values_reach_the_program_as_typed(make: Make, folder: Path, variable: str, value: str) -> None:
    for done in (make("figures", f"{variable}={value}"), make("figures", **{variable: value})):
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[:4] == [
            "-m",
            "generate",
            "figures",
            f"--{SETTINGS[variable]}={value}",
        ]
    assert not (folder / "x").exists()


@pytest.mark.parametrize("value", ["1", "yes", "true"])
@pytest.mark.parametrize(
    ("verb", "variable", "flag"),
    [("figures", "FRESH", "--fresh"), ("bench", "FULL", "--full"), ("audit", "QUICK", "--quick")],
)
def test_yes_is_yes(make: Make, verb: str, variable: str, flag: str, value: str) -> None:
    assert flag in make(verb, f"{variable}={value}").stdout.splitlines()


@pytest.mark.parametrize("value", ["", "0", "no", "false"])
def test_no_is_no(make: Make, value: str) -> None:
    done = make("figures", f"FRESH={value}")
    assert done.returncode == 0
    assert "figures" in done.stdout
    assert "--fresh" not in done.stdout


@pytest.mark.parametrize("variable", ["FRESH", "FULL", "QUICK"])
@pytest.mark.parametrize("value", ["maybe", "nope", "2", "1 no", "'", "$(shell touch x)"])
def test_anything_else_is_refused_before_it_starts(
    make: Make, folder: Path, variable: str, value: str
) -> None:
    for verb in ("figures", "bench", "audit"):
        done = make(verb, f"{variable}={value}")
        assert done.returncode != 0
        assert done.stdout == ""
        assert "is neither yes nor no" in done.stderr
    assert not (folder / "x").exists()


@pytest.mark.parametrize("verb", ["figures", "demo", "bench", "notebooks"])
@pytest.mark.parametrize("value", ["nowhere", "Makefile", "it's not there"])
def test_a_data_folder_that_is_none_is_told_before_it_starts(make: Make, verb: str, value: str) -> None:
    done = make(verb, f"DATA_DIR={value}")
    assert done.returncode != 0
    assert done.stdout == ""
    assert f"DATA_DIR={value} is not a folder" in done.stderr


def test_a_data_folder_may_have_any_name(make: Make, folder: Path) -> None:
    name = 'it\'s "d" $HOME $(x) à'
    (folder / name).mkdir()
    assert f"DATA_DIR={name}" in make("figures", f"DATA_DIR={name}").stdout.splitlines()


@pytest.mark.parametrize(
    ("verb", "words"),
    [("serve", "serve"), ("site", "build --strict"), ("publish", "gh-deploy --strict")],
)
def test_the_site_is_built_for_the_address_that_is_named(make: Make, verb: str, words: str) -> None:
    given = {"SITE_URL": "https://a.org/$b/", "REPO_URL": "https://a.org/`c`", "EDIT_URI": "-/edit/d e/"}
    typed = [f"{name}={value}" for name, value in given.items()]
    for done in (make(verb, *typed), make(verb, **given)):
        lines = done.stdout.splitlines()
        assert lines[: len(words.split()) + 3] == ["-m", "site_src.address", "mkdocs", *words.split()]
        assert set(typed) <= set(lines)
        assert done.stderr == ""


def test_the_demo_is_served_by_the_command_that_it_names(make: Make) -> None:
    assert make("serve-demo").stdout.splitlines()[:3] == ["-m", "generate", "serve-demo"]


def test_the_site_is_dated_by_its_commit(make: Make, folder: Path) -> None:
    def date(**variables: str) -> str:
        return re.findall(r"DATE=(.*)", make("site", **variables).stdout)[0]

    fallback = date()
    assert int(fallback) > 0
    assert date() == fallback
    assert date(SOURCE_DATE_EPOCH="5") == "5"
    assert date(GIT_DIR=str(folder / "absent")) == fallback


def test_help_lists_every_verb(make: Make) -> None:
    listed = re.findall(r"^make (\S+) +\S", make("help").stdout, re.MULTILINE)
    documented = re.findall(r"^([\w-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert listed == documented
    assert "audit-deps" in listed


def test_no_git_is_no_complaint(folder: Path) -> None:
    tools = folder / "tools"
    tools.mkdir()
    for name in ("sh", "sed", "awk", "test", "printf", "echo", "touch", "rm"):
        (tools / name).symlink_to(shutil.which(name) or name)
    make_itself = shutil.which("make") or "make"
    done = subprocess.run(
        [make_itself, "check"],
        cwd=folder,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("harm", ["no mark", "no python", "empty python"])
def test_an_environment_that_is_not_whole_is_made_anew(make: Make, folder: Path, harm: str) -> None:
    python = folder / ".venv/bin/python"
    if harm == "no mark":
        (folder / ".venv/.ready").unlink()
    else:
        python.unlink()
    if harm == "empty python":
        python.touch(mode=0o755)
    plan = make("-n", "setup").stdout
    assert "rm -rf .venv;" in plan
    assert "Setting up" in plan


def test_new_pins_are_installed_into_an_environment_that_is_whole(make: Make, folder: Path) -> None:
    assert "Setting up" not in make("-n", "setup").stdout
    os.utime(folder / ".venv/.ready", (0, 0))
    plan = make("-n", "setup").stdout
    assert "rm -rf" not in plan
    assert "pip sync" in plan


def test_uv_itself_comes_pinned_and_checked(make: Make, folder: Path) -> None:
    (folder / ".venv/.ready").unlink()
    plan = make("-n", "setup").stdout
    program = re.search(r"awk '(.*)' requirements\.txt", plan)
    assert program is not None
    assert "--require-hashes --no-deps" in plan
    done = subprocess.run(
        ["awk", program[1], "requirements.txt"], cwd=folder, capture_output=True, text=True, check=True
    )
    first, *hashes = done.stdout.splitlines()
    assert re.match(r"uv==[\d.]+ ", first)
    assert hashes
    assert all("--hash=sha256:" in line for line in hashes)
