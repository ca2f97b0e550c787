"""The audit finds what is wrong with built pages, and nothing wrong with good ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from tests.audit import (
    links,
    policy,
    search,
    transfer,
    weight,
)
from tests.audit.browser import Visit
from tests.audit.site import Finding, Page, Row, Site

Plant = Callable[..., Site]
Fault = tuple[Callable[[Site], list[Row] | list[Finding]], str, str, str]

BUILT = (links.check, weight.check, search.check, policy.check)


@pytest.mark.parametrize("check", BUILT, ids=lambda check: check.__module__)
def test_a_good_site_is_left_alone(good: Site, check: Callable[[Site], list[Row]]) -> None:
    assert [row.findings for row in check(good) if row.findings] == []


FAULTS: list[Fault] = [
    (links.broken, "/sub/path/vae/#codes", "../gone/", "no such file"),
    (links.broken, "/sub/path/vae/#codes", "#nowhere", "no element has the id 'nowhere'"),
    (links.broken, "/sub/path/vae/#codes", "../#nowhere", "no element has the id 'nowhere'"),
    (links.broken, "/sub/path/vae/#codes", "/vae/", "out of the site's folder"),
    (links.broken, "/sub/path/vae/#codes", "../vae", "slash"),
    (links.broken, '<img src="', '<video poster="gone.png"></video><img src="', "no such file"),
    (links.broken, "path/card.png", "path/gone.png", "no such file"),
    (weight.check, ' width="120"', "", "lacks width"),
    (
        weight.check,
        "<footer>",
        '<img src="" alt="" width="1" height="1"><footer>',
        "lacks loading=lazy",
    ),
    (weight.check, "End", "x" * 60_000, "60,"),
    (search.unshared, 'content="VAE"', 'content="Home"', "that of (home) too"),
    (search.unshared, 'property="og:title"', 'property="og:name"', "has no og:title"),
    (
        search.unshared,
        "https://example.org/sub/path/card.png",
        "/sub/path/card.png",
        "is no picture",
    ),
    (policy.lax, "Content-Security-Policy", "Refresh", "has no Content-Security-Policy"),
    (policy.lax, "style-src 'self'", "style-src 'unsafe-inline'", "allows 'unsafe-inline'"),
    (policy.lax, "script-src 'self'", "script-src 'unsafe-eval'", "allows 'unsafe-eval'"),
    (policy.lax, "<title>", "<script>1</script><title>", "comes before the policy"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0].__name__}: {fault[3]}")
def test_a_planted_fault_is_found(good: Site, plant: Plant, fault: Fault) -> None:
    check, old, new, message = fault
    found = check(plant(good, old, new))
    faults = [fault for one in found for fault in (one.findings if isinstance(one, Row) else [one])]
    assert faults
    for finding in faults:
        assert finding.page == "vae/"
        assert message in finding.message


def test_a_relative_address_on_the_page_for_unknown_ones_is_found(good: Site, plant: Plant) -> None:
    site = plant(good, "/sub/path/site.css", "site.css", "404.html")
    assert any("no such file" in finding.message for finding in links.broken(site))


def test_a_card_of_another_size_and_a_heavy_animation_are_found(good: Site) -> None:
    Image.new("RGB", (600, 315)).save(good.folder / "card.png")
    assert {finding.element for finding in search.unshared(good)} == {"og:image"}
    (good.folder / "film.gif").write_bytes(bytes(400_001))
    assert [finding.page for row in weight.check(good) for finding in row.findings] == ["film.gif"]


def test_pictures_of_the_other_theme_and_a_heavy_first_view_are_found() -> None:
    visit = Visit(Page("vae/", ""), "dark", (375, 812))
    asked = ["https://a/figures/plane.dark.png", "https://a/figures/plane.light.png", "https://a/light.js"]
    assert [finding.element for finding in transfer.of_other_theme(asked, visit)] == ["plane.light.png"]
    assert transfer.first_view({visit: 299_999}).findings == []
    assert len(transfer.first_view({visit: 300_000}).findings) == 1
