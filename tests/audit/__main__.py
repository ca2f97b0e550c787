"""``python -m tests.audit``: build the site, serve it, and hold it against its limits."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tqdm import tqdm

from tests.audit import (
    accessibility,
    html,
    keyboard,
    lighthouse,
    links,
    npm,
    policy,
    search,
    transfer,
    weight,
)
from tests.audit.browser import chromium
from tests.audit.report import details, table
from tests.audit.serving import served
from tests.audit.site import AuditError, Row, Site, build


class Check(NamedTuple):
    """Some rows of the table, and what has to be installed for them."""

    name: str
    rows: Callable[[Site], list[Row]]
    browser: bool = False
    npm: bool = False
    quick: bool = True  # whether a quick audit has it
    full: bool = True  # whether a full one has it


CHECKS = (
    Check("links", links.check),
    Check("markup", html.check, npm=True, quick=False),
    Check("weight", weight.check),
    Check("weight", transfer.check, browser=True),
    Check("search", search.check),
    Check("search", search.check_in_browser, browser=True),
    Check("policy", policy.check),
    Check("policy", policy.check_in_browser, browser=True),
    Check("accessibility", accessibility.check_quickly, browser=True, full=False),
    Check("accessibility", accessibility.check, browser=True, quick=False),
    Check("keyboard", keyboard.check, browser=True),
    Check("lighthouse", lighthouse.check, browser=True, npm=True, quick=False),
)


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for, and return 0 if all is well, 1 if not, 2 if it could not be found out."""
    names = list(dict.fromkeys(check.name for check in CHECKS))
    parser = ArgumentParser(prog="make audit", description="Hold the built site against its limits.")
    parser.add_argument("--quick", action="store_true", help="no npm, and fewer views")
    parser.add_argument("--only", metavar="NAME", choices=names, help=f"one of {', '.join(names)}")
    options = parser.parse_args(arguments)
    wanted = [check for check in CHECKS if options.only in (None, check.name)]
    checks = [check for check in wanted if (check.quick if options.quick else check.full)]
    if not checks:
        parser.error(f"{options.only} needs npm, which --quick leaves out")
    try:
        rows = run(checks)
    except AuditError as error:
        print(error, file=sys.stderr)
        return 2
    print(table(rows))
    if any(row.findings for row in rows):
        print(details(rows))
        return 1
    return 0


def run(checks: list[Check]) -> list[Row]:
    """Build the site for the address at which it is then served, and check it."""
    if any(check.browser for check in checks):
        chromium()
    if any(check.npm for check in checks):
        npm.install()
    with TemporaryDirectory() as folder, served(Path(folder) / "site") as url:
        site = build(Path(folder), url)
        bar = tqdm(checks, desc="audit", unit="check", leave=False)
        return [row for check in bar for row in check.rows(site)]


if __name__ == "__main__":
    sys.exit(main())
