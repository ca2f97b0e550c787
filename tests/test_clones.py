"""A clone holds the bytes that were committed, whatever the Git that makes it is set to."""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Neither a person's settings nor the system's, and no repository but the one that is named.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
SETTINGS = [
    ["core.autocrlf=true"],
    ["core.autocrlf=false", "core.eol=crlf"],
    ["core.autocrlf=input"],
]
ILLEGAL = set('<>:"\\|?*') | {chr(code) for code in range(32)}  # in names on Windows
RESERVED = {
    "aux",
    "con",
    "nul",
    "prn",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}


def git(*arguments: str, folder: Path = ROOT, given: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def names() -> list[str]:
    """What belongs to the project: what Git tracks, and what is new and not ignored."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("this is no clone")
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return sorted({name for name in listed if name and (ROOT / name).is_file()})


@pytest.fixture(scope="module")
def repository(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit: the files as they are here."""
    place = tmp_path_factory.mktemp("repository") / "project.git"
    git("init", "-q", "--bare", str(place))
    here = (f"--git-dir={place}", f"--work-tree={ROOT}")
    git(*here, "update-index", "--add", "-z", "--stdin", given="\0".join(names))
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    git(*here, *who, "commit", "-q", "-m", "As it is")
    return place


@pytest.mark.parametrize("settings", SETTINGS, ids=" ".join)
def test_a_clone_has_the_same_bytes_whatever_git_is_set_to(
    repository: Path, names: list[str], tmp_path: Path, settings: Sequence[str]
) -> None:
    place = tmp_path / "clone"
    options = [word for setting in settings for word in ("-c", setting)]
    git("clone", "-q", *options, str(repository), str(place), folder=tmp_path)
    changed = [name for name in names if (place / name).read_bytes() != (ROOT / name).read_bytes()]
    assert changed == []
    assert git("status", "--porcelain", folder=place) == ""


def is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def attributes(names: Sequence[str], attribute: str) -> dict[str, str]:
    told = git("check-attr", "-z", "--stdin", attribute, given="\0".join(names)).split("\0")
    return dict(zip(told[::3], told[2::3], strict=False))


def test_every_binary_file_is_named_as_one_and_every_text_has_its_lines_settled(names: list[str]) -> None:
    # Git guesses by a file's first bytes: a binary file that it takes for text is damaged in a clone.
    text, ends = attributes(names, "text"), attributes(names, "eol")
    for name in names:
        if is_text((ROOT / name).read_bytes()):
            assert text[name] == "unset" or ends[name] == "lf", name
        else:
            assert text[name] == "unset", f"{name}: name its suffix in .gitattributes"


def test_no_line_of_a_text_ends_in_anything_but_a_line_feed(names: list[str]) -> None:
    contents = ((name, (ROOT / name).read_bytes()) for name in names)
    assert [name for name, content in contents if is_text(content) and b"\r" in content] == []


def test_what_the_code_makes_is_marked_as_made(names: list[str]) -> None:
    made = attributes(names, "linguist-generated")
    folders = ("docs/data/", "docs/figures/")
    expected = {name for name in names if name.startswith(folders)} | {
        "requirements.txt",
        "package-lock.json",
    }
    assert {name for name in expected if made[name] != "set"} == set()
    assert {name for name in names if made[name] == "set" and name.endswith((".py", ".md"))} == set()


def test_names_are_those_that_every_file_system_can_hold(names: list[str]) -> None:
    places = {str(folder) for name in names for folder in Path(name).parents} | set(names)
    alike = Counter(unicodedata.normalize("NFC", place).casefold() for place in places)
    assert [place for place, count in alike.items() if count > 1] == []
    for place in places - {"."}:
        name = Path(place).name
        assert not ILLEGAL & set(name), place
        assert not name.endswith((".", " ")), place
        assert name.partition(".")[0].lower() not in RESERVED, place
        assert len(place) < 150, place
