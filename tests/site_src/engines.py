"""Firefox, and WebKit as in Safari: one process each, driven with the commands of W3C's WebDriver.

Firefox takes them over Marionette, WebKit's driver over HTTP; beyond that, they are told the same.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.audit.serving import Host

PATIENCE = 60.0  # seconds, for anything that has to come about
STUCK = 120.0  # seconds without an answer
SIZE = (1280, 900)
KEYS = {
    "Enter": "\ue007",
    "Tab": "\ue004",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}

Send = Callable[[str, Mapping[str, Any]], Any]


class Missing(Exception):
    """An engine is not installed; the message says what to install."""


class Failed(Exception):
    """An engine did not do as it was told."""


class Left(Failed):
    """The page was left before it could answer."""


def until(true: Callable[[], Any], what: str) -> None:
    """Wait for something, on whichever page is there by then, but not for ever."""
    end = time.monotonic() + PATIENCE
    while True:
        with suppress(Left):
            if true():
                return
        assert time.monotonic() < end, what
        time.sleep(0.05)


class Engine:
    """A browser with one tab."""

    def __init__(self, send: Send) -> None:
        self._send = send
        seconds = 1000 * STUCK / 2
        send("WebDriver:SetTimeouts", {"script": seconds, "pageLoad": seconds, "implicit": 0})

    def open(self, address: str, size: tuple[int, int] = SIZE) -> None:
        """Load a page into a window of this size, or the next one that the browser can have."""
        width, height = size
        self._send("WebDriver:SetWindowRect", {"x": 0, "y": 0, "width": width, "height": height})
        self._send("WebDriver:Navigate", {"url": address})

    def evaluate(self, function: str, *arguments: Any) -> Any:
        """Call a function of JavaScript beside the page, and return what it or its promise gives.

        Beside: in Firefox, what the function itself imports and compiles is under no policy of the page.
        """
        script = f"""const [given, done] = [[...arguments].slice(0, -1), [...arguments].at(-1)];
          const tell = (error) => done({{ error: `${{error}} ${{error?.stack}}` }});
          Promise.resolve().then(() => ({function})(...given)).then((value) => done({{ value }}), tell);"""
        sent = {"script": script, "args": arguments, "sandbox": None}
        answer = self._send("WebDriver:ExecuteAsyncScript", sent)
        if answer is None:
            raise Left
        if "error" in answer:
            raise Failed(answer["error"])
        return answer.get("value")

    def press(self, *names: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        keys = [KEYS.get(name, name) for name in names]
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": strokes})

    def click(self, element: str, *arguments: Any, at: tuple[float, float] = (0.5, 0.5)) -> None:
        """Click on the element that a function finds, at this share of its width and height."""
        x, y = self.evaluate(
            f"""(at, ...given) => {{
              const element = ({element})(...given);
              element.scrollIntoView({{ block: "center", behavior: "instant" }});
              const {{ left, top, width, height }} = element.getBoundingClientRect();
              return [left + at[0] * width, top + at[1] * height].map(Math.round);
            }}""",
            at,
            *arguments,
        )
        ways = [{"type": "pointerMove", "x": x, "y": y, "duration": 0}]
        presses = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        parameters = {"pointerType": "mouse"}
        self._act({"type": "pointer", "id": "mouse", "parameters": parameters, "actions": [*ways, *presses]})

    def complaints(self) -> list[str]:
        """What went wrong on the page, if a ``Recording`` host has sent it.

        That sizes which change while sizes are told are told a frame later is no fault.
        """
        found: list[str] = self.evaluate("() => window.complaints")
        return [words for words in found if not words.startswith("ResizeObserver loop")]

    def _act(self, source: dict[str, Any]) -> None:
        self._send("WebDriver:PerformActions", {"actions": [source]})


# --- What a page complains about. ---

RECORD = """(() => {
  const told = (window.complaints = []);
  const tell = (...words) => told.push(words.map(String).join(" "));
  const lost = (target) => tell("not loaded:", target.src ?? target.href);
  addEventListener("error", ({ message, target }) => (message ? tell(message) : lost(target)), true);
  addEventListener("unhandledrejection", ({ reason }) => tell("rejected:", reason));
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    tell("forbidden:", effectiveDirective, blockedURI));
  for (const level of ["error", "warn"]) {
    const say = console[level];
    console[level] = (...words) => (tell(...words), say.apply(console, words));
  }
})();"""


class Recording(Host):
    """A host whose pages begin with a script that records what goes wrong; a driver would add it late."""

    def content(self, file: Path, *, compressed: bool) -> bytes:
        """What is sent of a file, with the script before anything else of a page."""
        if file.suffix != ".html":
            return super().content(file, compressed=compressed)
        page = self.changed(file.read_text("utf-8").replace("<head>", f"<head><script>{RECORD}</script>", 1))
        return gzip.compress(page.encode(), compresslevel=1) if compressed else page.encode()

    def changed(self, page: str) -> str:
        """A page as this host has it."""
        return page


# --- Processes. ---


@contextmanager
def _running(
    *command: str | Path, env: dict[str, str] | None = None, stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A program, which is stopped with all that it has started.

    The shell beside it waits for its input to close: it does, whichever way this process ends.
    """
    watched = ["sh", "-c", '"$@" & read -r _; kill -KILL 0', "sh", *command]
    with subprocess.Popen(
        watched,
        env=env,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        yield process  # on leaving, its input is closed, and its end awaited


def _found(*names: str, package: str) -> str:
    """Where a program is."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise Missing(f"{names[0]} was not found; install {package}.")
    return found


def _home(folder: Path, **more: str) -> dict[str, str]:
    """An environment whose home is a folder, so that nothing of a person's own browser is read or written."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    return kept | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime)} | more


# --- Firefox. ---

PREFERENCES = {
    "marionette.port": 0,  # any that is free
    "browser.startup.page": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,  # studies
    "services.settings.server": "data:,",  # settings from afar
    "ui.systemUsesDarkTheme": 0,
}


@contextmanager
def firefox(folder: Path) -> Iterator[Engine]:
    """Firefox without a window, with a profile in an empty folder."""
    program = _found("firefox-esr", "firefox", package="firefox-esr or firefox")
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (folder / "user.js").write_text("".join(lines), "utf-8")
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    told = folder / "MarionetteActivePort"
    with _running(*command, env=_home(folder)):
        until(lambda: told.exists() and told.read_text(), "Firefox does not start")
        with socket.create_connection(("127.0.0.1", int(told.read_text())), timeout=STUCK) as connection:
            send = _marionette(connection)
            send("WebDriver:NewSession", {})
            yield Engine(send)


def _marionette(connection: socket.socket) -> Send:
    """Sends commands as messages: their length, a colon, and JSON."""
    stream = connection.makefile("rwb")

    def receive() -> Any:
        length = b""
        while (byte := stream.read(1)) != b":":
            if not byte:
                raise Failed("Firefox is gone")
            length += byte
        return json.loads(stream.read(int(length)))

    def send(command: str, parameters: Mapping[str, Any]) -> Any:
        message = json.dumps([0, 0, command, parameters]).encode()
        stream.write(b"%d:%s" % (len(message), message))
        stream.flush()
        *_, error, result = receive()
        if error:
            raise Failed(f"{command}: {error['message']}")
        return result.get("value", result)

    receive()  # it says first who it is
    return send


# --- WebKit. ---

# No accessibility bus, no Wayland, and no graphics card, through which frames would come late.
PLAIN = {"NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
PATHS = {
    "WebDriver:SetTimeouts": "/timeouts",
    "WebDriver:SetWindowRect": "/window/rect",
    "WebDriver:Navigate": "/url",
    "WebDriver:ExecuteAsyncScript": "/execute/async",
    "WebDriver:PerformActions": "/actions",
}


@contextmanager
def webkit(folder: Path) -> Iterator[Engine]:
    """WebKit's small browser on a screen that nobody sees, with a home in an empty folder."""
    screen = _found("Xvfb", package="xvfb")
    driver = _found("WebKitWebDriver", package="webkit2gtk-driver")
    with ExitStack() as stack:
        display = stack.enter_context(_display(screen))
        port = _free_port()
        environment = _home(folder, DISPLAY=display) | PLAIN
        stack.enter_context(_running(driver, f"--port={port}", env=environment))
        until(partial(_listens, port), "WebKit's driver does not start")
        session = _http(port, "/session", {"capabilities": {"alwaysMatch": {}}})["sessionId"]
        yield Engine(
            lambda command, parameters: _http(port, f"/session/{session}{PATHS[command]}", parameters)
        )


@contextmanager
def _display(screen: str) -> Iterator[str]:
    """The name of a screen; the server chooses one that is free."""
    command = [screen, "-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with _running(*command, stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield f":{server.stdout.readline().decode().strip()}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _http(port: int, path: str, body: Mapping[str, Any]) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=STUCK)
    try:
        connection.request("POST", path, json.dumps(body))
        answer = connection.getresponse()
        value = json.loads(answer.read())["value"]
    finally:
        connection.close()
    if answer.status != 200:
        raise Failed(f"{path}: {value['message']}")
    return value


ENGINES = {"firefox": firefox, "webkit": webkit}
