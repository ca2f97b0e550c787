"""The project in miniature: narrow networks, a dozen steps, a small catalogue, and how much to try."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from generate.build.catalogue import FIGURES, RESULTS
from generate.experiments import AE_16D_SEED_1, GAN_2D, RUNS, SHARED, Budget, Run
from generate.pipeline.manifest import FIELDS, Manifest
from generate.pipeline.store import read_values
from generate.pipeline.values import Values
from generate.workspace import Workspace, open_workspace

if TYPE_CHECKING:  # imported where they are needed: most tests need neither, and they take seconds
    from generate.training.finished import Course

SMALL = Budget(share=12 * 16 / SHARED.images_seen, batch_size=16, channels=8, effort=0.05)

DRAWN = (
    *("site/mark", "data/real_digits", "data/judge", "autoencoder/latent_plane", "autoencoder/loss_curves"),
    *("vae/latent_morph", "vae/traversals", "gan/samples", "gan/loss_curves"),
)


@contextmanager
def few_known() -> Iterator[None]:
    """Leave in the catalogue some figures, the results they draw, the runs these measure, and two more."""
    results = {name for figure in DRAWN for name in FIGURES[figure].needs.values()}
    runs = {name for result in results for name in RESULTS[result].needs.values()}
    runs |= {GAN_2D.name, AE_16D_SEED_1.name}
    catalogue: list[tuple[dict[str, Any], set[str]]] = [(FIGURES, {*DRAWN}), (RESULTS, results), (RUNS, runs)]
    whole = [dict(known) for known, _ in catalogue]
    try:
        for known, kept in catalogue:
            for name in known.keys() - kept:
                del known[name]
        yield
    finally:
        for (known, _), all_of_it in zip(catalogue, whole, strict=True):
            known.clear()  # so that they come back in their order
            known.update(all_of_it)


@dataclass(frozen=True)
class Tiny:
    """Runs and results in miniature; each is made when it is first asked for."""

    workspace: Workspace

    def run(self, run: Run) -> Course:
        """A run, trained."""
        from generate.training.finished import finished
        from generate.training.runs import ensure

        with self._alone(run.name):
            ensure(self.workspace, [run])
        done = finished(self.workspace, run)
        assert done
        return done

    def result(self, name: str) -> Values:
        """What is measured under a name."""
        from generate.build.measure import measured

        path, node = self.workspace.result(name), RESULTS[name]
        if not path.exists():
            for run in node.needs.values():
                self.run(RUNS[run])
            with self._alone(name), in_this_process():
                if not path.exists():
                    list(measured(self.workspace, [node], {}))
        return read_values(path)

    def _alone(self, name: str) -> FileLock:
        """While no other process makes the same."""
        self.workspace.runs.mkdir(parents=True, exist_ok=True)
        return FileLock(self.workspace.runs / f"{name.replace('/', '-')}.lock")


@contextmanager
def in_this_process() -> Iterator[None]:
    """Measure costs without processes of their own, which take seconds to start; on a line, train briefly."""
    from generate.models import line
    from generate.results import cost

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line, "STEPS", 50)
        patch.setattr(cost, "in_own_process", lambda *_: [(1.0 + step, 100.0) for step in range(7)])
        yield


def miniature(folder: Path) -> Workspace:
    """A workspace of the built-in digits in a folder."""
    here = open_workspace("digits", device="cpu", jobs=1)
    return replace(here, docs=folder / "docs", runs=folder / "runs", budget=SMALL)


@dataclass(frozen=True)
class Effort:
    """How long to look for trouble: 1 tries all that is promised, more tries it by other chances."""

    share: float

    @property
    def is_full(self) -> bool:
        """Whether everything is tried."""
        return self.share >= 1

    @property
    def seed(self) -> int | None:
        """What decides by chance: the same every time, unless more is tried than all."""
        return 0 if self.share <= 1 else None

    def times(self, count: int) -> int:
        """How often to do what a full look does ``count`` times."""
        return max(1, round(count * self.share))

    @property
    def stride(self) -> int:
        """Of things in a row, every how many-th to try."""
        return max(1, round(1 / self.share))


def republish(manifest: Manifest) -> None:
    """Write down whatever a test has changed in a manifest."""
    for kind in FIELDS:
        for name, entry in getattr(manifest, kind).items():
            manifest.enter(kind, name, entry)
