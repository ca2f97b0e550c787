"""The audit's host, its table, what it makes of other tools' reports, what it says when it cannot run."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.audit import __main__ as program
from tests.audit import (
    browser,
    html,
    lighthouse,
)
from tests.audit.report import details, table
from tests.audit.serving import served
from tests.audit.site import Finding, Page, Row, Site


def test_only_the_excused_faults_of_html_are_let_pass(tmp_path: Path) -> None:
    def fault(rule: str, place: str) -> dict[str, Any]:
        return {"ruleId": rule, "message": "is wrong", "selector": place, "line": 3}

    report = [
        {"filePath": str(tmp_path / "vae/index.html"), "messages": [fault("a", "#__x"), fault("a", "#y")]}
    ]
    excuses = [
        html.Excused("a", "is wrong", "#__x", "of the theme"),
        html.Excused("b", "was wrong", "#z", "-"),
    ]
    assert html.faults(report, tmp_path, excuses) == [
        Finding("vae/", "#y", "a: is wrong"),
        Finding("html.py", "was wrong", "no longer has to be excused"),
    ]


def lighthouse_report(performance: float) -> dict[str, Any]:
    paint = {"id": "paint", "score": performance, "displayValue": "2.0 s", "weight": 1}
    category = {"score": performance, "auditRefs": [paint, {"id": "hint", "weight": 0}]}
    return {
        "categories": {"performance": category},
        "audits": {"paint": paint, "hint": {"id": "hint", "score": 0}},
    }


def test_a_slow_page_is_measured_again_and_the_middle_score_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = iter([lighthouse_report(score) for score in (0.9, 0.97, 0.98)])
    monkeypatch.setattr(lighthouse, "_run", lambda _: next(runs))
    page = Page("vae/", "")
    report = lighthouse.measured(Site(Path()), page)
    assert lighthouse.score(report, "performance") == 97
    row = lighthouse.score_row([page], {"vae/": report}, "performance")
    assert row.findings == [Finding("vae/", "97 of 100", "paint 2.0 s")]
    notebook = Page("notebooks/a/", "")
    assert lighthouse.score_row([notebook], {"notebooks/a/": report}, "performance").findings == []


def fetched(address: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_the_host_compresses_and_has_a_page_for_what_is_not_there(good: Site) -> None:
    with served(good.folder) as url:
        status, content = fetched(url + "vae/", **{"Accept-Encoding": "gzip"})
        assert (status, gzip.decompress(content)) == (200, (good.folder / "vae" / "index.html").read_bytes())
        assert fetched(url + "vae") == (200, gzip.decompress(content))  # by way of a redirection
        assert fetched(url + "no/such/page/") == (404, (good.folder / "404.html").read_bytes())
        assert fetched(url.replace("/sub/path/", "/vae/"))[0] == 404
        assert fetched(url + "../../../../../etc/passwd")[0] == 404


def test_the_table_tells_what_was_missed_and_where() -> None:
    faults = [Finding(f"page{number}/", "<p>", "is wrong") for number in range(9)]
    rows = [Row("links", "addresses", [], "12 looked at", "all there"), Row("markup", "paragraphs", faults)]
    lines = table(rows).splitlines()
    assert lines[2].split() == ["links", "addresses", "12", "looked", "at", "all", "there", "ok"]
    assert lines[3].endswith("MISSED")
    assert "is wrong (9 times)" in details(rows)
    assert "3 more; 9 pages in all" in details(rows)


def test_what_is_missing_is_said_and_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert program.main(["--only", "keyboard"]) == 2
    assert "install Chromium" in capsys.readouterr().err
    assert program.main(["--only", "markup"]) == 2
    assert "QUICK=1" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        program.main(["--quick", "--only", "lighthouse"])
    assert left.value.code == 2


def test_a_tab_that_stands_still_is_tried_again_and_told_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "PATIENCE", 0.05)
    tried: list[int] = []

    async def attempt(stuck: int) -> str:
        tried.append(stuck)
        if len(tried) <= stuck:
            await asyncio.sleep(60)
        return "seen"

    assert asyncio.run(browser._patiently(lambda: attempt(browser.ATTEMPTS - 1))) == "seen"
    tried.clear()
    with pytest.raises(TimeoutError):
        asyncio.run(browser._patiently(lambda: attempt(browser.ATTEMPTS)))
    assert len(tried) == browser.ATTEMPTS
