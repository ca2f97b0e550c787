"""The demo ends by saying how to see it, and serves it to whoever asks."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from generate import commands, serving
from generate.__main__ import main
from generate.build.build import Summary

ROOT = Path(__file__).parents[1]
SERVE = """
import sys
from pathlib import Path
from generate import commands
from generate.__main__ import main
commands.ROOT = Path(sys.argv[1])
sys.exit(main(["serve-demo"]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder in which a demo is built."""
    place = tmp_path / "à part"
    site = place / "build" / "demo" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("<h1>Home</h1>")
    (site / "search.js").write_text("search()")
    return place


@contextmanager
def served(project: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves, and the address it tells."""
    command = [sys.executable, "-c", SERVE, str(project)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes, text=True) as process:
        try:
            assert process.stdout
            found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            assert found
            yield process, found[0]
        finally:
            process.kill()


def fetched(url: str) -> tuple[str, str]:
    with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
        return answer.read().decode(), answer.headers.get_content_type()


def test_the_demo_is_served_until_ctrl_c(project: Path) -> None:
    with served(project) as (process, url):
        assert fetched(url) == ("<h1>Home</h1>", "text/html")
        assert fetched(f"{url}search.js") == ("search()", "text/javascript")
        process.send_signal(signal.SIGINT)
        told, complaint = process.communicate(timeout=20)
    assert told == "\nNo longer served.\n"
    assert complaint == ""
    assert process.returncode == 0


def test_a_second_one_finds_an_address_of_its_own(project: Path) -> None:
    with ExitStack() as both:
        urls = {both.enter_context(served(project))[1] for _ in range(2)}
        assert len(urls) == 2
        assert {fetched(url)[0] for url in urls} == {"<h1>Home</h1>"}


def test_a_demo_that_is_not_built_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    assert main(["serve-demo"]) == 2
    assert re.fullmatch(r"error: there is no site in \S+; `make demo` builds it\n", capsys.readouterr().err)


@pytest.fixture
def demo(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A demo that takes no time; the sites it serves."""
    site = project / "build" / "demo" / "site"
    taken: list[Path] = []
    monkeypatch.setattr("generate.workspace.ROOT", project)
    monkeypatch.setattr("generate.build.build.build", lambda *_: Summary((), (), (), 0, 0.0))
    monkeypatch.setattr(commands, "build_site", lambda _: site / "index.html")
    monkeypatch.setattr(serving, "serve", taken.append)
    monkeypatch.chdir(project)
    return taken


def test_a_demo_ends_with_how_to_see_it(demo: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--device", "cpu"]) == 0
    *_, built, how = capsys.readouterr().out.splitlines()
    assert built == "The demo site is built: build/demo/site/index.html"
    assert "make serve-demo" in how
    assert "python -m http.server --bind 127.0.0.1 -d build/demo/site)" in how
    assert demo == []


@pytest.mark.parametrize(
    ("answer", "is_served"), [("y", True), (" Yes ", True), ("", False), ("n", False), ("what?", False)]
)
def test_somebody_who_is_there_is_asked(
    demo: list[Path], monkeypatch: pytest.MonkeyPatch, answer: str, is_served: bool
) -> None:
    at_a_terminal(monkeypatch, lambda _: answer)
    assert main(["demo", "--device", "cpu"]) == 0
    assert len(demo) == is_served


@pytest.mark.parametrize("way_out", [EOFError, KeyboardInterrupt])
def test_no_answer_is_no(
    demo: list[Path], monkeypatch: pytest.MonkeyPatch, way_out: type[BaseException]
) -> None:
    def leave(_: str) -> str:
        raise way_out

    at_a_terminal(monkeypatch, leave)
    assert main(["demo", "--device", "cpu"]) == 0
    assert demo == []


@pytest.mark.parametrize("absence", ["CI", "stdin", "stdout"])
def test_nobody_is_asked_where_nobody_can_answer(
    demo: list[Path], monkeypatch: pytest.MonkeyPatch, absence: str
) -> None:
    asked: list[str] = []
    at_a_terminal(monkeypatch, lambda question: str(asked.append(question)))
    if absence == "CI":
        monkeypatch.setenv("CI", "true")
    else:
        monkeypatch.setattr(f"sys.{absence}.isatty", lambda: False)
    assert main(["demo", "--device", "cpu"]) == 0
    assert asked == demo == []


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    monkeypatch.delenv("CI", raising=False)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)
