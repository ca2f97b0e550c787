"""The audit finds in the browser what only a browser can tell."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tests.audit import (
    accessibility,
    browser,
    keyboard,
    policy,
)
from tests.audit.serving import served
from tests.audit.site import Site

Plant = Callable[..., Site]

needs_browser = pytest.mark.skipif(
    next(filter(None, map(shutil.which, browser.NAMES)), None) is None, reason="needs Chromium"
)


@needs_browser
def test_a_complaint_and_a_breach_of_the_policy_are_found_in_the_browser(good: Site, plant: Plant) -> None:
    new = '<script>1</script><script src="/sub/path/loud.js"></script><img src="/sub/path/gone.png">'
    new += '<p style="color: red" onclick="go()"></p><img src="https://a.example/b.png">'
    site = plant(good, "<footer>", new + "<footer>")
    (site.folder / "loud.js").write_text("console.warn('careful')", encoding="utf-8")
    with served(site.folder) as url:
        found = policy.check_in_browser(Site(site.folder, url))[0].findings
    told = {finding.message.split()[0] for finding in found if finding.page.startswith("vae/")}
    broken = {"img-src", "script-src-attr", "script-src-elem", "style-src-attr"}
    assert told == broken | {"failed:", "is", "warning:", "was"}


@needs_browser
@pytest.mark.sampled(0)
@pytest.mark.parametrize(
    ("style", "element", "message"),
    [
        ("button:focus { outline: none }", "<button>B</button>", "does not show that it has the focus"),
        ("", '<a href="/" class="trap">A</a><button>B</button>', "Tab does not reach it"),
    ],
)
def test_a_focus_that_is_not_seen_or_cannot_move_on_is_found(
    good: Site, plant: Plant, style: str, element: str, message: str
) -> None:
    (good.folder / "site.css").write_text(style, encoding="utf-8")
    trap = "for (const a of document.querySelectorAll('.trap')) a.onkeydown = event => event.preventDefault()"
    (good.folder / "trap.js").write_text(trap, encoding="utf-8")
    site = plant(good, "<footer>", f'{element}<script src="/sub/path/trap.js"></script><footer>')
    with served(site.folder) as url:
        found = keyboard.check(Site(site.folder, url))[0].findings
    assert [(finding.page, finding.element, finding.message) for finding in found] == [
        ("vae/", "<button>B</button>", message)
    ]


@needs_browser
@pytest.mark.sampled(0)
def test_axe_finds_what_is_hard_to_read_also_when_it_is_folded_away(good: Site, plant: Plant) -> None:
    (good.folder / "site.css").write_text("body { background: #fff } small { color: #ccc }", encoding="utf-8")
    new = "<section><details><summary>More</summary><small>pale</small></details></section>"
    site = plant(good, "End", f"End{new}")
    with served(site.folder) as url:
        closed, opened = accessibility.check(Site(site.folder, url))
    assert closed.findings == []
    assert [finding.element for finding in opened.findings] == ["<small>pale</small>"]
