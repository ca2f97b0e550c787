"""The site as it is built."""

import re
from pathlib import Path

import pytest

from generate.build.catalogue import FIGURES

# What a browser fetches by itself; links that a reader may follow are another matter.
FETCHED = re.compile(
    r"<(?:link|script|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\"'> ]+)"
)
OWN = "http://127.0.0.1:"  # where the tests serve it


@pytest.fixture(params=[pytest.param("published_site", marks=pytest.mark.xdist_group("visits")), "demo"])
def site(request: pytest.FixtureRequest) -> Path:
    """The site of what is published, and the same pages about another data set."""
    found: Path = request.getfixturevalue(request.param)
    return found


def test_pages_ask_no_other_host(site: Path) -> None:
    for page in site.rglob("*.html"):
        asked = FETCHED.findall(page.read_text(encoding="utf-8"))
        assert [url for url in asked if not url.startswith(OWN)] == [], page


def test_styles_ask_no_other_host(site: Path) -> None:
    for style in site.rglob("*.css"):
        assert (
            re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)]*", style.read_text(encoding="utf-8"))
            == []
        )


def test_the_search_dialog_has_a_name(site: Path) -> None:
    assert 'role="dialog" aria-label="Search"' in (site / "index.html").read_text(encoding="utf-8")


def test_nothing_is_left_unconverted(site: Path) -> None:
    for page in site.rglob("*.html"):
        words = re.sub(r"<(pre|code|script)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "{{" not in words, page
        assert "$" not in words, page


def test_every_figure_is_on_a_page_with_files_that_are_there(site: Path) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    for figure in FIGURES:
        # The card is for other sites, which want its whole address; this build has none.
        if figure != "site/card":
            mark = f"figures/{figure}.light.svg" if figure == "site/mark" else None
            assert (mark or f'id="{figure.replace("/", "-")}"') in pages, figure
        for theme in ("light", "dark"):
            assert list((site / "figures").glob(f"{figure}.{theme}.*")), figure
