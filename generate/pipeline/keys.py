"""Keys: short hashes of what defines a run, a result or a figure."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache

from generate.pipeline.sources import Definition, Sources


def key(*parts: object) -> str:
    """A 12-digit key of plain values, dataclasses and functions' code, the same on every machine.

    A dataclass's field at its default does not count, so that a new one changes no key; that a default has
    changed is for whoever recorded the value to notice (``difference``).
    """
    return _hash([_defining(part) for part in parts])


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def _defining(value: object) -> object:
    return _as_json(value, lambda field, x: x == field.default)


def plain(value: object) -> object:
    """Dataclasses as dictionaries that name their type, recursively; the rest as JSON has it."""
    return _as_json(value, lambda *_: False)


def _as_json(value: object, left_out: Callable[[dataclasses.Field[object], object], bool]) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        kept = {field.name: _as_json(x, left_out) for field, x in found if not left_out(field, x)}
        return {"type": type(value).__name__, **kept}
    if isinstance(value, dict):
        return {str(name): _as_json(item, left_out) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item, left_out) for item in value]
    return value


def difference(recorded: Mapping[str, object], value: object) -> str | None:
    """What of a dataclass is not as it was when ``plain`` recorded it, in words; new fields do not count."""
    now = plain(value)
    assert isinstance(now, dict)
    for name, was in recorded.items():
        found = now.get(name, "gone")
        if isinstance(was, dict) and dataclasses.is_dataclass(inner := getattr(value, name, None)):
            if told := difference(was, inner):
                return told
        elif found != was:
            return f"{name} was {was} and is {found}"
    return None


def code_key(
    sources: Sources, roots: Iterable[str], within: tuple[str, ...], without: Collection[str] = ()
) -> str:
    """A key of what some definitions do: their code and that of all they reach in the modules ``within``.

    Constants count wherever in the package they are; other modules are followed no further, nor are the
    definitions ``without``. Comments, docstrings, annotations, layout and where a definition stands do not
    count, so that a remark or a move never makes a result stale.

    Raises:
        LookupError: a root is not defined in the package.
    """
    found = reached(sources, roots, within, without)
    return key(sorted([item.name, _own_key(item)] for item in found))


def reached(
    sources: Sources, roots: Iterable[str], within: tuple[str, ...], without: Collection[str] = ()
) -> list[Definition]:
    """The definitions that ``code_key`` is of.

    Raises:
        LookupError: a root is not defined in the package.
    """
    todo, found = [_defined(sources, root) for root in roots], {}
    while todo:
        item = todo.pop()
        counts = item.is_value or item.module.startswith(within)
        if counts and item.source not in found and item.source not in without:
            found[item.source] = item
            todo += _used_by(sources, item)
    return [*found.values()]


def _defined(sources: Sources, name: str) -> Definition:
    if found := sources.find(name):
        return found
    raise LookupError(f"{name} is not defined in {sources.package}")


@cache
def _used_by(sources: Sources, definition: Definition) -> list[Definition]:
    found = map(sources.find, sorted(definition.uses))
    return [item for item in found if item]


@cache
def _own_key(definition: Definition) -> str:
    return _hash(_outline([*definition.statements]))


def _outline(node: object) -> object:
    """A syntax tree as nested lists, alike on every Python version: no positions, no empty fields."""
    if isinstance(node, list):
        return [_outline(item) for item in node if not _is_remark(item)]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, value) for name, value in ast.iter_fields(node) if name not in _LAYOUT)
    return [type(node).__name__, *([n, _outline(v)] for n, v in fields if v is not None and v != [])]


_LAYOUT = {"ctx", "kind", "type_comment", "type_ignores", "returns", "annotation"}


def _is_remark(node: object) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
