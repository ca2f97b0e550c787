"""Imports point one way: what is below knows nothing of what is above."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What each module or package may import of ours, itself aside; docs/about/architecture.md says why.
BELOW = {
    "pipeline": set(),
    "plotting": set(),
    "data": {"pipeline"},
    "device": {"pipeline"},
    "models": {"device", "pipeline.keys"},
    "evaluation": {"models"},
    "latent": {"evaluation.chunks"},
    "graphs": {"models.learner"},
    "trainer": {"data", "models.configs", "models.learner", "graphs"},
    "training": {"pipeline", "data", "models.learner", "trainer"},
    "experiments": {"data", "models.configs"},
    "estimate": {"data", "experiments", "models.configs", "trainer"},
    "workspace": {"pipeline", "data", "device", "experiments"},
    "replay": {"data", "models.configs", "trainer"},
    "job": {"pipeline", "data", "device", "trainer", "training", "replay", "experiments", "workspace"},
    "cluster": {"pipeline", "data", "training", "experiments", "workspace", "job"},
    "running": {
        *("pipeline", "data", "device", "training", "experiments", "estimate", "workspace", "job", "cluster"),
    },
    "results": {"pipeline", "data", "models", "evaluation", "latent", "experiments", "trainer", "running"},
    "figures": {"pipeline", "plotting", "results"},
    "numbers": {"pipeline", "workspace", "replay"},
    "scoreboard": {"pipeline", "workspace"},
    "catalogue": {"pipeline"},
    "freshness": {"pipeline", "data", "experiments", "workspace", "catalogue"},
    "checking": {
        "pipeline",
        "data",
        "experiments",
        "workspace",
        "replay",
        "numbers",
        "scoreboard",
        "freshness",
    },
    "measuring": {"pipeline", "results", "experiments", "workspace", "running"},
    "building": {
        *("pipeline", "plotting", "data", "device", "training", "experiments", "workspace", "running"),
        *("measuring", "figures", "catalogue", "freshness", "numbers", "scoreboard"),
    },
    "inference": {
        *("pipeline", "device", "models", "evaluation", "experiments", "workspace", "running", "freshness"),
    },
    "serving": {"pipeline"},
    "commands": {
        *("pipeline", "experiments", "workspace", "running", "catalogue", "freshness"),
        *("checking", "building", "inference", "serving"),
    },
    "__main__": {"pipeline", "commands"},
}
FAMILIES = ("autoencoder", "vae", "gan", "classifier")


def modules(layer: str) -> list[Path]:
    package = ROOT / "generate" / layer
    return sorted(package.glob("*.py")) if package.is_dir() else [package.with_suffix(".py")]


def imports(path: Path, package: str) -> Iterator[str]:
    """Dotted names below ``package`` that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.removeprefix(f"{package}.") for name in names if name.startswith(f"{package}."))


def is_within(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(f"{allowed}.")


def test_every_module_has_its_layer() -> None:
    names = {path.stem for path in (ROOT / "generate").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names - {"__init__", "__pycache__"} == set(BELOW)


@pytest.mark.parametrize("layer", BELOW)
def test_a_layer_imports_only_what_is_below(layer: str) -> None:
    allowed = [layer, *BELOW[layer]]
    above = {
        f"{path.name} imports {name}"
        for path in modules(layer)
        for name in imports(path, "generate")
        if not any(is_within(name, part) for part in allowed)
    }
    assert above == set()


def test_the_layers_have_no_cycle() -> None:
    ready: set[str] = set()
    while waiting := BELOW.keys() - ready:
        free = {name for name in waiting if {part.partition(".")[0] for part in BELOW[name]} <= ready}
        assert free, f"a cycle among {waiting}"
        ready |= free


def test_the_training_loop_names_no_family() -> None:
    source = (ROOT / "generate" / "training.py").read_text(encoding="utf-8").lower()
    assert not [family for family in FAMILIES if family in source]


def test_the_site_needs_no_model_and_no_model_the_site() -> None:
    generated = (ROOT / "generate").rglob("*.py")
    assert not [path for path in generated if list(imports(path, "site_src"))]
    # Notebooks are readers' code: they use whatever they like.
    ours = (path for path in (ROOT / "site_src").rglob("*.py") if path.parent.name != "notebooks")
    heavy = {name for path in ours for name in imports(path, "generate")}
    assert not [name for name in heavy if not is_within(name, "pipeline") and not is_within(name, "plotting")]
