"""What GitHub runs: bounded, with few rights, on the oldest and newest Python, by verbs that there are."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / ".github/workflows").glob("*.yml")
}
JOBS = [(workflow, job) for workflow, content in WORKFLOWS.items() for job in content["jobs"]]


def job(workflow: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = WORKFLOWS[workflow]["jobs"][name]
    return found


@pytest.mark.parametrize(("workflow", "name"), JOBS)
def test_a_job_ends_and_names_what_it_runs_on(workflow: str, name: str) -> None:
    assert 0 < job(workflow, name)["timeout-minutes"] < 360, "GitHub stops a job after six hours"
    assert re.fullmatch(r"ubuntu-\d\d\.04", job(workflow, name)["runs-on"])


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_may_read_and_nothing_more(workflow: str) -> None:
    content = WORKFLOWS[workflow]
    assert content["permissions"] == {"contents": "read"}
    assert "concurrency" in content
    writing = {name for name, each in content["jobs"].items() if "permissions" in each}
    assert writing == ({"publish"} if workflow == "site" else set())
    for each in content["jobs"].values():
        for step in each["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            assert "${{" not in step.get("run", ""), "what comes from outside is no part of a script"


def test_the_tests_run_on_the_oldest_and_the_newest_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    newest = max(re.findall(r"python(3\.\d+)", MAKEFILE), key=lambda version: int(version[2:]))
    test = job("site", "test")
    assert test["strategy"]["matrix"]["python"] == [oldest, newest]
    assert {"run": ".ci/run"} in test["steps"]
    assert job("site", "publish")["needs"] == "test"


def test_every_verb_that_is_called_exists() -> None:
    steps = [step.get("run", "") for workflow, name in JOBS for step in job(workflow, name)["steps"]]
    verbs = {verb for step in steps for verb in re.findall(r"\bmake (\w[\w-]*)", step)}
    assert {"site", "fuzz"} <= verbs
    for verb in verbs:
        assert re.search(rf"^{verb}:", MAKEFILE, re.MULTILINE), verb


def test_what_the_weekly_search_for_trouble_found_is_kept() -> None:
    (kept,) = (
        step["with"] for step in job("fuzz", "fuzz")["steps"] if "upload-artifact" in step.get("uses", "")
    )
    record = re.search(r"--record (\S+)", MAKEFILE)
    assert record
    assert kept["path"] == record[1]
