"""A host like those of project pages: a sub-path, compression, the site's own page for what is not there."""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.audit.site import NOT_FOUND

PREFIX = "/sub/path/"
# Systems differ in what they know, and a browser refuses a script of another type.
TYPES = {
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
COMPRESSED = ("text/", "application/json", "application/xml", "image/svg+xml", "application/manifest+json")


class Host(BaseHTTPRequestHandler):
    """Answers from a folder."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, *args: Any, folder: Path) -> None:
        self.folder = folder
        super().__init__(*args)

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Say what would be sent."""
        self._answer(body=False)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, *, body: bool) -> None:
        address = unquote(urlsplit(self.path).path)
        file = self.folder / address.removeprefix(PREFIX).lstrip("/")
        status = HTTPStatus.OK
        if file.is_dir() and not address.endswith("/"):
            return self._send(HTTPStatus.MOVED_PERMANENTLY, {"Location": address + "/"}, b"")
        if file.is_dir():
            file /= "index.html"
        if not address.startswith(PREFIX) or not file.is_file() or ".." in file.parts:
            status, file = HTTPStatus.NOT_FOUND, self.folder / NOT_FOUND
        if not address.startswith(PREFIX) or not file.is_file():
            return self._send(status, {"Content-Type": "text/plain"}, b"")
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        small = kind.startswith(COMPRESSED) and "gzip" in self.headers.get("Accept-Encoding", "")
        headers = {
            "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
            "Cache-Control": "max-age=600",
            **({"Content-Encoding": "gzip"} if small else {}),
        }
        content = _content(file, compressed=small)
        return self._send(status, headers | {"Content-Length": str(len(content))}, content if body else b"")

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@lru_cache(maxsize=256)
def _content(file: Path, *, compressed: bool) -> bytes:
    content = file.read_bytes()
    return gzip.compress(content, compresslevel=6, mtime=0) if compressed else content


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A browser that closes a page in the middle of an answer is no fault."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, which may be filled later, and yield its address."""
    server = _Server(("127.0.0.1", 0), partial(Host, folder=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    finally:
        server.shutdown()
        server.server_close()
