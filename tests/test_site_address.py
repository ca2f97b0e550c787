"""The site knows where it will be, whichever way the clone's remote is written, and tells no secret of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from site_src import address
from site_src.address import addresses

ROOT = Path(__file__).parents[1]
HERE = "https://github.com/Ada-L/one.decoder", "https://ada-l.github.io/one.decoder/"
OWN = "https://github.com/Ada-L/ada-l.github.io", "https://ada-l.github.io/"
NOWHERE = "", ""
SHOW = "import json, os; print(json.dumps({n: os.environ[n] for n in ('SITE_URL', 'REPO_URL', 'EDIT_URI')}))"


@pytest.mark.parametrize("end", ["", "/", ".git", ".git/"])
@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/",
        "http://github.com/",
        "https://www.github.com/",
        "https://GitHub.com/",
        "HTTPS://GITHUB.COM/",
        "https://github.com:443/",
        "https://github.com//",
        "https://ada@github.com/",
        "https://ada:ghp_secret@github.com/",
        "https://ada%40b.org:s%2Fecret@github.com/",
        "https://x-access-token:ghs_secret@github.com/",
        "https://ada:p@ssword@github.com/",
        "git://github.com/",
        "git+ssh://git@github.com/",
        "ssh://git@github.com/",
        "ssh://github.com/",
        "ssh://git@github.com:22/",
        "ssh://git@ssh.github.com:443/",
        "git@github.com:",
        "git@github.com:/",
        "git@GitHub.com:",
        "org-1234@github.com:",
        "github.com:",
        "git@github.com-work:",
        "ssh://git@github.com-work/",
    ],
)
def test_a_remote_on_github_gives_the_addresses_in_every_form_it_may_have(remote: str, end: str) -> None:
    found = addresses({}, f"{remote}Ada-L/one.decoder{end}")
    assert (found["REPO_URL"], found["SITE_URL"]) == HERE
    assert found["EDIT_URI"] == "edit/main/docs/"


@pytest.mark.parametrize("name", ["ada-l.github.io", "Ada-L.GitHub.io", "ada-l.github.io.git"])
def test_a_users_own_page_is_at_the_root_of_its_host(name: str) -> None:
    found = addresses({}, f"git@github.com:Ada-L/{name}")
    assert found["SITE_URL"] == OWN[1]
    assert addresses({}, "git@github.com:ada-l/bob.github.io")["SITE_URL"] == f"{OWN[1]}bob.github.io/"


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "https://gitlab.com/ada/decoder.git",
        "git@codeberg.org:ada/decoder.git",
        "https://github.com.example.org/ada/decoder",
        "https://github.com@example.org/ada/decoder",
        "https://example.org/github.com/ada/decoder",
        "git@example.org:github.com/ada/decoder",
        "https://gist.github.com/ada/0123",
        "https://github.com/ada",
        "https://github.com/ada/decoder/tree/main",
        "/srv/git/github.com/ada/decoder.git",
        "../decoder",
        "C:/decoder",
        "file:///srv/github.com/ada/decoder",
    ],
)
def test_what_is_elsewhere_gives_none(remote: str) -> None:
    assert set(addresses({}, remote).values()) == {""}


@pytest.mark.parametrize(
    ("named", "site", "repository", "edited"),
    [
        ({"SITE_URL": "https://a.org/b/"}, "https://a.org/b/", HERE[0], "edit/main/docs/"),
        ({"REPO_URL": "https://a.org/b"}, "", "https://a.org/b", ""),
        ({"REPO_URL": "https://a.org/b", "EDIT_URI": "e/"}, "", "https://a.org/b", "e/"),
        ({"REPO_URL": "https://gitlab.com/a/b"}, "", "https://gitlab.com/a/b", "-/edit/main/docs/"),
        ({"REPO_URL": "git@gitlab.a.org:g/a/b.git"}, "", "https://gitlab.a.org/g/a/b", "-/edit/main/docs/"),
        (
            {"REPO_URL": "https://u:secret@codeberg.org/a/b"},
            "",
            "https://codeberg.org/a/b",
            "_edit/main/docs/",
        ),
        ({"REPO_URL": "ssh://git@a.org:2222/a/b.git"}, "", "https://a.org/a/b", ""),
        (
            {"REPO_URL": "git@github.com:a/b.git"},
            "https://a.github.io/b/",
            "https://github.com/a/b",
            "edit/main/docs/",
        ),
        ({"SITE_URL": "https://u:secret@a.org/b/"}, "https://a.org/b/", HERE[0], "edit/main/docs/"),
        ({"SITE_URL": "", "REPO_URL": "", "EDIT_URI": ""}, HERE[1], HERE[0], "edit/main/docs/"),
    ],
)
def test_what_is_named_goes_before_the_remote(
    named: dict[str, str], site: str, repository: str, edited: str
) -> None:
    found = addresses(named, "git@github.com:Ada-L/one.decoder.git")
    assert found == {"SITE_URL": site, "REPO_URL": repository, "EDIT_URI": edited}


# --- In a clone. ---

Built = Callable[..., tuple[tuple[str, str], str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the addresses are read with, in a folder of its own, and a module in the place of MkDocs."""
    place = tmp_path / "à part"
    (place / "site_src").mkdir(parents=True)
    for name in ("__init__", "address"):
        shutil.copyfile(ROOT / "site_src" / f"{name}.py", place / "site_src" / f"{name}.py")
    (place / "show.py").write_text(SHOW)
    return place


@pytest.fixture
def built(project: Path) -> Built:
    """The addresses that a build is given, and what is said besides."""

    def build(verb: str = "build", **variables: str) -> tuple[tuple[str, str], str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        for name in ("SITE_URL", "REPO_URL", "EDIT_URI"):
            inherited.pop(name, None)
        done = subprocess.run(
            [sys.executable, "-m", "site_src.address", "show", verb],
            cwd=project,
            env=inherited | {"GIT_CEILING_DIRECTORIES": str(project.parent)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return (found["REPO_URL"], found["SITE_URL"]), done.stderr

    return build


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True)


@pytest.mark.parametrize("name", ["origin", "upstream"])
def test_a_clone_gives_its_remote(project: Path, built: Built, name: str) -> None:
    git(project, "init", "-q")
    git(project, "remote", "add", name, "https://ada:ghp_secret@github.com/Ada-L/one.decoder.git")
    assert built() == (HERE, "")


def test_origin_goes_before_other_remotes(project: Path, built: Built) -> None:
    git(project, "init", "-q")
    git(project, "remote", "add", "fork", "git@github.com:bob/fork")
    git(project, "remote", "add", "origin", "git@github.com:Ada-L/one.decoder")
    assert built() == (HERE, "")


def test_a_clone_gives_its_remote_where_git_is_missing(project: Path, built: Built, tmp_path: Path) -> None:
    git(project, "init", "-q")
    git(project, "remote", "add", "origin", "git@github.com:Ada-L/one.decoder.git")
    assert built(PATH=str(tmp_path)) == (HERE, "")


def test_a_copy_inside_another_repository_does_not_take_its_address(project: Path, built: Built) -> None:
    outer = project.parent
    git(outer, "init", "-q")
    git(outer, "remote", "add", "origin", "git@github.com:bob/everything.git")
    found, told = built(GIT_CEILING_DIRECTORIES="")
    assert found == NOWHERE
    assert told.startswith("note: ")


def test_a_build_without_an_address_says_in_one_line_how_to_name_one(built: Built, tmp_path: Path) -> None:
    for variables in ({}, {"PATH": str(tmp_path)}):
        found, told = built(**variables)
        assert found == NOWHERE
        assert told.count("\n") == 1
        for words in ("SITE_URL=https://", "REPO_URL=https://"):
            assert words in told
    assert built("serve") == (NOWHERE, "")
    assert built(SITE_URL="https://a.org/b/") == (("", "https://a.org/b/"), "")


def test_mkdocs_is_run_with_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []
    monkeypatch.setattr(os, "execve", lambda *words: ran.extend(words))
    monkeypatch.setattr(address, "remote", lambda: "git@github.com:Ada-L/one.decoder")
    for name in ("SITE_URL", "REPO_URL", "EDIT_URI"):
        monkeypatch.delenv(name, raising=False)
    address.main(["mkdocs", "build", "--strict"])
    assert ran[:2] == [sys.executable, [sys.executable, "-m", "mkdocs", "build", "--strict"]]
    assert ran[2] == os.environ | {"REPO_URL": HERE[0], "SITE_URL": HERE[1], "EDIT_URI": "edit/main/docs/"}
