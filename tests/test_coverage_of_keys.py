"""No change of what is computed goes unnoticed: a key has it, or the replay runs it."""

from __future__ import annotations

import ast
import sys
from types import CodeType, FrameType
from typing import Any

import pytest

from generate import data
from generate.build.catalogue import RESULTS, SOURCES
from generate.build.freshness import LEARNING, MEASURING, roots
from generate.experiments import (
    AE_2D,
    CGAN_16D,
    CLASSIFIER,
    GAME_RELATIVISTIC,
    VAE_2D,
    VAE_NLL,
    Budget,
    scaled,
)
from generate.pipeline.keys import code_key, reached
from generate.pipeline.sources import Module, Sources
from generate.training.fingerprint import replay

COMPUTING = ("generate.models", "generate.evaluation", "generate.latent", "generate.data")
SMALL = Budget(batch_size=16, channels=8)

# What may change without a word: it fetches data, and what comes of that is compared with checksums; it looks
# after a training; or it says whether one went wrong.
UNWATCHED = {
    *("generate.data." + name for name in ("Source", "load", "at_hand", "source", "definitions", "checksum")),
    *("generate.data." + name for name in ("_fetch_mnist", "_complete", "_download", "_causes", "_verify")),
    *(
        "generate.data." + name
        for name in ("_mnist_checksum", "_digits_checksum", "default_folder", "DataError")
    ),
    *("generate.models.learner." + name for name in ("Learner",)),
    *("generate.models.configs." + name for name in ("Config", "narrowed")),
    *("generate.models.roles." + name for name in ("Generative", "Conditional", "Encoding")),
}


NAMES = [  # of every function and class at the top of a module
    definition.source
    for module in SOURCES.modules.values()
    if module.name.startswith(COMPUTING)
    for definition in module.definitions.values()
    if not definition.is_value
]


@pytest.fixture(scope="module")
def in_keys() -> set[str]:
    """What the key of at least one result of MNIST or of the built-in digits is of."""
    return {
        definition.source
        for dataset in data.DATASETS
        for node in RESULTS.values()
        for definition in reached(SOURCES, roots(node, dataset), MEASURING, LEARNING)
    }


@pytest.fixture(scope="module")
def replayed() -> set[str]:
    """What the first steps of runs of every kind run."""
    ran: set[CodeType] = set()

    def note(frame: FrameType, *_: Any) -> None:
        ran.add(frame.f_code)

    digits = data.load(data.DIGITS, data.default_folder()).train
    every = [scaled(run, SMALL) for run in (AE_2D, VAE_2D, VAE_NLL, CGAN_16D, GAME_RELATIVISTIC, CLASSIFIER)]
    sys.setprofile(note)
    try:
        for small in every:
            replay(small.model, small.optimisation, digits, steps=1)
    finally:
        sys.setprofile(None)
    paths = {str(module.path): name for name, module in SOURCES.modules.items()}
    return {
        f"{paths[code.co_filename]}.{code.co_qualname.partition('.')[0]}"
        for code in ran
        if code.co_filename in paths
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_computes_is_in_a_key_or_replayed(name: str, in_keys: set[str], replayed: set[str]) -> None:
    assert (name in UNWATCHED) != (name in in_keys | replayed)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNWATCHED])
def test_any_change_of_it_changes_the_key_of_all_that_uses_it(name: str, in_keys: set[str]) -> None:
    if name not in in_keys:
        pytest.skip("the replay runs it")
    using = [
        node
        for node in RESULTS.values()
        if name in {item.source for item in reached(SOURCES, roots(node, data.MNIST), MEASURING, LEARNING)}
    ]
    changed = with_change(name)
    for node in using[:1]:
        before, after = (
            code_key(sources, roots(node, data.MNIST), MEASURING, LEARNING) for sources in (SOURCES, changed)
        )
        assert before != after, node.id


def with_change(name: str) -> Sources:
    """The package as it would be if a function began with another statement; read, and never run."""
    module_name, _, own = name.rpartition(".")
    module = SOURCES.modules[module_name]
    tree = ast.parse(module.text)
    (found,) = (node for node in tree.body if getattr(node, "name", "") == own)
    found.body.insert(1 if len(found.body) > 1 else 0, ast.parse("changed = True").body[0])  # type: ignore[attr-defined]
    changed = Sources(SOURCES.package)
    modules = dict(SOURCES.modules)
    modules[module_name] = Module(module_name, module.path, ast.unparse(ast.fix_missing_locations(tree)))
    changed.__dict__["modules"] = modules
    return changed
