"""``make audit-deps``: is anything that is pinned known to be vulnerable? The services that know are asked.

Where they do not answer, nothing was compared; that is said, and is no failure.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.audit.site import ROOT

PINS, LOCK = "requirements.txt", "package-lock.json"
PIP_AUDIT = (sys.executable, "-m", "pip_audit")
NPM_AUDIT = ("audit", "--json", "--package-lock-only", "--fetch-retries=0")
PATIENCE = 30.0  # seconds
PIN = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)
HEADER = ("package", "version", "known as", "mended in")
LONGEST = 120


class Fault(NamedTuple):
    """A package that is known to be vulnerable."""

    package: str
    version: str
    name: str
    mended: str


class Answer(NamedTuple):
    """What was found about the packages of a file, and how many of them were compared with anything."""

    file: str
    compared: int
    of: int
    faults: list[Fault]

    def __str__(self) -> str:
        """The sentence about it."""
        compared = f"{self.compared} of {self.of}" if self.compared < self.of else f"all {self.of}"
        known = len({fault.package for fault in self.faults}) or "none"
        return f"{self.file}: {compared} packages were compared; known to be vulnerable: {known}."


class NoAnswer(Exception):
    """Nothing was compared; the message says why."""


def main() -> int:
    """Ask both services at once and print what they know; 1 if a package is vulnerable, else 0."""
    faults: list[Fault] = []
    with ThreadPoolExecutor() as pool:
        asked = {file: pool.submit(ask, ROOT) for file, ask in SOURCES.items()}
        for file, answer in asked.items():
            try:
                print(answer.result())
                faults += answer.result().faults
            except NoAnswer as reason:
                print(f"{file}: nothing was compared, because {reason}.")
    if faults:
        print(f"\n{table(faults)}")
    return 1 if faults else 0


def python_packages(root: Path) -> Answer:
    """Every pin, for whichever system and Python it is meant."""
    pins = list(dict.fromkeys(PIN.findall((root / PINS).read_text(encoding="utf-8"))))
    with ThreadPoolExecutor() as pool, TemporaryDirectory() as folder:
        files = [Path(folder, f"{place}.txt") for place, _ in enumerate(rounds(pins))]
        for file, chosen in zip(files, rounds(pins), strict=True):
            file.write_text("".join(f"{name}=={version}\n" for name, version in chosen), encoding="utf-8")
        answers = list(pool.map(_pip_audit, files))
    told = [entry for answer in answers if isinstance(answer, dict) for entry in answer["dependencies"]]
    known = [entry for entry in told if "skip_reason" not in entry]
    if not known:
        silent = (answer for answer in answers if isinstance(answer, NoAnswer))
        raise next(silent, NoAnswer("the service knew none of the packages"))
    faults = [
        Fault(entry["name"], entry["version"], flaw["id"], ", ".join(flaw["fix_versions"]) or "nothing yet")
        for entry in known
        for flaw in entry["vulns"]
    ]
    return Answer(PINS, len(known), len(pins), faults)


def rounds(pins: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """The pins in lists that name no package twice, which pip-audit would refuse."""
    lists: list[list[tuple[str, str]]] = []
    for pin in pins:
        fitting = next((chosen for chosen in lists if pin[0] not in dict(chosen)), None)
        if fitting is None:
            lists.append([pin])
        else:
            fitting.append(pin)
    return lists


def node_packages(root: Path) -> Answer:
    """What ``make audit`` takes from npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoAnswer("npm is not installed")
    told = asked([npm, *NPM_AUDIT], root)
    if "vulnerabilities" not in told:
        raise NoAnswer(f"npm said: {shortened(told.get('message') or str(told.get('error', '')))}")
    packages = json.loads((root / LOCK).read_text(encoding="utf-8"))["packages"]
    faults = [
        Fault(
            name, packages.get(node, {}).get("version", ""), flaw["title"], f"a version not {flaw['range']}"
        )
        for name, entry in told["vulnerabilities"].items()
        for node in entry["nodes"]
        for flaw in entry["via"]
        if isinstance(flaw, dict)  # a text names another package of the list, where the flaw is
    ]
    count = len(packages) - 1  # the first is this repository
    return Answer(LOCK, count, count, faults)


SOURCES: dict[str, Callable[[Path], Answer]] = {PINS: python_packages, LOCK: node_packages}


def asked(command: Sequence[str], folder: Path) -> dict[str, Any]:
    """The JSON that a program answers with, whatever its exit code.

    Raises:
        NoAnswer: there is none, or not in time.
    """
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise NoAnswer(f"there was no answer within {PATIENCE:g} seconds") from error
    except (OSError, ValueError) as error:
        said = done.stderr if isinstance(error, ValueError) else str(error)
        raise NoAnswer(f"the service could not be asked ({shortened(said)})") from error
    if not isinstance(answer, dict):
        raise NoAnswer("the answer could not be read")
    return answer


def shortened(said: str) -> str:
    """The last line of what a program complained of, which is what ended it."""
    line = (said.strip().splitlines() or ["no reason was given"])[-1]
    error = re.match(r"[\w.]*?(\w+(?:Error|Timeout|Exception))\b", line)
    return error[1] if error else line[:LONGEST].rstrip(".")


def table(faults: Sequence[Fault]) -> str:
    """One line for each, in columns."""
    lines = [HEADER, *sorted(faults)]
    widths = [max(map(len, column)) for column in zip_longest(*lines, fillvalue="")]
    lines.insert(1, Fault(*("-" * width for width in widths)))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _pip_audit(pins: Path) -> dict[str, Any] | NoAnswer:
    """What pip-audit says; one list's silence must not hide what is known about another."""
    options = ["-r", str(pins), "--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off"]
    try:
        return asked([*PIP_AUDIT, *options], pins.parent)
    except NoAnswer as reason:
        return reason


if __name__ == "__main__":
    sys.exit(main())
