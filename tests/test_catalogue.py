"""What is read from the source is what Python makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import pytest

from generate import experiments, figures, results
from generate.build.catalogue import FIGURES, RESULTS, DeclarationError, read_figures, read_results
from generate.pipeline.registry import Declared, Node
from generate.pipeline.sources import Sources


@pytest.mark.parametrize(("package", "known"), [(results, RESULTS), (figures, FIGURES)])
def test_the_catalogue_has_every_declaration_as_it_is_imported(
    package: ModuleType, known: Mapping[str, Node]
) -> None:
    names = (found.name for found in walk_packages(package.__path__, f"{package.__name__}."))
    everything = (item for name in names for item in vars(import_module(name)).values())
    declared = [item.node for item in everything if isinstance(item, Declared)]
    own = [node for node in declared if node.module.startswith(package.__name__)]
    assert {node.id: node for node in own} == known
    assert all(node.id == name for name, node in known.items())


def test_what_is_needed_is_there() -> None:
    assert all(getattr(experiments, name) is run for name, run in experiments.RUNS.items())
    assert {run for result in RESULTS.values() for run in result.needs.values()} <= set(experiments.RUNS)
    assert {name for figure in FIGURES.values() for name in figure.needs.values()} <= set(RESULTS)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("results/scores.py", "(model=CGAN_16D,", "(model=CGAN_17D,", "scores.conditional needs CGAN_17D"),
        (
            "figures/vae/space.py",
            "=results.traversals",
            "=results.walks",
            "space.traversals needs results.walks",
        ),
        (
            "figures/gan/model.py",
            'alt=(\n        "Loop',
            'alt=str(\n        "Loop',
            "model.key_idea must have its alt",
        ),
        ("figures/data.py", 'caption=("Real', 'title=("Real', "data.real_digits must have its caption"),
    ],
    ids=["unknown run", "unknown result", "computed words", "no words"],
)
def test_what_cannot_be_read_is_named(
    edited: Callable[..., Sources], file: str, old: str, new: str, told: str
) -> None:
    read = read_results if file.startswith("results") else read_figures
    with pytest.raises(DeclarationError, match=told):
        read(edited(file, old, new))
