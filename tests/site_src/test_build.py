"""The site as it is built."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generate.build.catalogue import FIGURES
from generate.commands import build_site
from generate.pipeline.store import read_json, write_json

ROOT = Path(__file__).parents[2]
# What a browser fetches by itself; links that a reader may follow are another matter.
FETCHED = re.compile(
    r"<(?:link|script|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\"'> ]+)"
)


def published_site(folder: Path) -> Path:
    """The site of this repository's docs/."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def demo_site(folder: Path) -> Path:
    """The same pages about another data set, as ``make demo`` builds them."""
    for part in ("data", "figures"):
        shutil.copytree(ROOT / "docs" / part, folder / "docs" / part)
    manifest = folder / "docs/data/manifest.json"
    write_json(manifest, read_json(manifest) | {"dataset": "digits"})
    return build_site(folder).parent


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both, built once."""
    return {build.__name__: build(tmp_path_factory.mktemp("site")) for build in (published_site, demo_site)}


@pytest.fixture(params=["published_site", "demo_site"])
def site(request: pytest.FixtureRequest, sites: dict[str, Path]) -> Path:
    return sites[request.param]


def test_pages_ask_no_other_host(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert FETCHED.findall(page.read_text(encoding="utf-8")) == [], page


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
