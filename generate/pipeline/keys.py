"""Keys: short hashes of what defines a run, a result or a figure."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from generate.pipeline.sources import Definition, Sources


def key(*parts: Any) -> str:
    """A 12-digit key of plain values, dataclasses and functions' code, the same on every machine."""
    return _hash([plain(part) for part in parts])


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def plain(value: Any) -> Any:
    """Dataclasses as dictionaries that name their type, recursively; the rest as JSON has it.

    A field declared by ``later`` is left out at its default: adding it changes no key.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        told = {
            field.name: plain(x)
            for field, x in found
            if not (_LATER in field.metadata and x == field.default)
        }
        return {"type": type(value).__name__, **told}
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def later(default: Any) -> Any:
    """A dataclass field that came when there were keys already."""
    return dataclasses.field(default=default, metadata={_LATER: True})


_LATER = "later"


def code_key(sources: Sources, roots: Iterable[str], within: tuple[str, ...]) -> str:
    """A key of what some definitions do: their code and that of all they reach in the modules ``within``.

    Constants count wherever in the package they are; what is in other modules is followed no further.
    Comments, docstrings, annotations and layout do not count, so a remark never makes a result stale.

    Raises:
        LookupError: a root is not defined in the package.
    """
    todo, reached = [_defined(sources, root) for root in roots], {}
    while todo:
        item = todo.pop()
        if item.source in reached or not (item.is_value or item.module.startswith(within)):
            continue
        reached[item.source] = _own_key(item)
        todo += _used_by(sources, item)
    return key(reached)


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


def _outline(node: Any) -> Any:
    """A syntax tree as nested lists, alike on every Python version: no positions, no empty fields."""
    if isinstance(node, list):
        return [_outline(item) for item in node if not _is_remark(item)]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, value) for name, value in ast.iter_fields(node) if name not in _LAYOUT)
    return [type(node).__name__, *([n, _outline(v)] for n, v in fields if v is not None and v != [])]


_LAYOUT = {"ctx", "kind", "type_comment", "type_ignores", "returns", "annotation"}


def _is_remark(node: Any) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
