"""Formulas: the structure that browsers and screen readers get, the font, and what ends the build."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from fontTools.ttLib import TTFont

from site_src.shortcodes import ShortcodeError
from site_src.shortcodes.inline import INLINE_MATHS
from site_src.shortcodes.maths import mathml

Convert = Callable[[str], str]

ROOT = Path(__file__).parents[2]
FONT = ROOT / "site_src/theme/assets/stix-two-math-subset.woff2"
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
# A browser shows a variable by an italic letter of these blocks; the italic h is older than they are.
BLOCKS = (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C))
ITALIC = {unicodedata.decomposition(chr(code)): chr(code) for code in BLOCKS} | {"<font> 0068": "ℎ"}


def tree(tex: str) -> Element:
    return ElementTree.fromstring(mathml(tex, display=True))


def text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def only(tex: str, tag: str) -> Element:
    found = list(tree(tex).iter(tag))
    assert len(found) == 1
    return found[0]


def operator(tex: str, sign: str) -> Element:
    return next(element for element in tree(tex).iter("mo") if element.text == sign)


@pytest.mark.parametrize(
    ("tex", "tag", "parts"),
    [
        (r"\min_G D", "munder", ["min", "G"]),
        (r"\max\limits_D", "munder", ["max", "D"]),
        (r"\operatorname*{argmin}_{z \in \mathbb{R}} f", "munder", ["argmin", "z∈ℝ"]),
        (r"\sum_{i=1}^{784} x", "munderover", ["∑", "i=1", "784"]),
        (r"\prod_{j=1}^d p", "munderover", ["∏", "j=1", "d"]),
        (r"\mathbb E_{q_\phi} f", "msub", ["𝔼", "qϕ"]),
        (r"\left\| \nabla D \right\|^2", "msup", ["‖∇D‖", "2"]),
        (r"\sigma_j^2", "msubsup", ["σ", "j", "2"]),
        (r"\hat{x}", "mover", ["x", "ˆ"]),
        (r"\mathcal{N}^2", "msup", ["𝒩", "2"]),
    ],
)
def test_scripts_and_limits_are_where_tex_has_them(tex: str, tag: str, parts: list[str]) -> None:
    found = next(tree(tex).iter(tag))
    assert [text(part) for part in found] == parts


def test_aligned_lines_are_a_table_with_its_relations_below_each_other() -> None:
    rows = list(tree(r"\begin{aligned} \log p(x) &= a \\ &\geq b \end{aligned}").iter("mtr"))
    assert [[text(cell) for cell in row] for row in rows] == [["logp(x)", "=a"], ["", "≥b"]]
    for row in rows:
        assert [cell.attrib["class"] for cell in row] == ["right", "left"]


def test_fractions_in_aligned_lines_have_their_full_size() -> None:
    assert only(r"\begin{aligned} a &= \frac{1}{2} \end{aligned}", "mtable").attrib["displaystyle"] == "true"


def test_the_brace_of_cases_grows_and_their_columns_are_on_the_left() -> None:
    tex = r"f = \begin{cases} x & \text{if } x \geq 0 \\ \alpha x & \text{otherwise} \end{cases}"
    assert operator(tex, "{").get("stretchy") != "false"
    assert [text(row) for row in tree(tex).iter("mtr")] == ["xif\u00a0x≥0", "αxotherwise"]
    assert all(cell.attrib["class"] == "left" for cell in tree(tex).iter("mtd"))


def test_a_matrix_stands_between_brackets_that_grow() -> None:
    tex = r"\left[ \begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix} \right]"
    assert [len(row) for row in tree(tex).iter("mtr")] == [2, 2]
    assert operator(tex, "[").get("stretchy") == operator(tex, "]").get("stretchy") is None


def test_brackets_grow_where_asked_to_only() -> None:
    assert operator(r"\left\| x \right\|", "‖").get("stretchy") is None
    assert operator(r"\left( x \right)", "(").get("stretchy") is None
    assert operator(r"\lVert \frac{1}{2} \rVert", "‖").get("stretchy") == "false"
    assert operator(r"p(\frac{1}{2})", "(").get("stretchy") == "false"


def test_fractions_nest() -> None:
    outer, inner = tree(r"\frac{1}{1 + \frac{p_G}{p}}").iter("mfrac")
    assert [text(part) for part in outer] == ["1", "1+pGp"]
    assert [text(part) for part in inner] == ["pG", "p"]


def test_a_brace_below_has_its_label_below() -> None:
    outer, inner = tree(r"\underbrace{a + b}_{\text{rate}}").iter("munder")
    assert [text(part) for part in outer] == ["a+b⏟", "rate"]
    assert inner[1].get("stretchy") != "false"


def test_a_function_is_applied_and_set_apart() -> None:
    log, applied, argument = next(row for row in tree(r"\log x").iter("mrow") if len(row) == 3)
    assert [text(log), applied.text, text(argument)] == ["log", "\u2061", "x"]
    assert applied.attrib["lspace"] == "0.1667em"


@pytest.mark.parametrize(("tex", "sign"), [(r"z \sim p", "∼"), (r"x \mid z", "∣"), (r"a \odot b", "⊙")])
def test_relations_are_operators_of_normal_size(tex: str, sign: str) -> None:
    assert operator(tex, sign).get("largeop") == ("false" if sign == "⊙" else None)


def test_formulas_in_lines_and_in_boxes(html: Convert) -> None:
    assert html(r"the code $q_\phi(z)$ of an image").startswith("<p>the code <math><msub>")
    block = html("$$\n\\begin{aligned}\na &= b \\\\\n&= c\n\\end{aligned}\n$$")
    assert block.startswith('<div class="formula"><math display="block"><mtable')


def test_formulas_carry_no_bytes_for_nothing() -> None:
    markup = mathml(r"\log p_\theta(x) = \mathcal{N}(0, I) \geq 0", display=True)
    assert "xmlns" not in markup
    assert "&" not in markup
    assert "\ufe00" not in markup


def test_a_price_is_not_maths(html: Convert) -> None:
    assert "<math" not in html("It costs $5 or $6, or \\$7.")


@pytest.mark.parametrize(
    "tex",
    [
        *(r"\frac{1}", r"\left( x", r"\nosuchcommand x", "x_{", "{x", "x}", "x^2^3", "a & b"),
        *(r"\begin{aligned} x", r"\begin{cases} a \end{aligned}", r"\color{red} x"),
    ],
)
def test_bad_tex_is_an_error_that_names_the_formula(html: Convert, tex: str) -> None:
    with pytest.raises(ShortcodeError) as error:
        html(f"A formula ${tex}$ here.")
    assert tex in str(error.value)


def test_a_formula_that_does_not_end_is_an_error(html: Convert) -> None:
    with pytest.raises(ShortcodeError, match="does not end"):
        html("$$\nx = 1\n\nand so on")


def written() -> Iterator[str]:
    """Every text of the site that may have formulas: pages, captions, notebooks."""
    for page in (ROOT / "docs").rglob("*.md"):
        yield CODE.sub("", page.read_text(encoding="utf-8"))
    for entry in (ROOT / "docs/data/manifest/figures").rglob("*.json"):
        yield json.loads(entry.read_text(encoding="utf-8"))["caption"]
    for notebook in (ROOT / "docs/notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        yield from (CODE.sub("", "".join(c["source"])) for c in cells if c["cell_type"] == "markdown")


def shown(formula: Element) -> Iterator[str]:
    """The characters that a browser looks up in the font."""
    for element in formula.iter():
        letters = element.text or ""
        variable = element.tag == "mi" and len(letters) == 1 and "mathvariant" not in element.attrib
        yield from ITALIC.get(f"<font> {ord(letters):04X}", letters) if variable else letters


def test_the_font_has_every_character_of_every_formula() -> None:
    missing = set()
    has = TTFont(FONT).getBestCmap()
    for page in written():
        for block, inline in re.findall(rf"\$\$(.+?)\$\$|{INLINE_MATHS}", page, re.DOTALL):
            formula = tree(block or inline)
            missing |= {sign for sign in shown(formula) if ord(sign) not in has and not sign.isspace()}
    assert missing == set()
