"""Is it HTML? What html-validate says about every page, less what is not this site's to mend."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.audit.npm import tool
from tests.audit.site import AuditError, Finding, Row, Site

CONFIGURATION = Path(__file__).with_name("htmlvalidate.json")


class Excused(NamedTuple):
    """A fault that is let pass: the rule, its message, where the element is, and why."""

    rule: str
    message: str
    place: str
    reason: str

    def covers(self, rule: str, message: str, place: str) -> bool:
        """Tell whether it is about this fault."""
        return (rule, message) == self[:2] and re.fullmatch(self.place, place) is not None


# Every one of them comes with the theme; nothing of this site's own is excused.
KNOWN = (
    Excused(
        "valid-autocomplete",
        'autocomplete attribute cannot be used on <input type="checkbox">',
        r"#__(drawer|search)",
        "It keeps Firefox from opening a menu again that was open when the reader left; others ignore it.",
    ),
    Excused(
        "input-missing-label",
        "<input> element does not have a <label>",
        r"#__toc",
        "A hidden switch that has no label on a page without headings below its title.",
    ),
    Excused(
        "wcag/h32",
        "<form> element must have a submit button",
        r".*> header > nav > .*form",
        "Both forms act at once: the one chooses colours, the other searches while one types.",
    ),
    Excused(
        "unique-landmark",
        "Landmarks must have a non-empty and unique accessible name (aria-label or aria-labelledby)",
        r".*> main > .* nav",
        "The table of contents stands in the menu and in the margin; one of the two is shown at any width.",
    ),
)


def check(site: Site) -> list[Row]:
    """The row of the table."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        options = ["--config", str(CONFIGURATION), "--formatter", f"json={file}"]
        command = [str(tool("html-validate")), *options, str(site.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not file.is_file():
            raise AuditError(f"html-validate failed:\n{done.stdout}{done.stderr}")
        found = faults(json.loads(file.read_text(encoding="utf-8")), site.folder)
    return [Row("markup", f"HTML that does not validate, but for {len(KNOWN)} faults of the theme", found)]


def faults(report: list[dict[str, Any]], folder: Path, known: Sequence[Excused] = KNOWN) -> list[Finding]:
    """The report's messages that nobody has excused, and the excuses that nothing needs any more."""
    findings, used = [], set[Excused]()
    for file in report:
        page = Path(file["filePath"]).relative_to(folder).as_posix().removesuffix("index.html") or "(home)"
        for fault in file["messages"]:
            place = fault.get("selector") or f"line {fault['line']}"
            excuse = next(
                (one for one in known if one.covers(fault["ruleId"], fault["message"], place)), None
            )
            if excuse:
                used.add(excuse)
            else:
                findings.append(Finding(page, place, f"{fault['ruleId']}: {fault['message']}"))
    unused = [excuse for excuse in known if excuse not in used]
    return findings + [Finding("html.py", one.message, "no longer has to be excused") for one in unused]
