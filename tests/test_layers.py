"""Imports point one way: what is below knows nothing of what is above."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What each room may import of ours, itself aside, from the ground up; docs/about/architecture.md says why.
BELOW: dict[str, set[str]] = {
    "pipeline": set(),
    "plotting": {"pipeline"},
    "data": {"pipeline"},
    "device": {"pipeline"},
    "models": {"device"},
    "evaluation": {"models"},
    "latent": {"evaluation"},
    "experiments": {"data", "models"},
    "workspace": {"pipeline", "data", "device", "experiments"},
    "training": {"pipeline", "data", "device", "models", "experiments", "workspace"},
    "results": {"pipeline", "data", "models", "evaluation", "latent", "experiments", "training"},
    "figures": {"pipeline", "plotting", "results"},
    "build": {"pipeline", "plotting", "data", "device", "experiments", "workspace", "training"},
    "pictures": {"pipeline", "plotting"},
    "inference": {
        "pipeline",
        "device",
        "models",
        "data",
        "evaluation",
        "latent",
        "experiments",
        "workspace",
        "training",
        "build",
    },
    "handover": {"pipeline", "models", "experiments", "workspace", "build"},
    "using": {"pipeline", "experiments", "workspace", "inference", "pictures", "handover"},
    "serving": {"pipeline"},
    "commands": {"pipeline", "experiments", "workspace", "training", "build", "serving"},
    "__main__": {"pipeline", "experiments", "commands", "using"},
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


def test_a_layer_is_named_after_all_that_it_stands_on() -> None:
    names = list(BELOW)
    for place, name in enumerate(names):
        assert BELOW[name] <= {*names[:place]}, name


def test_no_module_imports_itself_by_way_of_others() -> None:
    paths = (ROOT / "generate").rglob("*.py")
    known = {".".join(path.relative_to(ROOT / "generate").with_suffix("").parts): path for path in paths}
    graph = {
        module: {other for name in imports(path, "generate") for other in known if is_within(name, other)}
        - {module}
        for module, path in known.items()
    }
    tuple(TopologicalSorter(graph).static_order())  # which raises CycleError


def test_the_training_loop_names_no_family() -> None:
    source = (ROOT / "generate" / "training" / "loop.py").read_text(encoding="utf-8").lower()
    assert not [family for family in FAMILIES if family in source]


def test_the_site_needs_no_model_and_no_model_the_site() -> None:
    generated = (ROOT / "generate").rglob("*.py")
    assert not [path for path in generated if list(imports(path, "site_src"))]
    # Notebooks are readers' code: they use whatever they like.
    ours = (path for path in (ROOT / "site_src").rglob("*.py") if path.parent.name != "notebooks")
    heavy = {name for path in ours for name in imports(path, "generate")}
    assert not [name for name in heavy if not is_within(name, "pipeline") and not is_within(name, "plotting")]
