"""A published site in miniature, built once: every run trained for six steps on the built-in digits."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from benchmarks.context import occasion
from generate.building import build
from generate.experiments import SHARED
from generate.latent.inversion import invert
from generate.models.learner import Batch
from generate.pipeline.sources import Sources
from generate.pipeline.store import write_json
from generate.results import claims, common, control, cost, scores, subjects
from generate.workspace import ROOT, Workspace, open_workspace

STEPS = 6

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def same_seed() -> None:
    """The same weights in every run of the tests, whichever are chosen."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Everything trained, measured and drawn; shared by all tests, so only to be read."""
    folder = tmp_path_factory.mktemp("tiny")
    workspace = replace(
        open_workspace("digits", device="cpu", jobs=1),
        docs=folder / "docs",
        runs=folder / "runs",
        budget=STEPS / SHARED.steps,
    )
    with pytest.MonkeyPatch.context() as patch:
        # Processes of their own would only make memory readings honest, and take seconds each to start.
        patch.setattr(cost, "in_own_process", lambda *_: [(1.0 + step, 100.0) for step in range(7)])
        patch.setattr(scores, "WEIGHTS", {"cpu": 3})
        patch.setattr(control, "STEPS", 5)
        patch.setattr(control, "TRIALS", 2)
        patch.setattr(claims, "PAIRED", 400)
        patch.setattr(subjects, "LOOKED_THROUGH", 200)
        for module in (subjects, control):
            patch.setattr(module, "LEARNED_FROM", 400)
            patch.setattr(module, "MEASURED_ON", 100)
        patch.setattr(common, "invert", partial(invert, steps=5))
        build(workspace)
    return workspace


@pytest.fixture
def clone(tiny: Workspace, tmp_path: Path) -> Workspace:
    """A copy of what is published, without runs: a fresh clone, to be changed at will."""
    shutil.copytree(tiny.docs, tmp_path / "docs")
    return replace(tiny, docs=tmp_path / "docs", runs=tmp_path / "runs")


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
    group.addoption("--effort", type=int, default=1, help="how many times as long to look for trouble")
    group.addoption("--record", type=Path, help="where to write what was tried, if nothing failed")


COUNTS: Counter[str] = Counter()


@pytest.fixture(scope="session")
def tally() -> Callable[..., None]:
    """Count something that was tried and went well."""

    def count(what: str, times: int = 1) -> None:
        COUNTS[what] += times

    return count


@pytest.fixture(scope="session")
def effort(pytestconfig: pytest.Config) -> int:
    """How many times as long as usual to look for trouble."""
    return int(pytestconfig.getoption("effort"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    path = session.config.getoption("record")
    if path and exitstatus == 0:
        write_json(path, {"counts": dict(COUNTS), **vars(occasion())})
