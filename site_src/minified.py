"""MkDocs plugin: the site's own scripts and styles as they are sent, without comments and indentation."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from rcssmin import cssmin
from rjsmin import jsmin

ASSETS = Path(__file__).parent / "theme" / "assets"
SHRINK = {".js": jsmin, ".css": cssmin}


class Options(Config):
    """There are none."""


class Minified(BasePlugin[Options]):
    """Rewrites what was copied from ``theme/assets``; what Material brings is small already."""

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Shrink the copies in the built site."""
        for source in ASSETS.rglob("*"):
            if shrink := SHRINK.get(source.suffix):
                built = Path(config.site_dir, "assets", source.relative_to(ASSETS))
                built.write_text(shrink(source.read_text(encoding="utf-8")), encoding="utf-8")
