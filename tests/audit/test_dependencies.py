"""What ``make audit-deps`` makes of what the auditors say; programs of their names stand in for them."""

import json
import os
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audit import dependencies
from tests.audit.dependencies import main

NO_NETWORK = "import sys; sys.exit('Traceback\\nrequests.exceptions.ConnectionError: no route to a.example')"
SILENT = "import time; time.sleep(60)"
CLEAN = {"dependencies": [{"name": "numpy", "version": "2.4.6", "vulns": []}]}
FLAWED = {
    "name": "jinja2",
    "version": "2.10",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.10.1", "3"]}],
}
SKIPPED = {"dependencies": [{"name": "numpy", "skip_reason": "not found"}]}
NPM_CLEAN = {"vulnerabilities": {}}
NPM_FLAWED = {
    "vulnerabilities": {
        "left": {"nodes": ["node_modules/left"], "via": [{"title": "Runs off", "range": "<2.0.0"}]},
        "above": {"nodes": ["node_modules/above"], "via": ["left"]},
    }
}

Auditors = Callable[[str, str], None]


def saying(answer: object, code: int = 0) -> str:
    return f"import sys; print({json.dumps(answer)!r}); sys.exit({code})"


@pytest.fixture
def auditors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Auditors:
    """Put two small programs in the auditors' places, and few pins in that of the many."""
    (tmp_path / "requirements.txt").write_text(
        "jinja2==2.10 \\\n    --hash=sha256:00\n"
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:00\n"
        "numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:00\n"
    )
    packages = {"": {}, "node_modules/left": {"version": "1.0.0"}, "node_modules/above": {"version": "3.1.0"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))

    def put(pip_audit: str, npm: str) -> None:
        program = tmp_path / "npm"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c {shlex.quote(npm)}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        monkeypatch.setattr(dependencies, "PIP_AUDIT", (sys.executable, "-c", pip_audit))
        monkeypatch.setattr(dependencies, "ROOT", tmp_path)

    return put


def test_nothing_known_is_well(auditors: Auditors, capsys: pytest.CaptureFixture[str]) -> None:
    auditors(saying(CLEAN), saying(NPM_CLEAN))
    assert main() == 0
    assert capsys.readouterr().out.splitlines() == [
        # Two lists were asked about, since numpy is pinned twice, and each was told of one package.
        "requirements.txt: 2 of 3 packages were compared; known to be vulnerable: none.",
        "package-lock.json: all 2 packages were compared; known to be vulnerable: none.",
    ]


def test_vulnerable_pins_are_told_in_a_table(auditors: Auditors, capsys: pytest.CaptureFixture[str]) -> None:
    auditors(saying({"dependencies": [FLAWED]}, 1), saying(NPM_FLAWED, 1))
    assert main() == 1
    told = capsys.readouterr().out
    assert [line.split() for line in told.splitlines() if line.startswith(("jinja2", "left"))] == [
        *[["jinja2", "2.10", "PYSEC-1", "2.10.1,", "3"]] * 2,
        ["left", "1.0.0", "Runs", "off", "a", "version", "not", "<2.0.0"],
    ]
    assert "above" not in told  # it is only as vulnerable as what it uses


def test_what_one_auditor_knows_counts_where_the_other_is_silent(auditors: Auditors) -> None:
    auditors(NO_NETWORK, saying(NPM_FLAWED, 1))
    assert main() == 1


@pytest.mark.parametrize(
    ("pip_audit", "npm", "reasons"),
    [
        (NO_NETWORK, saying({"message": "no route"}, 1), ("ConnectionError", "npm said: no route")),
        (saying(SKIPPED), saying([]), ("the service knew none of the packages", "could not be read")),
        ("print('<html>')", "print()", ("no reason was given", "no reason was given")),
    ],
)
def test_no_answer_is_no_failure_and_no_all_clear(
    auditors: Auditors, capsys: pytest.CaptureFixture[str], pip_audit: str, npm: str, reasons: tuple[str, str]
) -> None:
    auditors(pip_audit, npm)
    assert main() == 0
    told = capsys.readouterr()
    for line, file, reason in zip(
        told.out.splitlines(), ("requirements.txt", "package-lock.json"), reasons, strict=True
    ):
        assert line.startswith(f"{file}: nothing was compared, because ")
        assert reason in line
        assert "Traceback" not in line
    assert told.err == ""


def test_nobody_is_waited_for_for_long(
    auditors: Auditors, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    auditors(SILENT, SILENT)
    assert dependencies.PATIENCE <= 30
    monkeypatch.setattr(dependencies, "PATIENCE", 0.2)
    started = time.monotonic()
    assert main() == 0
    assert time.monotonic() - started < 10
    assert capsys.readouterr().out.count("there was no answer within 0.2 seconds") == 2


def test_without_npm_that_is_said(auditors: Auditors, capsys: pytest.CaptureFixture[str]) -> None:
    auditors(saying(CLEAN), "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dependencies.shutil, "which", lambda _: None)
        assert main() == 0
    assert "package-lock.json: nothing was compared, because npm is not installed." in capsys.readouterr().out
