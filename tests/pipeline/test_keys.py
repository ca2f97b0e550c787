"""Keys change with behaviour and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from generate.pipeline.keys import code_key, difference, key, plain
from generate.pipeline.sources import Sources

SAMPLE = '''
from dataclasses import dataclass
from functools import cache
from package import declared, far
from package.near import helper as renamed, tools
import package.near.tools as same_tools
SCALE = 2
TWICE = 2 * SCALE
UNUSED = 3
START = 1

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

def shadowed(x):
    return x + 10

def doubled(function):
    return lambda x: 2 * function(x)

@doubled
def decorated(x):
    return x + 11

@declared(needs=SCALE - UNUSED, words="Some words.")
def measure(x: int, start=START) -> int:
    """What it does."""
    from package.near.late import later
    shadowed = start
    inner = [helper(i) for i in range(x)]
    others = renamed(x) + tools.power(x) + same_tools.root(x) + later(x) + far.run(far.RATE)
    shapes = SQUARE.area() + Shape().area()
    return shadowed + sum(inner) * TWICE + remembered(x) + decorated(x) + x.unused() + others + shapes
'''

# What ``sample`` uses of other modules; ``far`` is not among those that are followed.
OTHERS = {
    "__init__": "def declared(**needs):\n    return lambda function: function\n",
    "far": "RATE = 12\nOTHER = 13\ndef run(x):\n    return x + 14\n",
    "near/__init__": "from package.near.tools import helper\n",
    "near/tools": "BASE = 15\ndef helper(x):\n    return x + 16\n"
    "def power(x):\n    return BASE**x\ndef root(x):\n    return x + 17\n",
    "near/late": "def later(x):\n    return x + 18\n",
}
FILES = {f"package/{name}.py": text for name, text in (OTHERS | {"near/sample": SAMPLE}).items()}

KeyOf = Callable[..., str]


@pytest.fixture
def key_of(tmp_path: Path) -> KeyOf:
    """The key of ``measure`` when one word of the package is another."""

    def key_of(old: str = "", new: str = "") -> str:
        assert not old or sum(text.count(old) for text in FILES.values()) == 1
        for name, text in FILES.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace(old, new) if old else text)
        return code_key(Sources(tmp_path / "package"), ["package.near.sample.measure"], ("package.near",))

    return key_of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""What it does."""', '"""Another description."""'),
        ('    """What it does."""\n', "    # A remark.\n\n"),
        ("(x: int, start=START) -> int", "(x, start=START)"),
        ("return x + 6", "return (x\n        +   6)"),
        ("UNUSED = 3", "UNUSED = 4"),
        ("x + 9", "x + 99"),
        ("x + 10", "x + 1010"),
        ("OTHER = 13", "OTHER = 1313"),
        ("x + 14", "x + 1414"),
    ],
    ids=[
        "docstring",
        "comment",
        "annotation",
        "layout",
        "unused constant, though its decorator names it",
        "unused helper, though a method is called so",
        "helper that a local variable hides",
        "unused constant elsewhere",
        "function elsewhere",
    ],
)
def test_remarks_and_layout_do_not_change_a_codes_key(key_of: KeyOf, old: str, new: str) -> None:
    assert key_of(old, new) == key_of()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("range(x)", "range(x + 1)"),
        ("\nSCALE = 2", "\nSCALE = 3"),
        ("START = 1", "START = 2"),
        ("Some words", "Other words"),
        ("x + 6", "x + 66"),
        ("+ 7", "+ 77"),
        ("x + 8", "x + 88"),
        ("sides * 5", "sides * 55"),
        ("SQUARE = Shape()", "SQUARE = Shape(3)"),
        ("+ remembered(x)", "- remembered(x)"),
        ("2 * function(x)", "3 * function(x)"),
        ("RATE = 12", "RATE = 1212"),
        ("BASE = 15", "BASE = 1515"),
        ("x + 16", "x + 1616"),
        ("x + 17", "x + 1717"),
        ("x + 18", "x + 1818"),
    ],
    ids=[
        "argument",
        "constant of a constant",
        "constant of a default",
        "word of its decorator",
        "helper",
        "cached helper",
        "helper of a helper",
        "method",
        "frozen value",
        "operator",
        "decorator of a helper",
        "constant elsewhere",
        "constant of a helper in another module",
        "helper of another name, through its package",
        "helper of a module of another name",
        "helper imported late",
    ],
)
def test_behaviour_changes_a_codes_key(key_of: KeyOf, old: str, new: str) -> None:
    assert key_of(old, new) != key_of()


def test_one_key_for_several_roots_tells_which(key_of: KeyOf, tmp_path: Path) -> None:
    key_of()
    sources, names = Sources(tmp_path / "package"), ["package.near.tools.root", "package.near.tools.power"]
    both = code_key(sources, names, ("package.near",))
    assert both == code_key(sources, reversed(names), ("package.near",))
    assert len({both, *(code_key(sources, [name], ("package.near",)) for name in names)}) == 3


def test_a_root_that_is_nowhere_is_named(key_of: KeyOf, tmp_path: Path) -> None:
    key_of()
    with pytest.raises(LookupError, match=r"package\.near\.tools\.squareroot is not defined"):
        code_key(Sources(tmp_path / "package"), ["package.near.tools.squareroot"], ())


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
    assert key("VAE_2D", Point(0.001), 3) == "ba89f13c4656"


@dataclass(frozen=True)
class Early:
    width: int = 4


def test_a_new_field_changes_no_key_until_it_is_set() -> None:
    @dataclass(frozen=True)
    class Late:
        width: int = 4
        depth: int = 2

    Late.__name__ = Early.__name__
    assert key(Late()) == key(Early())
    assert key(Late(depth=2)) == key(Early())
    assert key(Late(depth=3)) != key(Early())
    assert key(Late(width=5)) == key(Early(width=5)) != key(Early())


def test_what_is_not_as_it_was_recorded_is_named_and_what_is_new_is_not() -> None:
    @dataclass(frozen=True)
    class Outer:
        inner: Early = Early()
        rates: tuple[float, ...] = (0.1, 0.2)

    recorded = plain(Outer())
    assert difference(recorded, Outer()) is None
    assert difference({"inner": recorded["inner"], "type": "Outer"}, Outer()) is None
    assert difference(recorded, Outer(Early(width=5))) == "width was 4 and is 5"
    assert difference(recorded, Outer(rates=(0.1,))) == "rates was [0.1, 0.2] and is [0.1]"
    assert difference(recorded | {"lost": 1}, Outer()) == "lost was 1 and is gone"
