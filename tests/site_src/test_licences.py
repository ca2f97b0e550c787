"""The list of licences against what is pinned and installed."""

from collections.abc import Callable
from importlib.metadata import Distribution, PathDistribution, distributions
from pathlib import Path

import pytest

from site_src.shortcodes import licences
from site_src.shortcodes.licences import NOT_STATED, PINS, Package, installed, licence

Convert = Callable[[str], str]

SILENT = {"cuda-toolkit"}  # it holds no code, only the names of other packages


def package(folder: Path, *fields: str, **files: str) -> Distribution:
    place = folder / "shy-1.0.dist-info"
    (place / "licenses").mkdir(parents=True)
    (place / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", "Name: shy", *fields, ""]))
    for name, text in files.items():
        (place / "licenses" / name).write_text(text)
    return PathDistribution(place)


def test_every_pinned_package_that_is_installed_is_listed_with_a_licence() -> None:
    pinned = {line.partition("==")[0] for line in PINS.read_text().splitlines() if line[0].isalpha()}
    here = {found.metadata["Name"].lower().replace("_", "-").replace(".", "-") for found in distributions()}
    assert {found.name for found in installed()} == pinned & here
    assert len(installed()) > 100
    assert all(found.licence.strip() and found.version for found in installed())


def test_no_more_packages_than_known_keep_silent() -> None:
    assert {found.name for found in installed() if found.licence == NOT_STATED} <= SILENT


def test_the_most_exact_statement_is_taken(tmp_path: Path) -> None:
    classifiers = [
        "Classifier: License :: OSI Approved :: BSD License",
        "Classifier: Topic :: Games",
    ]
    expression, field, file = "License-Expression: BSD-3-Clause", "License: BSD", "License-File: LICENSE"
    for place, (fields, expected) in enumerate(
        [
            ([field, *classifiers, expression], "BSD-3-Clause"),
            ([field, *classifiers], "BSD License"),
            ([field, file], "BSD"),
            (["License: UNKNOWN", file], "The Shy Licence"),
            ([f"License: {'x' * 1000}", file], "The Shy Licence"),
            ([], NOT_STATED),
        ]
    ):
        found = package(tmp_path / str(place), *fields, LICENSE="The Shy Licence\n\nPermission is granted")
        assert licence(found) == expected


def test_metadata_cannot_write_into_the_page(html: Convert, monkeypatch: pytest.MonkeyPatch) -> None:
    unkind = Package("shy", "1.0", "<script>alert(1)</script> *&* {{ num x }}")
    monkeypatch.setattr(licences, "installed", lambda: (unkind,))
    page = html("{{ table licences }}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; *&amp;* {{ num x }}" in page
    assert "<script" not in page
