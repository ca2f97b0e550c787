"""Which version of the code is at work, as Git knows it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CODE = (PACKAGE.name, "requirements.txt")


@cache
def commit() -> str | None:
    """The commit of the code, marked if it was changed since; None without Git or outside a repository."""
    try:
        name = _git("rev-parse", "--short=10", "HEAD")
        changed = _git("status", "--porcelain", "--", *CODE)
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{name}, with changes" if changed else name


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=PACKAGE.parent, capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
