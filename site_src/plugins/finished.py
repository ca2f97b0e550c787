"""MkDocs plugin, the last touch on what is published: pages that come sooner, with a content-security-policy.

Not every host lets a project set headers, so each page carries its policy itself: scripts, styles, pictures
and data come from the site alone, and the few scripts that Material writes into pages are named by hash.
"""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin
from rcssmin import cssmin
from rjsmin import jsmin

from site_src.shortcodes.licences import PINS
from site_src.shortcodes.published import ShortcodeError, altered

HERE = Path(__file__).parents[1]
ASSETS = HERE / "theme" / "assets"
SHRINK = {".js": jsmin, ".css": cssmin}

AS_TYPED = re.compile(r"(<(?:pre|script|textarea)\b.*?</(?:pre|script|textarea)>)", re.DOTALL)
PLAIN = re.compile(r'<span class="(?![ksc])\w+">([^<]*)</span>')
FIGURE = re.compile(r'<(figure|div) class="(?:drawing|view).*?</\1>', re.DOTALL)
# Remarks, and which page comes next: Firefox alone heeds that, and fetches it unasked; the policy forbids it.
UNSEEN = re.compile(r'<!--.*?-->|<link rel="next"[^>]*>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
EARLY = 1_500  # characters before a figure that may be in the first view
PICTURE = re.compile(r'<img[^>]* src="([^"#]+)#only-(light|dark)"')
THEMES_STYLE = re.compile(r'<link rel="stylesheet" href="[^"]*assets/stylesheets/[^"]*">\n?')
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/")
CHARSET = '<meta charset="utf-8">'
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # the playground compiles its kernel
    "style-src": "'self'",
    "img-src": "'self' data:",  # Material's icons
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",  # the search
    "base-uri": "'none'",
    "form-action": "'none'",
}


class Options(Config):
    """There are none."""


class Finished(BasePlugin[Options]):
    """The last plugin; what Material brings is small already."""

    def __init__(self) -> None:
        self.reloading = False

    def on_startup(self, *, command: str, **_: Any) -> None:
        """While somebody edits, MkDocs writes a script of its own into every page, which no policy knows."""
        self.reloading = command == "serve"

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Publish nothing that is not as the pipeline made it; while somebody edits, it may be at work."""
        if not self.reloading and (name := altered(Path(config.docs_dir))):
            raise ShortcodeError(
                f"{name} is missing or not as it was published; "
                "delete it and `git checkout` it again, or let `make figures` mend it"
            )

    def on_serve(
        self, server: LiveReloadServer, *, builder: Callable[[], None], **_: Any
    ) -> LiveReloadServer:
        """Build again when anything that pages are made of is changed, and with what it has become."""
        # Beside docs/ and mkdocs.yml, which MkDocs watches: theme, lists, pins, and all of the code in use.
        for source in (HERE, PINS, *_loaded("generate").values()):
            server.watch(str(source))
        sys.dont_write_bytecode = True  # written beside the code, it would pass for another change

        def build_again() -> None:
            for name in _loaded(HERE.name, "generate"):
                del sys.modules[name]
            # MkDocs keeps a plugin that was told of the start, and makes the others anew.
            self.__class__ = import_module(__name__).Finished
            builder()

        server.builder = build_again
        return server

    def on_post_page(self, output: str, **_: Any) -> str:
        """Finish a page."""
        page = hastened(THEMES_STYLE.sub("", trimmed(output)))
        return page if self.reloading else guarded(page)

    def on_post_template(self, output_content: str, *, template_name: str, **_: Any) -> str:
        """Finish the page for addresses that lead nowhere; other templates are no pages."""
        return self.on_post_page(output_content) if template_name.endswith(".html") else output_content

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Shrink the copies of the site's own scripts and styles; put the theme's styles before the site's.

        One file is there sooner than three.
        """
        assets = Path(config.site_dir, "assets")
        for source in ASSETS.rglob("*"):
            if shrink := SHRINK.get(source.suffix):
                built = assets / source.relative_to(ASSETS)
                built.write_text(shrink(source.read_text(encoding="utf-8")), encoding="utf-8")
        styles = [*sorted(assets.glob("stylesheets/*.css")), assets / "site.css"]
        gathered = "\n".join(path.read_text(encoding="utf-8") for path in styles)
        styles[-1].write_text(SOURCE_MAP.sub("", gathered), encoding="utf-8")


def trimmed(page: str) -> str:
    """The page without what shows nothing.

    A template engine leaves blank lines and indentation by the thousand. In code, keywords, strings and
    comments are told apart; a span around each name, operator, bracket and space shows nothing.
    """
    pieces = AS_TYPED.split(page)
    pieces[::2] = [re.sub(r"\s*\n\s*", "\n", UNSEEN.sub("", piece)) for piece in pieces[::2]]
    pieces[1::2] = [PLAIN.sub(r"\1", piece) for piece in pieces[1::2]]
    return "".join(pieces)


def hastened(page: str) -> str:
    """The page with a hint to fetch an early figure's picture at once, in the theme that the system prefers.

    The picture itself has to be lazy, lest the other theme's be fetched as well, and lazy ones come late.
    """
    figure = FIGURE.search(page)
    if not figure or len(TAG.sub("", page[page.find("<article") : figure.start()])) > EARLY:
        return page
    hints = [
        f'<link rel="preload" as="image" href="{path}" media="(prefers-color-scheme: {theme})">'
        for path, theme in PICTURE.findall(figure[0])
    ]
    return page.replace("</title>", "\n".join(["</title>", *hints]), 1)


def guarded(page: str) -> str:
    """The page with its content-security-policy; put before anything that it could forbid."""
    hashes = sorted({f"'sha256-{_digest(script)}'" for script in INLINE_SCRIPT.findall(page)})
    rules = POLICY | {"script-src": " ".join([POLICY["script-src"], *hashes])}
    policy = "; ".join(f"{name} {sources}" for name, sources in rules.items())
    return page.replace(
        CHARSET, f'{CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1
    )


def _loaded(*packages: str) -> dict[str, str | None]:
    """The modules of these packages that are in memory, with their files."""
    modules = list(sys.modules.items())
    return {name: module.__file__ for name, module in modules if name.partition(".")[0] in packages}


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
