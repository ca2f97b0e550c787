"""What is fetched is pinned: packages by version and checksum, actions by commit."""

import json
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WANTED = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["cluster"],
    *PROJECT["dependency-groups"]["dev"],
    *PROJECT["build-system"]["requires"],
]


def entries() -> list[list[str]]:
    """The entries of requirements.txt, each as its lines."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", "\n")
    return [entry.splitlines() for entry in re.split(r"\n(?=\S)", text.strip())]


def versions() -> dict[str, set[str]]:
    found = defaultdict(set)
    for first, *_ in entries():
        pin = Requirement(first)
        (exact,) = pin.specifier
        assert exact.operator == "==", first
        assert "*" not in exact.version, first
        found[canonicalize_name(pin.name)].add(exact.version)
    return found


def test_every_package_has_checksums() -> None:
    for first, *hashes in entries():
        assert hashes, first
        for line in hashes:
            assert re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}\s*", line), first


@pytest.mark.parametrize("wanted", WANTED)
def test_the_pins_are_what_the_project_asks_for(wanted: str) -> None:
    requirement = Requirement(wanted)
    pinned = versions()[canonicalize_name(requirement.name)]
    assert pinned
    assert all(requirement.specifier.contains(version, prereleases=True) for version in pinned)


@pytest.mark.parametrize("name", ["torch", "torchvision"])
def test_what_numbers_depend_on_is_asked_for_exactly(name: str) -> None:
    (wanted,) = (text for text in WANTED if Requirement(text).name == name)
    assert re.fullmatch(rf"{name}==[\d.]+", wanted)


def test_every_node_package_has_a_checksum_and_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 2
    for name, package in packages.items():
        assert name == "" or package.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in package, name


def test_the_lock_of_node_packages_is_that_of_package_json() -> None:
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["devDependencies"] == asked


def test_actions_are_pinned_to_commits() -> None:
    for workflow in (ROOT / ".github/workflows").glob("*.yml"):
        used = re.findall(r"uses: *(.+)", workflow.read_text(encoding="utf-8"))
        assert used, workflow
        for action in used:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
