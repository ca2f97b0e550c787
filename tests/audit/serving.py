"""A host like those of project pages: a sub-path, compression, the site's own page for what is not there."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

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


class Host(SimpleHTTPRequestHandler):
    """Answers from a folder."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def send_head(self) -> BytesIO:
        """Answer with the headers, and return what comes after them."""
        address = urlsplit(self.path).path
        file = Path(self.translate_path(address.removeprefix(PREFIX)))
        if address.startswith(PREFIX) and file.is_dir() and not address.endswith("/"):
            return self._send(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": f"{address}/"})
        file = file / "index.html" if file.is_dir() else file
        found = address.startswith(PREFIX) and file.is_file()
        file = file if found else Path(self.directory, NOT_FOUND)
        kind = self.guess_type(file)
        small = kind.startswith(COMPRESSED) and "gzip" in self.headers.get("Accept-Encoding", "")
        headers = {"Content-Type": kind, "Cache-Control": "max-age=600"}
        return self._send(
            HTTPStatus.OK if found else HTTPStatus.NOT_FOUND,
            self.content(file, compressed=small),
            headers | ({"Content-Encoding": "gzip"} if small else {}),
        )

    def content(self, file: Path, *, compressed: bool) -> bytes:
        """What is sent of a file."""
        return _content(file, compressed=compressed)

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> BytesIO:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        return BytesIO(body)


@lru_cache(maxsize=256)
def _content(file: Path, *, compressed: bool) -> bytes:
    content = file.read_bytes()
    return gzip.compress(content, compresslevel=6, mtime=0) if compressed else content


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A browser that closes a page in the middle of an answer is no fault."""


@contextmanager
def served(folder: Path, host: type[Host] = Host) -> Iterator[str]:
    """Serve a folder, which may be filled later, and yield its address."""
    server = _Server(("127.0.0.1", 0), partial(host, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    finally:
        server.shutdown()
        server.server_close()
