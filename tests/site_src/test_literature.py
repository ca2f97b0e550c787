"""Citations, the bibliography and the glossary."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from site_src.shortcodes import ShortcodeError
from site_src.shortcodes.citations import works
from site_src.shortcodes.glossary import Terms, anchor, terms

Convert = Callable[[str], str]
PAGES = sorted((Path(__file__).parents[2] / "docs").rglob("*.md"))


def test_a_citation_names_the_work_links_to_it_and_shows_it_on_hover(html: Convert) -> None:
    text = html("As {{ cite kingma2014 }} show.")
    assert 'href="/bibliography.md#kingma2014"' in text
    assert 'title="D. P. Kingma and M. Welling, Auto-encoding variational Bayes, ICLR 2014"' in text
    assert ">Kingma &amp; Welling 2014</a>" in text


def test_an_unknown_work_ends_the_build(html: Convert) -> None:
    with pytest.raises(ShortcodeError, match="did you mean kingma201"):
        html("{{ cite kingma2013 }}")


def test_the_bibliography_has_a_place_for_every_citation(html: Convert) -> None:
    text = html("{{ bibliography }}")
    assert re.findall(r'<li id="([\w-]+)"', text) == list(works())


def test_works_stand_in_the_order_of_their_keys() -> None:
    assert list(works()) == sorted(works())


def test_every_work_is_cited_somewhere() -> None:
    cited = {key for page in PAGES for key in re.findall(r"\{\{ cite ([\w-]+) \}\}", page.read_text("utf-8"))}
    assert set(works()) == cited


def test_the_first_mention_of_a_term_explains_it_and_later_ones_do_not(html: Convert) -> None:
    text = html("The prior and a *prior*.\n\nPriors again.")
    assert text.count('class="term"') == 1
    assert text.index('class="term"') < text.index("<em>")
    assert terms()["prior"].split(";")[0] in text


@pytest.mark.parametrize("text", ["## The prior", "`prior`", "[prior](a.md)", "beta-VAE", "priority"])
def test_headings_code_links_and_parts_of_words_are_left_alone(html: Convert, text: str) -> None:
    assert 'class="term"' not in html(text)


def test_terms_within_emphasis_and_after_it_are_found(html: Convert) -> None:
    text = html("An *ELBO* and then a latent, or two latents.")
    assert re.findall(r'class="term" href="/glossary.md#([\w-]+)"', text) == ["elbo", "latent"]


def test_the_glossary_lists_every_term_and_links_none(html: Convert) -> None:
    text = html("The prior.\n\n{{ glossary }}")
    assert re.findall(r'<dt id="([\w-]+)"', text) == [anchor(term) for term in terms()]
    assert 'class="term"' not in text


def test_the_longest_term_wins() -> None:
    from markdown import Markdown

    assert Terms(Markdown()).pattern.search("a posterior collapse")[0] == "posterior collapse"  # type: ignore[index]
