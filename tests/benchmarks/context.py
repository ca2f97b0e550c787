"""What every group of rows is given: the data, how often to measure, and the machine."""

from __future__ import annotations

import os
import platform
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import torch

from generate import data
from generate.device import precision_on
from generate.pipeline.history import commit
from generate.workspace import ROOT

FILE = ROOT / "docs" / "data" / "benchmark.json"


@dataclass(frozen=True)
class Context:
    """``blocks`` of ``steps`` steps each side by side, ``repeats`` of what takes long.

    Many short blocks rather than few long ones: a step against itself then came out even to about 1 %, in
    the same time in which 8 blocks of 60 steps erred by up to 2.5 %. ``steps`` is a multiple of 4 so that
    every block has as many lazy penalties.
    """

    dataset: str = data.MNIST
    data_folder: Path = field(default_factory=lambda: data.default_folder().resolve())
    blocks: int = 40
    steps: int = 12
    repeats: int = 3

    @cached_property
    def images(self) -> data.Dataset:
        """The data set, loaded when first needed."""
        return data.load(self.dataset, self.data_folder)

    def say(self, text: str) -> None:
        """Show progress."""
        print(f"measuring {text} ...", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Occasion:
    """On what, when and at which commit rows are measured."""

    machine: dict[str, Any]
    measured: str
    commit: str


def occasion() -> Occasion:
    """Here and now."""
    return Occasion(_machine(), time.strftime("%Y-%m-%d"), commit() or "no commit")


def _machine() -> dict[str, Any]:
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "precision": precision_on("cpu"),
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (names or [platform.processor() or platform.machine()])[0]
