"""What each verb of the command line does; what needs torch is imported once the names given are known."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from generate.build.catalogue import FIGURES, RESULTS
from generate.build.freshness import read_manifest, states
from generate.experiments import RUNS
from generate.pipeline.errors import UserError
from generate.pipeline.files import sweep, write_bytes
from generate.pipeline.lock import alone
from generate.pipeline.registry import find, select
from generate.workspace import ROOT, Workspace, open_workspace

if TYPE_CHECKING:
    from generate.build.build import Summary


class CommandError(UserError):
    """The command cannot do what was asked; the message says why and what can be done."""


def list(_: Namespace) -> int:  # noqa: A001 (the verb's name)
    """Print every run, result and figure with its state."""
    workspace = open_workspace(device="cpu")  # which one does not matter: nothing is computed
    for kind, name, fault in states(workspace, read_manifest(workspace)):
        print(f"{kind:<7} {name:<28} {fault or 'up to date'}")
    return 0


def figures(options: Namespace) -> int:
    """Bring figures up to date."""
    select(FIGURES, options.only)  # an unknown name is told before anything slow begins
    workspace = _workspace(options)
    from generate.build.build import build

    with _at_work(workspace, "figures"):
        print(_told(build(workspace, options.only, options.fresh, _agreed(options)), workspace))
    return 0


def check(_: Namespace) -> int:
    """Compare what is committed with what this code would make."""
    from generate.build.check import faults

    found = faults(open_workspace())
    for name, fault in found.items():
        print(f"stale: {name}: {fault}")
    if found:
        print(f"{len(found)} stale; `make figures` brings them up to date")
        return 1
    print(f"{len(RUNS)} runs, {len(RESULTS)} results and {len(FIGURES)} figures are those of this code")
    return 0


def train(options: Namespace) -> int:
    """Train runs and nothing else."""
    runs = [find(RUNS, name, "run") for name in options.runs] or [*RUNS.values()]
    workspace = _workspace(options)
    from generate.training.runs import ensure

    with _at_work(workspace, "train"):
        newly = ensure(workspace, runs, options.fresh, _agreed(options))
    print(f"trained {len(newly)} of {len(runs)} runs; they are in {_short(workspace.runs)}")
    return 0


def demo(options: Namespace) -> int:
    """Train everything in small on the built-in digits and build a whole site from it."""
    from generate.build.build import build
    from generate.serving import offer

    workspace = open_workspace(
        device=options.device, jobs=options.jobs, demo=True, scheduler=options.scheduler
    )
    with _at_work(workspace, "demo"):
        print(_told(build(workspace), workspace))
        home = build_site(workspace.docs.parent)
    print(
        f"The demo site is built: {_short(home)}\nTo see it with search and playground: make serve-demo "
        f"(or python -m http.server --bind 127.0.0.1 -d {quote(_short(home.parent))})",
        flush=True,
    )
    offer(home.parent)
    return 0


def serve_demo(_: Namespace) -> int:
    """Serve what ``demo`` has built, until Ctrl-C."""
    from generate.serving import serve

    serve(ROOT / "build" / "demo" / "site")
    return 0


def build_site(folder: Path) -> Path:
    """Build the site of a workspace other than the published one from the same pages; its home page."""
    pages = (path for suffix in ("md", "ipynb") for path in (ROOT / "docs").rglob(f"*.{suffix}"))
    for page in pages:
        write_bytes(folder / "docs" / page.relative_to(ROOT / "docs"), page.read_bytes())
    config = folder / "mkdocs.yml"
    write_bytes(config, _site_config(folder).encode())
    # Not quietly: MkDocs would then count no warning, and be strict about nothing.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"the site could not be built:\n{done.stdout}{done.stderr}")
    return folder / "site" / "index.html"


def _site_config(folder: Path) -> str:
    """A configuration that inherits the published site's; JSON is YAML, and quotes any path safely."""
    from json import dumps

    # Without directory URLs every link names a file, so the site works straight from disk.
    return dumps(
        {
            "INHERIT": os.path.relpath(ROOT / "mkdocs.yml", folder),
            "docs_dir": "docs",
            "site_dir": "site",
            "use_directory_urls": False,
            "theme": {"custom_dir": str(ROOT / "site_src" / "theme")},
            "markdown_extensions": {"site_src.shortcodes": {"docs": str(folder / "docs")}},
            "extra": {"demo": True},
        },
        indent=1,
    )


def _agreed(options: Namespace) -> Callable[[], bool]:
    """Whether somebody wants a long training: said beforehand, or when asked at a terminal."""

    def ask() -> bool:
        if options.yes or not sys.stdin.isatty():
            return bool(options.yes)
        return input("Begin? [y/N] ").strip().lower() in ("y", "yes")

    return ask


def _workspace(options: Namespace) -> Workspace:
    return open_workspace(options.dataset, options.device, options.jobs, scheduler=options.scheduler)


@contextmanager
def _at_work(workspace: Workspace, verb: str) -> Iterator[None]:
    """Have a workspace for oneself, cleared of what killed processes left half-written in it."""
    with alone(workspace.runs, f"python -m generate {verb}"):
        for folder in (workspace.docs, workspace.runs):
            sweep(folder)
        yield


def _told(summary: Summary, workspace: Workspace) -> str:
    """One sentence on what a build did."""
    trained_now = f"trained {', '.join(summary.trained)}" if summary.trained else "nothing to train"
    measured = (
        f"measured {_counted(summary.measured, 'result')}" if summary.measured else "nothing to measure"
    )
    drawn = f"drew {_counted(summary.drawn, 'figure')} in two themes ({summary.changed} files changed)"
    return f"{trained_now}; {measured}; {drawn} into {_short(workspace.docs)} in {summary.seconds:.0f} s"


def _counted(names: Sequence[str], what: str) -> str:
    return f"{len(names)} {what}{'s' * (len(names) != 1)}"


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


__all__ = ["CommandError", "check", "demo", "figures", "list", "serve_demo", "train"]
