"""What is done to every page at the end."""

import re
import shutil
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs.config.defaults import MkDocsConfig

from generate.workspace import ROOT
from site_src.plugins.finished import ASSETS, Finished, Options
from site_src.shortcodes import ShortcodeError

SCRIPT = "var a  =\n\n  1"
PAGE = f"""<!doctype html>
<html>
  <head>
    <meta charset="utf-8">

    <script>{SCRIPT}</script>
    <script src="a.js"></script>
    <script type="application/json">{{"b":  2}}</script>
  </head>
  <body>
    <p>Two
       lines</p>
    <pre><code><span class="n">x</span> <span class="o">=</span>

    <span class="s1">a</span></code></pre>
    <p><span class="ae">AE</span></p>
  </body>
</html>"""


def finished(command: str = "build", page: str = PAGE) -> str:
    plugin = Finished()
    plugin.config = Options()
    plugin.on_startup(command=command, dirty=False)
    return plugin.on_post_page(page)


def test_a_page_forbids_all_that_it_does_not_need() -> None:
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', finished())
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    digest = b64encode(sha256(SCRIPT.encode()).digest()).decode()
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'self' 'wasm-unsafe-eval' 'sha256-{digest}'"
    assert "unsafe-inline" not in policy[1]
    assert all("http" not in sources for sources in rules.values())


def test_the_policy_comes_before_anything_it_could_forbid() -> None:
    page = finished()
    assert page.index("Content-Security-Policy") < page.index("<script")


def test_the_first_figures_picture_is_fetched_at_once_in_the_systems_theme_alone() -> None:
    figures = "".join(
        f'<figure class="drawing" id="{name}"><img alt="" src="../{name}.light.png#only-light">'
        f'<img alt="" src="../{name}.dark.png#only-dark"></figure>'
        for name in ("first", "second")
    )
    hint = '<link rel="preload" as="image" href="../first.{0}.png" media="(prefers-color-scheme: {0})">'
    page = finished(page=PAGE.replace("<head>", "<head><title>A</title>").replace("<pre>", f"{figures}<pre>"))
    assert "</title>\n" + "\n".join(map(hint.format, ("light", "dark"))) in page
    assert page.count('rel="preload"') == 2
    assert "preload" not in finished()
    late = PAGE.replace("<head>", "<head><title>A</title>").replace("<pre>", f"{'word ' * 400}{figures}<pre>")
    assert "preload" not in finished(page=late.replace("<body>", "<body><article>"))


def test_a_page_waits_for_one_style_sheet_the_themes_rules_before_the_sites(tmp_path: Path) -> None:
    links = "".join(
        f'    <link rel="stylesheet" href="../assets/{name}.css">\n'
        for name in ("stylesheets/main.1.min", "stylesheets/palette.2.min", "site")
    )
    page = finished(page=PAGE.replace("  </head>", f"{links}  </head>"))
    assert re.findall(r'rel="stylesheet" href="(.*?)"', page) == ["../assets/site.css"]
    for source in ASSETS.rglob("*.*"):
        (built := tmp_path / "assets" / source.relative_to(ASSETS)).parent.mkdir(parents=True, exist_ok=True)
        built.write_bytes(source.read_bytes())
    (tmp_path / "assets" / "stylesheets").mkdir()
    for name in ("palette.2", "main.1"):
        rule = f".{name[:4]} {{}}/*# sourceMappingURL={name}.map */"
        (tmp_path / "assets" / "stylesheets" / f"{name}.min.css").write_text(rule)
    config: Any = SimpleNamespace(site_dir=str(tmp_path))
    Finished().on_post_build(config=config)
    styles = (tmp_path / "assets" / "site.css").read_text()
    assert styles.index(".main {}") < styles.index(".pale {}") < styles.index("--ink:")
    assert "sourceMappingURL" not in styles


def test_while_editing_mkdocs_may_write_its_own_script() -> None:
    assert "Content-Security-Policy" not in finished("serve")


def test_blank_space_goes_except_where_it_shows() -> None:
    page = finished()
    assert "\n\n" not in page.partition("<pre>")[0].replace(SCRIPT, "")
    assert "<p>Two\nlines</p>" in page
    assert f"<script>{SCRIPT}</script>" in page
    assert '<code>x =\n\n    <span class="s1">a</span></code>' in page
    assert '<span class="ae">AE</span>' in page


def test_the_page_for_unknown_addresses_is_finished_and_other_templates_are_not() -> None:
    plugin = Finished()
    assert "Content-Security-Policy" in plugin.on_post_template(PAGE, template_name="404.html")
    assert plugin.on_post_template("<a>\n\n</a>", template_name="sitemap.xml") == "<a>\n\n</a>"


def test_what_is_not_as_it_was_published_is_not_published(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", docs)
    config = MkDocsConfig()
    config.load_dict({"docs_dir": str(docs), "site_name": "Copy"})
    plugin = Finished()
    plugin.on_pre_build(config=config)
    weights, result = "data/weights/GAN_2D.safetensors", "data/results/gan/samples.npz"
    for name in ("figures/gan/samples.dark.png", weights, result):
        content = (docs / name).read_bytes()
        (docs / name).write_bytes(content[:-1])
        with pytest.raises(ShortcodeError, match=rf"{name} is missing or not as .*git checkout"):
            plugin.on_pre_build(config=config)
        plugin.on_startup(command="serve")
        plugin.on_pre_build(config=config)  # perhaps it is just being drawn
        plugin.on_startup(command="build")
        (docs / name).write_bytes(content)
