import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_site import converted
from markdown import Markdown

from generate.pipeline.store import read_json, write_json
from site_src.shortcodes import ShortcodeError, Shortcodes

Convert = Callable[[str], str]


@pytest.mark.parametrize(
    ("shortcode", "text"),
    [
        ("{{ num VAE_2D.parameters:, }}", "1,234,567"),
        ("{{ num VAE_2D.parameters }}", "1234567"),
        ("{{num vae/plane.accuracy:.1%}}", "87.6%"),
        ("{{ num VAE_2D.device }}", "CPU"),
        ("{{ num vae/plane.x:.2f }}", "−0.25"),
    ],
)
def test_numbers_are_formatted(html: Convert, shortcode: str, text: str) -> None:
    assert html(f"It is {shortcode}.") == f"<p>It is {text}.</p>"


def test_numbers_work_in_tables_and_headings(html: Convert) -> None:
    assert "<td>1,234,567</td>" in html("| a |\n|---|\n| {{ num VAE_2D.parameters:, }} |")
    assert html("## At {{ num vae/plane.accuracy:.0% }}") == "<h2>At 88%</h2>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ num VAE_2D.parameter }}", "did you mean VAE_2D.parameters"),
        ("{{ figure vae/plan }}", "did you mean vae/plane"),
        ("{{ figure zzz }}", "make figures"),
        ("{{ figure vae/plane live plain }}", "did you mean plane"),
        ("{{ ref vae/plane }}", "no figure on a page is called"),
        ("{{ num VAE_2D.device:.2f }}", "cannot format VAE_2D.device"),
        ("{{ num VAE_2D.parameters : , }}", "not a shortcode"),
        ("See {{ figure vae/plane }} here.", "a paragraph by itself"),
        ("{{ figure vae/plane }}\n\n{{ figure vae/plane }}", "twice"),
    ],
)
def test_what_was_not_published_is_an_error(html: Convert, text: str, message: str) -> None:
    with pytest.raises(ShortcodeError, match=message):
        html(text)


def test_a_figure_can_have_a_live_view_in_its_pictures_place(html: Convert) -> None:
    text = html("{{ figure vae/plane live plane vae }}")
    figure, caption = text.split("<figcaption>")
    place = figure[figure.index("<div") : figure.index("</div>")]
    assert 'data-view="plane"' in place
    assert 'data-of="vae"' in place
    assert figure.count("<img") == place.count("<img") == 2
    assert "Figure 1." in caption
    assert "data-of" not in html("{{ figure vae/curve live plane }}")


def test_a_live_view_can_follow_a_figure_that_stays(html: Convert) -> None:
    figure, place = html("{{ figure vae/plane with plane vae }}").split("</figure>")
    assert figure.count("<img") == 2
    assert "data-view" not in figure
    assert 'data-of="vae" data-view="plane" id="vae-plane-live"' in place
    assert "<img" not in place


def test_a_figure_has_both_themes_and_its_data(html: Convert) -> None:
    text = html("{{ figure vae/plane }}")
    assert 'id="vae-plane"' in text
    for theme in ("light", "dark"):
        assert f'src="/figures/vae/plane.{theme}.png#only-{theme}"' in text
    assert text.count('loading="lazy"') == text.count('alt="Ten clusters."') == text.count('width="640"') == 2
    assert 'href="/data/results/vae/plane.npz"' in text
    assert "87.6% right" in text
    assert "<math" in text
    assert "button" not in text


def test_a_figure_says_how_it_was_made(html: Convert) -> None:
    text = html("{{ figure vae/plane }}")
    assert "In <code>generate/figures/vae/space.py</code>" in text
    assert "<code>make figures ONLY=vae/plane</code>" in text
    assert ', from VAE_2D (seed 7). <a href="#provenance">Provenance</a>.' in text


def test_a_page_with_figures_ends_with_what_they_were_made_with(converter: Markdown, html: Convert) -> None:
    text = html("{{ figure vae/plane }}\n\n{{ figure vae/curve }}\n\nThe end.")
    assert text.index("The end.") < text.index('id="provenance"')
    assert text.count("Drawn at commit 0123456789, with Python 3.11.7, Matplotlib 3.11.2.") == 1
    assert f"Data: MNIST, SHA-256 {'fe' * 32}." in text
    assert "Trained at commit abcdef0123, on CPU, 1 thread, bfloat16, with Python 3.11.7, PyTorch" in text
    told = "825,000 images, batch 64, rate 0.003: VAE_2D (VAE, beta 1, latent 2; seed 7; 450 s)"
    assert text.count(f"<li>{told}</li>") == 1
    converter.reset()
    assert "provenance" not in html("No figure.")


def test_runs_say_in_which_format_they_computed_where_it_was_recorded(published: Path) -> None:
    page = "{{ figure vae/plane }}\n\n{{ table runs }}"
    path = published / "data/manifest/runs/VAE_2D.json"
    recorded, older = read_json(path), read_json(path)
    text = converted(published, page)
    assert "MNIST; CPU, 1 thread, bfloat16; PyTorch 2.15.0" in text
    assert text.count("bfloat16") == 2

    del older["provenance"]["precision"]
    write_json(path, older)
    text = converted(published, page)
    assert "MNIST; CPU, 1 thread; PyTorch 2.15.0" in text
    assert "on CPU, 1 thread, with Python" in text

    recorded["provenance"]["precision"] = "int8"
    write_json(path, recorded)
    with pytest.raises(ShortcodeError, match=r"precision is not bfloat16 or float32: 'int8'"):
        converted(published, page)


def test_a_diagram_is_shown_as_svg(html: Convert) -> None:
    assert "/figures/vae/curve.dark.svg#only-dark" in html("{{ figure vae/curve }}")


def test_an_animation_shows_its_still_and_links_to_its_gif(html: Convert) -> None:
    text = html("{{ figure vae/film }}")
    assert 'src="/figures/vae/film.light.png#only-light"' in text
    assert '<a class="only-dark" data-frames="3" href="/figures/vae/film.dark.gif">' in text


def test_figures_are_numbered_by_page(converter: Markdown) -> None:
    page = "See {{ ref vae/plane }}.\n\n{{ figure vae/curve }}\n\n{{ figure vae/plane }}"
    for _ in range(2):
        text = converter.reset().convert(page)
        assert 'See <a href="#vae-plane">Figure 2</a>.' in text
        assert text.index(">Figure 1.<") < text.index(">Figure 2.<")


def test_a_figure_of_another_page_is_linked_with_that_pages_name(tmp_path: Path) -> None:
    (tmp_path / "about").mkdir()
    fenced = "```markdown\n{{ figure vae/film }}\n```\n\n"
    (tmp_path / "about" / "vae.md").write_text(f"# VAE {{ #a }}\n\n{fenced}{{{{ figure vae/curve }}}}\n")
    text = Markdown(extensions=[Shortcodes(docs=str(tmp_path))]).convert("See {{ ref vae/curve }}.")
    assert text == '<p>See <a href="/about/vae.md#vae-curve">Figure 1 of “VAE”</a>.</p>'


def test_code_is_left_as_typed(html: Convert) -> None:
    assert html("`{{ num a }} $x$`") == "<p><code>{{ num a }} $x$</code></p>"
    assert "{{ figure a }}\n$$x$$" in html("```text\n{{ figure a }}\n$$x$$\n```")
    assert "{{ figure a }}" in html("    {{ figure a }}")


def test_new_numbers_are_seen_by_the_next_page(published: Path) -> None:
    def convert() -> str:
        options = {"site_src.shortcodes": {"docs": str(published)}}
        return Markdown(extensions=["site_src.shortcodes"], extension_configs=options).convert("{{ num a }}")

    path = published / "data/numbers.json"
    for value in (1, 2):
        write_json(path, {"a": value})
        os.utime(path, ns=(value, value))
        assert convert() == f"<p>{value}</p>"
