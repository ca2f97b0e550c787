"""A built site at an address of this machine: search and playground do not work from a file."""

from __future__ import annotations

import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from generate.pipeline.errors import UserError

HOST, PORT = "127.0.0.1", 8000


class NotBuilt(UserError):
    """There is no site to serve; the message says what builds it."""


def offer(folder: Path) -> None:
    """Ask whether to serve a site, if somebody is there who can answer."""
    if os.environ.get("CI") or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    try:
        answer = input("Serve it now? [y/N] ")
    except (EOFError, KeyboardInterrupt):
        print()
        return
    if answer.strip().lower() in ("y", "yes"):
        serve(folder)


def serve(folder: Path) -> None:
    """Serve a site, to this machine alone, until Ctrl-C.

    Raises:
        NotBuilt: it is not there.
    """
    if not (folder / "index.html").is_file():
        raise NotBuilt(f"there is no site in {folder}; `make demo` builds it")
    with _server(folder) as server:
        print(f"Serving {folder} at http://{HOST}:{server.server_port}/ until Ctrl-C.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nNo longer served.")


class _Files(SimpleHTTPRequestHandler):
    # Systems differ in what they know, and a browser refuses a script of another type.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def log_message(self, *_: object) -> None:
        """Say nothing: an answer is no news."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A browser that closes a page in the middle of an answer is no fault."""


def _server(folder: Path) -> _Server:
    files = partial(_Files, directory=str(folder))
    try:
        return _Server((HOST, PORT), files)
    except OSError:  # taken, perhaps by `make serve`: any other will do
        return _Server((HOST, 0), files)
