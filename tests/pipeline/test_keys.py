"""Keys change with behaviour and with nothing else."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from generate.pipeline.keys import code_key, key

SOURCE = '''
from dataclasses import dataclass
from functools import cache
SCALE = 2
UNUSED = 3

@dataclass(frozen=True)
class Shape:
    sides: int = 4
    def area(self):
        return self.sides * 5

SQUARE = Shape()

def helper(x):
    return x + 6

@cache
def remembered(x):
    return deep(x) + 7

def deep(x):
    return x + 8

def unused(x):
    return x + 9

def measure(x: int) -> int:
    """What it does."""
    inner = [helper(i) for i in range(x)]
    return sum(inner) * SCALE + remembered(x) + SQUARE.area() + Shape().area()
'''

KeyOf = Callable[[str], str]


@pytest.fixture
def key_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyOf:
    """The key of ``measure`` in a module of the given source."""
    numbers = count()

    def key_of(source: str) -> str:
        path = tmp_path / f"source{next(numbers)}.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("sample", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "sample", module)
        spec.loader.exec_module(module)
        return code_key(module.measure, ("sample",))

    return key_of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""What it does."""', '"""Another description."""'),
        ('    """What it does."""\n', "    # A remark.\n\n"),
        ("(x: int) -> int", "(x)"),
        ("return x + 6", "return (x\n        +   6)"),
        ("UNUSED = 3", "UNUSED = 4"),
        ("x + 9", "x + 10"),
    ],
    ids=["docstring", "comment", "annotation", "layout", "unused constant", "unused helper"],
)
def test_remarks_and_layout_do_not_change_a_codes_key(key_of: KeyOf, old: str, new: str) -> None:
    assert old in SOURCE
    assert key_of(SOURCE.replace(old, new)) == key_of(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("range(x)", "range(x + 1)"),
        ("SCALE = 2", "SCALE = 3"),
        ("x + 6", "x + 66"),
        ("+ 7", "+ 77"),
        ("x + 8", "x + 88"),
        ("sides * 5", "sides * 55"),
        ("SQUARE = Shape()", "SQUARE = Shape(3)"),
        ("+ remembered(x)", "- remembered(x)"),
    ],
    ids=[
        "argument",
        "module constant",
        "helper",
        "cached helper",
        "helper of a helper",
        "method",
        "frozen value",
        "operator",
    ],
)
def test_behaviour_changes_a_codes_key(key_of: KeyOf, old: str, new: str) -> None:
    assert old in SOURCE
    assert key_of(SOURCE.replace(old, new)) != key_of(SOURCE)


@dataclass(frozen=True)
class Point:
    x: float
    y: float = 1.0


@dataclass(frozen=True)
class Other:
    x: float
    y: float = 1.0


def test_equal_values_have_equal_keys() -> None:
    assert key(Point(2), {"a": 1, "b": (1, 2)}) == key(Point(2, 1.0), {"b": [1, 2], "a": 1})


@pytest.mark.parametrize("changed", [Point(3), Point(2, 2), Other(2), {"x": 2, "y": 1.0}, [Point(2)]])
def test_different_values_have_different_keys(changed: object) -> None:
    assert key(changed) != key(Point(2))


def test_a_key_is_the_same_on_every_machine() -> None:
    assert key("VAE_2D", Point(0.001), 3) == "dcc48ff6d47a"
