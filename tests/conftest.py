"""What tests share: networks of eight channels, trained for twelve steps when a test asks for them."""

from __future__ import annotations

import os

# Before any library reads them. Tests run side by side, and threads that wait for one another take as long as
# all of them together.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from filelock import FileLock

from generate.models.learner import Batch
from generate.pipeline.sources import Sources
from generate.pipeline.store import write_json
from generate.workspace import ROOT, Workspace
from tests.miniature import Effort, Tiny, few_known, in_this_process, miniature

torch.set_num_threads(1)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks at the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out most cases of what is marked ``sampled``, unless all of it is to be tried.

    Side by side, the tests of a file share a process and what it has made, unless they say otherwise; so do
    all that visit the served site. These take longest, so they begin first.
    """
    if not Effort(config.getoption("effort")).is_full:
        kept, left_out = _sampled(items)
        items[:] = kept
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=lambda item: not _visits(item))
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            group = "visits" if _visits(item) else item.nodeid.partition("::")[0]
            item.add_marker(pytest.mark.xdist_group(group))


def _visits(item: pytest.Item) -> bool:
    return "address" in getattr(item, "fixturenames", ())


def _sampled(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What a short look tries, and what it leaves out: of a sampled test's cases, the first few."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    seen = Counter[str]()
    for item in items:
        mark = item.get_closest_marker("sampled")
        name = item.nodeid.partition("[")[0]
        seen[name] += 1
        (left_out if mark and seen[name] > mark.args[0] else kept).append(item)
    return kept, left_out


@pytest.fixture(autouse=True)
def same_seed() -> None:
    """The same weights in every run of the tests, whichever are chosen."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this session see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def tiny(shared: Path) -> Tiny:
    """Shared by all tests: what one of them has trained or measured, no other has to."""
    return Tiny(miniature(shared / "tiny"))


MakeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def make_once(shared: Path) -> MakeOnce:
    """Makes a folder of this name, unless a process beside this one has made it; only to be read."""

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder = shared / name
        with FileLock(f"{folder}.lock"):
            if not (made := shared / f"{name}.made").exists():
                make(folder)
                made.touch()
        return folder

    return once


# --- A small catalogue, all of it built. ---


@pytest.fixture(scope="session")
def once_built(make_once: MakeOnce) -> Workspace:
    """Built once for all processes."""

    def whole(folder: Path) -> None:
        from generate.build.build import build

        with few_known(), in_this_process():
            build(miniature(folder))

    return miniature(make_once("catalogue", whole))


@pytest.fixture
def built(once_built: Workspace) -> Iterator[Workspace]:
    """A project of a few figures that is up to date; only to be read."""
    with few_known(), in_this_process():
        yield once_built


@pytest.fixture
def clone(built: Workspace, tmp_path: Path) -> Workspace:
    """A copy of what is published, without runs: a fresh clone, to be changed at will."""
    shutil.copytree(built.docs, tmp_path / "docs")
    return replace(built, docs=tmp_path / "docs", runs=tmp_path / "runs")


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Sources]:
    """This package's source with one word changed, to be read and not to be run."""

    def edit(file: str, old: str, new: str) -> Sources:
        package = tmp_path / "edited" / "generate"
        shutil.copytree(ROOT / "generate", package, ignore=shutil.ignore_patterns("__pycache__"))
        text = (package / file).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (package / file).write_text(text.replace(old, new), encoding="utf-8")
        return Sources(package)

    return edit


MakeBatch = Callable[..., Batch]


@pytest.fixture
def make_batch() -> MakeBatch:
    """Batches of smooth random blobs with labels 0..9, the same every time."""

    def make(count: int = 16, step: int = 0, seed: int = 0) -> Batch:
        noise = torch.Generator().manual_seed(seed)
        coarse = torch.rand(count, 1, 7, 7, generator=torch.Generator().manual_seed(7))
        images = torch.nn.functional.interpolate(coarse, (28, 28), mode="bilinear")
        return Batch(images, torch.arange(count) % 10, noise, step)

    return make


# --- What the tests of reliability found, for the page that promises it. ---


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("reliability")
    told = "how long to look for trouble: 1 tries all that is promised, the default a twentieth of it"
    group.addoption("--effort", type=float, default=0.05, help=told)
    group.addoption("--record", type=Path, help="where to write what was tried, if nothing failed")


COUNTS: Counter[str] = Counter()


@pytest.fixture(scope="session")
def tally() -> Callable[..., None]:
    """Count something that was tried and went well."""

    def count(what: str, times: int = 1) -> None:
        COUNTS[what] += times

    return count


@pytest.fixture(scope="session")
def effort(pytestconfig: pytest.Config) -> Effort:
    """How long to look for trouble."""
    return Effort(pytestconfig.getoption("effort"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    path = session.config.getoption("record")
    if path and exitstatus == 0:
        from tests.benchmarks.context import occasion

        write_json(path, {"counts": dict(COUNTS), **vars(occasion())})
