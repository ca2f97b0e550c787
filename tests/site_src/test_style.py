"""The site's colours are those of the figures."""

import re
from pathlib import Path

import pytest

from generate.plotting.theme import DARK, LIGHT, Theme

ASSETS = Path(__file__).parents[2] / "site_src/theme/assets"
ROLES = ("ink", "paper", "muted", "faint", "tile", "ae", "vae", "gan", "real")
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")


@pytest.mark.parametrize(("theme", "scheme"), [(LIGHT, "default"), (DARK, "slate")])
def test_colours_agree(theme: Theme, scheme: str) -> None:
    styles = (ASSETS / "site.css").read_text(encoding="utf-8")
    rule = re.search(rf'\[data-md-color-scheme="{scheme}"\] \{{(.*?)\}}', styles, re.DOTALL)
    assert rule is not None
    digits = {f"digit-{label}": colour for label, colour in enumerate(theme.digits)}
    roles = {role: getattr(theme, role) for role in ROLES}
    assert dict(re.findall(r"--([\w-]+): (#\w+);", rule[1])) == roles | digits


@pytest.mark.parametrize("name", ["site.css", "playground/playground.css"])
def test_there_are_no_other_colours(name: str) -> None:
    known = {
        colour
        for theme in (LIGHT, DARK)
        for colour in (*theme.digits, *(getattr(theme, role) for role in ROLES))
    }
    assert set(HEX.findall((ASSETS / name).read_text(encoding="utf-8"))) <= known
