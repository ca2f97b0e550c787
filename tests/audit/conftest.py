"""A small site without a fault, and a way to plant one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.audit.site import Site

Plant = Callable[..., Site]

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
PAGE = f"""<!doctype html>
<html lang="en"><head><title>{{title}}</title>
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta property="og:title" content="{{title}}"><meta property="og:description" content="D">
<meta property="og:image" content="https://example.org/sub/path/card.png">
<meta name="twitter:card" content="summary_large_image">
<link rel="stylesheet" href="/sub/path/site.css"></head>
<body><header>Top</header><main><h1>{{title}}</h1>
<nav aria-label="Places"><a href="/sub/path/vae/#codes">Codes</a></nav>
<figure><img src="/sub/path/card.png" alt="A card" width="120" height="63">
<figcaption><b>1.</b> Ten clusters of codes.</figcaption></figure><h2 id="codes">Codes</h2><a href="https://elsewhere.org/">Elsewhere</a></main>
<footer>End</footer></body></html>"""


@pytest.fixture
def good(tmp_path: Path) -> Site:
    """A small site without a fault."""
    for path, title in (("index.html", "Home"), ("vae/index.html", "VAE"), ("404.html", "Not found")):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(PAGE.format(title=title), encoding="utf-8")
    (tmp_path / "site.css").write_text("body { background: url(card.png) }", encoding="utf-8")
    Image.new("RGB", (1200, 630)).save(tmp_path / "card.png")
    return Site(tmp_path)


@pytest.fixture
def plant() -> Plant:
    """Puts something else into a page."""

    def changed(site: Site, old: str, new: str, path: str = "vae/index.html") -> Site:
        file = site.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        return Site(site.folder, site.url)

    return changed
