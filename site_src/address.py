"""Where the site is published and edited: as it was named, else as the clone's remote on GitHub tells.

``python -m site_src.address mkdocs build`` runs a module with ``SITE_URL``, ``REPO_URL`` and ``EDIT_URI`` in
its environment, from where mkdocs.yml takes them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
UNKNOWN = (
    "note: nobody says where this site will be: it has no canonical addresses and, below a host's root, no "
    "styles on its 404 page. Say it with SITE_URL=https://example.org/site/ REPO_URL=https://example.org/source"
)

# Where a page is edited, by a word in the name of the repository's host.
EDITED = {
    "github": "edit/main/docs/",
    "gitlab": "-/edit/main/docs/",
    "codeberg": "_edit/main/docs/",
    "forgejo": "_edit/main/docs/",
    "gitea": "_edit/main/docs/",
}
_URL = re.compile(r"(?:git\+)?[a-z]+://(?:[^/]*@)?(?P<host>[^/:@]+)(?::\d*)?/+(?P<path>.+)", re.IGNORECASE)
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:@]+):/*(?P<path>.+)")  # git@host:path, as ssh has it
# By ssh also through the port of HTTPS, or as one of several hosts that ~/.ssh/config tells apart.
_GITHUB = re.compile(r"(?:www\.|ssh\.)?github\.com(?:-[\w-]+)?", re.IGNORECASE)
_PROJECT = re.compile(r"(?P<owner>[A-Za-z\d][A-Za-z\d-]*)/+(?P<name>[\w.-]+)")


def addresses(named: Mapping[str, str], remote: str) -> dict[str, str]:
    """``SITE_URL``, ``REPO_URL`` and ``EDIT_URI``, each as it is named; else what follows, or nothing.

    They are read by everybody: a name or a password that an address holds for Git is left out.
    """
    project = _on_github(named.get("REPO_URL") or remote)
    repository = f"https://github.com/{'/'.join(project)}" if project else _web(named.get("REPO_URL", ""))
    edited = next((uri for word, uri in EDITED.items() if word in _host(repository)), "")
    return {
        "SITE_URL": _web(named.get("SITE_URL", "")) or (_pages(*project) if project else ""),
        "REPO_URL": repository,
        "EDIT_URI": named.get("EDIT_URI") or edited,
    }


def remote(root: Path = ROOT) -> str:
    """The address of the remote ``origin``, or of the only one; empty where there is none."""
    if _git(root, "rev-parse", "--show-prefix"):
        return ""  # a copy inside another repository, whose address is not this site's
    names = _git(root, "remote").split()
    name = "origin" if "origin" in names else names[0] if len(names) == 1 else ""
    return (name and _git(root, "remote", "get-url", name)) or _written(root)


def main(arguments: Sequence[str] | None = None) -> None:
    """Become the module that is named, with the addresses in its environment."""
    module = [*(sys.argv[1:] if arguments is None else arguments)]
    found = addresses(os.environ, remote())
    if not found["SITE_URL"] and "serve" not in module:
        print(UNKNOWN, file=sys.stderr, flush=True)
    os.execve(sys.executable, [sys.executable, "-m", *module], os.environ | found)


def _on_github(address: str) -> tuple[str, str] | None:
    """Owner and name of a repository there, whichever way its address is written."""
    found = _parts(address)
    if not found or not _GITHUB.fullmatch(found["host"]):
        return None
    project = _PROJECT.fullmatch(_bare(found["path"]))
    return (project["owner"], project["name"]) if project else None


def _pages(owner: str, name: str) -> str:
    """Where GitHub serves a project's site: a user's own at the root of its host, which is in lower case."""
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def _web(address: str) -> str:
    """A repository's or a site's address as a browser opens it."""
    found = _parts(address)
    if re.match(r"https?://", address, re.IGNORECASE) or not found:
        return re.sub(r"^(\w+://)[^/]*@", r"\1", address)
    return f"https://{found['host']}/{_bare(found['path'])}"


def _host(address: str) -> str:
    found = _parts(address)
    return found["host"].lower() if found else ""


def _parts(address: str) -> re.Match[str] | None:
    return _URL.fullmatch(address.strip()) or _SCP.fullmatch(address.strip())


def _bare(path: str) -> str:
    return path.strip("/").removesuffix(".git")


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    except OSError:  # there is no Git here
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _written(root: Path) -> str:
    """The remote as it stands in a clone, where Git is missing or will not read what somebody else owns."""
    try:
        text = (root / ".git" / "config").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
    found = re.search(r'^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', text, re.MULTILINE)
    return found[1] if found else ""


if __name__ == "__main__":
    main()
