"""The tools that come from npm. Nothing else in the repository needs it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.audit.site import ROOT, AuditError

MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
INSTALLED = MODULES / ".package-lock.json"  # npm writes it last


def install() -> None:
    """Put what package-lock.json pins into node_modules, unless it is there.

    Raises:
        AuditError: npm is missing, or fails.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise AuditError(
            "Node.js with npm is needed to validate the HTML and for Lighthouse; or: make audit QUICK=1"
        )
    if INSTALLED.is_file() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime:
        return
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AuditError(f"npm could not install what the audit needs:\n{done.stderr}")


def tool(name: str) -> Path:
    """A program that a package brings."""
    return MODULES / ".bin" / name
