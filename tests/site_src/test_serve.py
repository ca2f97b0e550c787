"""``make serve`` notices an edit of anything that pages are made of, and shows it in the next build."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {
    "index": "# Home\n\nIt has {{ num VAE_16D.parameters:, }} parameters, says {{ cite kingma2014 }}.\n",
    "bibliography": "# References\n\n{{ bibliography }}\n",
    "glossary": "# Glossary\n\n{{ glossary }}\n",
    "figure": "# Figure\n\n{{ figure vae/latent_plane }}\n",
    "scoreboard": "# Scoreboard\n\n{{ table scoreboard }}\n",
    "benchmark": "# Benchmark\n\n{{ table benchmark }}\n",
    "licences": "# Licences\n\n{{ table licences }}\n",
    "about/runs": "# Runs\n\n{{ table runs }}\n",
}
NOTEBOOK = "notebooks/evidence-lower-bound"
# `mkdocs serve`, but in place of the server a hand that makes all edits at once: two builds in one process.
SERVE = """
import json, os, sys
opened = set()
sys.addaudithook(lambda event, about: event == "open" and opened.add(str(about[0])))
from mkdocs.commands.serve import serve
from mkdocs.livereload import LiveReloadServer

def shown(server):
    found = {}
    for folder, _, names in os.walk(server.root):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith((".html", ".js", ".css")) and "javascripts" not in path:
                found[os.path.relpath(path, server.root)] = open(path, encoding="utf-8").read()
    return found

def once_more(server, **_):
    before = shown(server)
    for path, text in json.load(open("edits.json")).items():
        open(path, "w", encoding="utf-8").write(text)
    server.builder()
    told = {"before": before, "after": shown(server), "watched": [*server._watched_paths]}
    json.dump(told | {"opened": [*opened]}, open("told.json", "w"))

LiveReloadServer.serve = once_more
serve("mkdocs.yml")
"""


class Edit(NamedTuple):
    """A file, words in it, what they become, and the built page or file on which that is to be seen."""

    file: str
    old: str
    new: str
    where: str
    shown: str = ""


BIBLIOGRAPHY, GLOSSARY = "site_src/content/bibliography.toml", "site_src/content/glossary.toml"
ASSETS = "site_src/theme/assets"
EDITS = {
    "page": Edit("docs/index.md", "# Home", "# Hearth", "index.html", "Hearth"),
    "configuration": Edit("mkdocs.yml", "copyright: Text", "copyright: Words", "index.html", "Words"),
    "bibliography": Edit(BIBLIOGRAPHY, "Auto-encoding", "Self-encoding", "bibliography/index.html"),
    "citations": Edit(BIBLIOGRAPHY, "Kingma & Welling", "K and W", "index.html"),
    "glossary": Edit(GLOSSARY, "how many nats", "how many bits", "glossary/index.html"),
    "scoreboard": Edit("docs/data/scoreboard.json", '"GAN"', '"G.A.N."', "scoreboard/index.html", "G.A.N."),
    "numbers": Edit(
        "docs/data/numbers.json",
        '"VAE_16D.parameters": ',
        '"VAE_16D.parameters": 9',
        "index.html",
        "It has 9",
    ),
    "manifest": Edit(
        "docs/data/manifest/figures/vae/latent_plane.json",
        "Where the VAE puts",
        "Where a VAE puts",
        "figure/index.html",
    ),
    "benchmark": Edit("docs/data/benchmark.json", "clean copy", "fresh copy", "benchmark/index.html"),
    "licences": Edit("requirements.txt", "zict==", "nought==", "licences/index.html"),
    "style": Edit(f"{ASSETS}/site.css", "--ink: #1b2030", "--ink: #1b2031", "assets/site.css", "#1b2031"),
    "script": Edit(f"{ASSETS}/site.js", '"[data-view]"', '"[data-vista]"', "assets/site.js"),
    "template": Edit("site_src/theme/main.html", "The search needs", "A search needs", "index.html"),
    "notebook": Edit(f"docs/{NOTEBOOK}.ipynb", "by brute force", "by sheer force", f"{NOTEBOOK}/index.html"),
    "code of a table": Edit(
        "site_src/shortcodes/scoreboard.py", '"Measure"', '"Gauge"', "scoreboard/index.html", "Gauge"
    ),
    "code of notebooks": Edit(
        "site_src/plugins/notebook_pages.py", "Download this", "Take this", f"{NOTEBOOK}/index.html"
    ),
    "code that finishes pages": Edit(
        "site_src/plugins/finished.py",
        "hastened(THEMES",
        "'<!--edited-->' + hastened(THEMES",
        "index.html",
        "edited",
    ),
}
GONE = {"licences": ">zict<"}  # what is to be seen no more


def edited(root: Path) -> dict[str, str]:
    """The files of a copy, by their paths in it, as all edits together leave them."""
    texts: dict[str, str] = {}
    for edit in EDITS.values():
        text = texts.get(edit.file) or (root / edit.file).read_text(encoding="utf-8")
        assert edit.old in text, edit
        texts[edit.file] = text.replace(edit.old, edit.new)
    return texts


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two builds of a copy of the project read and made, with every edit between them."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("site_src", "generate/pipeline"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "docs/data").mkdir(parents=True)
    for file in (
        "generate/__init__.py",
        "requirements.txt",
        f"docs/{NOTEBOOK}.ipynb",
        *(path.relative_to(ROOT) for path in (ROOT / "docs/data").rglob("*.json")),
    ):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, root / file)
    for name, text in PAGES.items():
        page = root / "docs" / f"{name}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    (root / "mkdocs.yml").write_text(re.sub(r"^nav:\n(?: .*\n)+", "", settings, flags=re.MULTILINE))
    (root / "edits.json").write_text(json.dumps(edited(root)))
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", SERVE], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads((root / "told.json").read_text())
    return found | {"root": root}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_shows_when_pages_are_built_again(told: dict[str, Any], what: str) -> None:
    _, _, new, where, shown = EDITS[what]
    before, after = told["before"][where], told["after"][where]
    if what in GONE:
        assert GONE[what] in before
        assert GONE[what] not in after
    else:
        assert (shown or new) not in before
        assert (shown or new) in after


def test_whatever_the_build_reads_is_watched(told: dict[str, Any]) -> None:
    root, watched = told["root"], [Path(path) for path in told["watched"]]
    read = {
        path for path in map(root.joinpath, told["opened"]) if path.is_relative_to(root) and path.is_file()
    }
    read -= {root / "edits.json", root / "told.json"}
    assert {root / edit.file for edit in EDITS.values()} <= read
    unseen = {path for path in read if not any(path.is_relative_to(place) for place in watched)}
    assert {path for path in unseen if path.suffix != ".pyc"} == set()
