"""The same sources make the same site, to the byte, whenever and wherever it is built."""

from pathlib import Path

import pytest

from tests.audit.site import ROOT, build

PAGE = """# A page

{{ num VAE_2D.parameters:, }} parameters, $z \\sim p(z)$.

{{ figure vae/plane }}

```python
print("code")
```

| Autoencoder | VAE | GAN |
|---|---|---|
| a | b | c |

{{ table licences }}
"""
NOTEBOOK = ROOT / "docs/notebooks/evidence-lower-bound.ipynb"


def site(folder: Path, sources: Path) -> dict[str, bytes]:
    """Every file of a small site by its path."""
    folder.mkdir()
    built = build(
        folder,
        "https://example.org/",
        docs_dir=str(sources),
        nav=["index.md", "about/runs.md", NOTEBOOK.name],
        markdown_extensions={"site_src.shortcodes": {"docs": str(sources)}},
    ).folder
    return {str(path.relative_to(built)): path.read_bytes() for path in built.rglob("*") if path.is_file()}


def test_two_builds_are_the_same_to_the_byte(
    published: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    (published / "index.md").write_text(PAGE)
    (published / "about").mkdir()
    (published / "about/runs.md").write_text("# Runs\n\n{{ table runs }}\n")
    (published / NOTEBOOK.name).write_bytes(NOTEBOOK.read_bytes())
    places = tmp_path_factory.mktemp("builds")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    first = site(places / "first", published)
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    second = site(places / "second", published)
    assert {"index.html", "sitemap.xml.gz", "search/search_index.json"} <= first.keys()
    assert b"<lastmod>2001-09-09</lastmod>" in first["sitemap.xml"]  # and not the day of the build
    assert [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)] == []
