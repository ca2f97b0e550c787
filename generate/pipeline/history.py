"""Which version of the code is at work, as Git knows it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CHANGED = ", with changes"
CODE = (PACKAGE.name, "requirements.txt")


@cache
def commit() -> str | None:
    """The commit of the code, marked if it was changed since; None without Git or a repository of its own."""
    try:
        if _git("rev-parse", "--show-prefix"):  # a copy that lies in another project's
            return None
        name = _git("rev-parse", "--short=10", "HEAD")
        changed = _git("status", "--porcelain", "--", *CODE)
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{name}{CHANGED}" if changed else name


def is_changed(named: str | None) -> bool:
    """Whether what ``commit`` named does not lead to the code that was at work."""
    return named is None or named.endswith(CHANGED)


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=PACKAGE.parent, capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
