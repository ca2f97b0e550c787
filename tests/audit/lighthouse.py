"""Lighthouse's four scores of each page, as on a telephone."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from tests.audit.browser import HEADLESS, chromium
from tests.audit.npm import tool
from tests.audit.site import AuditError, Finding, Page, Row, Site

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
BEST = 100
HEAVIER = 95  # performance of pages that compute or carry pictures of their own
HEAVIER_PAGES = ("notebooks/", "playground/")
RUNS = 3

Report = dict[str, Any]


def check(site: Site) -> list[Row]:
    """A row for each category."""
    reports = {page.path: measured(site, page) for page in tqdm(site.listed, desc="lighthouse", leave=False)}
    return [score_row(site.listed, reports, category) for category in CATEGORIES]


def score_row(pages: list[Page], reports: dict[str, Report], category: str) -> Row:
    """How the pages do in one category, and what costs them."""
    scores = {page.path: score(reports[page.path], category) for page in pages}
    found = [
        Finding(
            page.name,
            f"{scores[page.path]} of {limit(page, category)}",
            "; ".join(costs(reports[page.path], category)),
        )
        for page in pages
        if scores[page.path] < limit(page, category)
    ]
    worst = min(pages, key=lambda page: scores[page.path])
    least = f"{BEST}" if category != "performance" else f"{BEST}, {HEAVIER} where heavier"
    return Row(
        "lighthouse",
        f"{category} of {len(pages)} pages",
        found,
        f"{scores[worst.path]} ({worst.name})",
        f">= {least}",
    )


def limit(page: Page, category: str) -> int:
    """The least score of a page."""
    return HEAVIER if category == "performance" and page.path.startswith(HEAVIER_PAGES) else BEST


def measured(site: Site, page: Page) -> Report:
    """One run, or where that is too slow the middle one of three: the machine may have been busy."""
    runs = [_run(site.address(page))]
    while score(runs[0], "performance") < limit(page, "performance") and len(runs) < RUNS:
        runs.append(_run(site.address(page)))
    middle = statistics.median_low([score(run, "performance") for run in runs])
    return next(run for run in runs if score(run, "performance") == middle)


def score(report: Report, category: str) -> int:
    """A category's score of 100."""
    return round(100 * (report["categories"][category]["score"] or 0))


def costs(report: Report, category: str) -> list[str]:
    """What keeps a page from the full score: each audit that counts, with what it measured."""
    audits = report["audits"]
    weighed = [audits[one["id"]] for one in report["categories"][category]["auditRefs"] if one["weight"]]
    short = [audit for audit in weighed if audit["score"] is not None and audit["score"] < 0.995]
    return [f"{audit['id']} {audit.get('displayValue', '')}".strip() for audit in short]


def _run(address: str) -> Report:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [
            *(str(tool("lighthouse")), address, "--quiet", "--output=json", f"--output-path={file}"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(['--headless=new', *HEADLESS])}",
        ]
        environment = os.environ | {"CHROME_PATH": chromium()}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if not file.is_file():
            raise AuditError(f"Lighthouse failed at {address}:\n{done.stderr}")
        report: Report = json.loads(file.read_text(encoding="utf-8"))
    if problem := report.get("runtimeError"):
        raise AuditError(f"Lighthouse failed at {address}: {problem['message']}")
    return report
