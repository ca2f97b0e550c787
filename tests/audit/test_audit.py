"""The audit finds what is wrong with built pages, and nothing wrong with good ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from PIL import Image

from tests.audit import (
    links,
    markup,
    policy,
    search,
    transfer,
    weight,
)
from tests.audit.browser import Visit
from tests.audit.site import Finding, Page, Row, Site

Plant = Callable[..., Site]
Fault = tuple[Callable[[Site], list[Finding]], str, str, str]

BUILT = (links.check, markup.check, weight.check, search.check, policy.check)


@pytest.mark.parametrize("check", BUILT, ids=lambda check: check.__module__)
def test_a_good_site_is_left_alone(good: Site, check: Callable[[Site], list[Row]]) -> None:
    assert [row.findings for row in check(good) if row.findings] == []


FAULTS: list[Fault] = [
    (links.broken, "/sub/path/vae/#codes", "../gone/", "no such file"),
    (links.broken, "/sub/path/vae/#codes", "#nowhere", "no element has the id 'nowhere'"),
    (links.broken, "/sub/path/vae/#codes", "../#nowhere", "no element has the id 'nowhere'"),
    (links.broken, "/sub/path/vae/#codes", "/vae/", "out of the site's folder"),
    (links.broken, "/sub/path/vae/#codes", "../vae", "slash"),
    (links.broken, '<img src="', '<img srcset="/sub/path/card.png 1x, /gone.png 2x" src="', "out of"),
    (links.broken, '<img src="', '<video poster="gone.png"></video><img src="', "no such file"),
    (links.broken, "path/card.png", "path/gone.png", "no such file"),
    (links.foreign, "<script>", '<script src="https://cdn.org/x.js"></script><script>', "another host"),
    (links.foreign, "/sub/path/site.css", "//fonts.org/x.css", "another host"),
    (links.foreign, "<h2 ", '<p style="background: url(https://a.org/b.png)"></p><h2 ', "another host"),
    (links.repeated_ids, "<main>", '<main id="codes">', "2 elements have the id 'codes'"),
    (markup.unnamed, ' lang="en"', "", "has no lang"),
    (markup.unnamed, "<title>VAE", "<title>Home", "that of (home) too"),
    (markup.headings, "<h2 ", "<h4 ", "comes after an h1"),
    (markup.headings, "<h2 ", "<h1>Another</h1><h2 ", "there are 2, not 1"),
    (markup.landmarks, "<main>", "<main></main><main>", "there are 2, not 1"),
    (markup.landmarks, ' aria-label="Places"', "", "has no name"),
    (weight.heavy, "End", "x" * 60_000, "60,"),
    (weight.careless_images, ' alt="A card"', "", "lacks alt"),
    (weight.careless_images, ' width="120"', "", "lacks width"),
    (
        weight.careless_images,
        "<footer>",
        '<img src="" alt="" width="1" height="1"><footer>',
        "lacks loading=lazy",
    ),
    (search.unindexed, "Ten clusters", "Nine clusters", "not in the search index: 'Nine"),
    (search.unshared, 'property="og:title"', 'property="og:name"', "has no og:title"),
    (search.unshared, "https://example.org/sub/path/card.png", "/sub/path/card.png", "no file of the site"),
    (policy.lax, "Content-Security-Policy", "Refresh", "has no Content-Security-Policy"),
    (policy.lax, "style-src 'self'", "style-src 'unsafe-inline'", "allows 'unsafe-inline'"),
    (policy.lax, "script-src 'self'", "script-src 'unsafe-eval'", "allows 'unsafe-eval'"),
    (policy.lax, "<title>", "<script>1</script><title>", "comes before the policy"),
    (policy.inline, "+= '!'", "+= '?'", "script-src lacks 'sha256-"),
    (policy.inline, "<h2 ", '<h2 style="color: red" ', "forbids the attribute style"),
    (policy.inline, "<h2 ", '<h2 onclick="go()" ', "forbids the attribute onclick"),
    (policy.inline, "<h2 ", '<a href="java&#9;Script:go()">Go</a><h2 ', "an address that is a script"),
    (policy.inline, "<h2 ", '<form action="javascript:go()"></form><h2 ', "an address that is a script"),
    (policy.inline, "<h2 ", '<iframe src="data:text/html,a"></iframe><h2 ', "an address that is a script"),
    (policy.inline, "<h2 ", '<a href="#codes" target="_blank">Go</a><h2 ', "rel lacks noopener"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0].__name__}: {fault[3]}")
def test_a_planted_fault_is_found(good: Site, plant: Plant, fault: Fault) -> None:
    check, old, new, message = fault
    found = check(plant(good, old, new))
    assert found
    for finding in found:
        assert finding.page == "vae/"
        assert message in finding.message


def test_a_relative_address_on_the_page_for_unknown_ones_is_found(good: Site, plant: Plant) -> None:
    site = plant(good, "/sub/path/site.css", "site.css", "404.html")
    assert [finding.element for finding in search.unfound(site)] == [
        '<link rel="stylesheet" href="site.css">'
    ]
    assert any("no such file" in finding.message for finding in links.broken(site))


def test_a_page_that_the_sitemap_forgets_is_found(good: Site) -> None:
    (good.folder / "gan").mkdir()
    shutil.copy(good.folder / "vae" / "index.html", good.folder / "gan")
    assert [finding.element for finding in search.unlisted(good)] == [good.url + "gan/"]


def test_a_card_of_another_size_and_a_heavy_animation_are_found(good: Site) -> None:
    Image.new("RGB", (600, 315)).save(good.folder / "card.png")
    assert {finding.message.rpartition("card.png ")[2] for finding in search.unshared(good)} == {
        "is 600x315, not 1200x630"
    }
    (good.folder / "film.gif").write_bytes(bytes(400_001))
    assert [finding.page for finding in weight.films_too_heavy(good)] == ["film.gif"]


def test_foreign_and_missing_files_in_styles_are_found(good: Site) -> None:
    sheet = good.folder / "site.css"
    sheet.write_text(
        '@import "https://a.org/b.css"; p { background: url("gone.png") } /* url(no.png) */', "utf-8"
    )
    assert [finding.message for finding in links.foreign(good)] == ["https://a.org/b.css is on another host"]
    assert [finding.message for finding in links.broken(good)] == ["gone.png: there is no such file"]


def test_pictures_of_the_other_theme_and_a_heavy_first_view_are_found() -> None:
    visit = Visit(Page("vae/", ""), "dark", (375, 812))
    asked = ["https://a/figures/plane.dark.png", "https://a/figures/plane.light.png", "https://a/light.js"]
    assert [finding.element for finding in transfer.of_other_theme(asked, visit)] == ["plane.light.png"]
    assert transfer.first_view({visit: 299_999}).findings == []
    assert len(transfer.first_view({visit: 300_000}).findings) == 1
