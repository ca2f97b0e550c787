"""Tables: comparisons of the three families, and the runs."""

from collections.abc import Callable

from bs4 import BeautifulSoup

Convert = Callable[[str], str]

COMPARISON = """
| | Autoencoder | VAE | GAN, by search |
|---|---:|---:|---:|
| **Error** | 1 | 2 | 3 |
| Words | a | b | |
"""


def test_a_comparison_has_the_families_colours_and_a_label_in_every_cell(html: Convert) -> None:
    table = BeautifulSoup(html(COMPARISON), "html.parser").table
    assert table is not None
    assert table["data-families"] == "3"
    assert [cell["class"][-1] for cell in table.select("thead th")] == ["ae", "vae", "gan"]
    for row in table.select("tbody tr"):
        first, *cells = row.select("td")
        assert not first.has_attr("data-label")
        assert [cell["data-label"] for cell in cells] == ["Autoencoder", "VAE", "GAN, by search"]


def test_another_table_is_none(html: Convert) -> None:
    for head in ("| Setting | Autoencoder | VAE |", "| Run | Parameters | Seed |"):
        assert "data-families" not in html(f"{head}\n|---|---|---|\n| a | b | c |\n")


def test_cells_are_aligned_without_styles_of_their_own(html: Convert) -> None:
    text = html(COMPARISON)
    assert "style=" not in text
    assert text.count('class="right ae"') == 3


def test_an_empty_corner_is_no_header(html: Convert) -> None:
    assert "<th></th>" not in html(COMPARISON)


def test_each_run_has_an_anchor_its_settings_and_where_it_was_trained(html: Convert) -> None:
    table = BeautifulSoup(html("{{ table runs }}"), "html.parser")
    row = table.select_one("tr#VAE_2D")
    assert row is not None
    told = row.get_text(" ")
    for piece in ("VAE, beta 1, latent 2, batch 64", "252a5ca25a96", "1,100", "825,000", "0.003", "7.5"):
        assert piece in told
    assert "PyTorch 2.15.0, NumPy 2.4.6, Python 3.11.7; commit abcdef0123; 2026-11-21" in told
    assert "binarise" not in told
