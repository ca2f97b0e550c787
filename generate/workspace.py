"""Where things are, and on what: one frozen value handed to every verb."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from generate import data
from generate.device import pick_device
from generate.experiments import BUDGETS, FULL, Budget, Run, scaled
from generate.pipeline.keys import difference, key
from generate.pipeline.store import JSONObject

ONE_A_CORE = 0
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Workspace:
    """A data set, the folders its runs and documents live in, and the means to make them.

    ``docs`` receives ``data/`` (results, manifest, weights) and ``figures/``; ``budget`` bounds what every
    run may cost. Runs are trained ``jobs`` at a time, or on the Dask cluster of ``scheduler``.
    """

    dataset: str = data.MNIST
    docs: Path = ROOT / "docs"
    runs: Path = ROOT / "runs"
    data_folder: Path = field(default_factory=data.default_folder)
    device: str = "cpu"
    jobs: int = 1
    budget: Budget = FULL
    scheduler: str | None = None

    @property
    def manifest(self) -> Path:
        """The folder that says what was made from what, with keys and checksums."""
        return self.docs / "data" / "manifest"

    @property
    def numbers(self) -> Path:
        """The scalars that prose names."""
        return self.docs / "data" / "numbers.json"

    @property
    def scoreboard(self) -> Path:
        """The table of all families by all measures."""
        return self.docs / "data" / "scoreboard.json"

    def result(self, name: str) -> Path:
        """A result's arrays and scalars."""
        return self.docs / "data" / "results" / f"{name}.npz"

    def weights(self, run: Run) -> Path:
        """A run's published weights."""
        return self.docs / "data" / "weights" / f"{run.name}.safetensors"

    def folder(self, run: Run) -> Path:
        """A run's own folder, named by its key."""
        return self.runs / f"{run.name}-{self.run_key(run)}"

    def within_budget(self, run: Run) -> Run:
        """The run as it is trained here."""
        return scaled(run, self.budget)

    def run_key(self, run: Run) -> str:
        """What defines the experiment: model, optimisation and data; never the machine."""
        here = self.within_budget(run)
        return key(here.model, here.optimisation, self._checksum)

    def changed(self, run: Run, entry: JSONObject) -> str | None:
        """What of a run's configuration is not as its card or the manifest recorded it."""
        here = self.within_budget(run)
        for part in ("model", "optimisation"):
            if told := difference(entry["config"][part], getattr(here, part)):
                return f"its configuration changed: {told}"
        return None if entry["key"] == self.run_key(run) else "its configuration changed"

    @property
    def dataset_images(self) -> data.Dataset:
        """The data set, loaded when first needed."""
        return data.load(self.dataset, self.data_folder)

    @cached_property
    def _checksum(self) -> str:
        return data.checksum(self.dataset)


def open_workspace(
    dataset: str | None = None,
    device: str | None = None,
    jobs: int | None = None,
    demo: bool = False,
    scheduler: str | None = None,
) -> Workspace:
    """The workspace of a data set: MNIST's is the published one, every other lives in ``build/``.

    Raises:
        UnknownName: there is no such data set or device.
    """
    name = data.DIGITS if demo else dataset or data.MNIST
    data.checksum(name)
    place = ROOT if name == data.MNIST else ROOT / "build" / ("demo" if name == data.DIGITS else name)
    device = pick_device(device)
    # On a CPU, two runs at once on a core each are quicker than one after the other on both.
    jobs = jobs or (ONE_A_CORE if device == "cpu" else 1)
    folders = place / "docs", place / "runs", data.default_folder()
    return Workspace(name, *folders, device, jobs, BUDGETS.get(name, FULL), scheduler)
