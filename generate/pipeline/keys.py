"""Keys: short hashes of what defines a run, a result or a figure."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import inspect
import json
import textwrap
from collections.abc import Callable, Iterator
from typing import Any


def key(*parts: Any) -> str:
    """A 12-digit key of plain values, dataclasses and functions' code, the same on every machine."""
    text = json.dumps([plain(part) for part in parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def plain(value: Any) -> Any:
    """Dataclasses as dictionaries that name their type, recursively; the rest as JSON has it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"type": type(value).__name__, **fields}
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def code_key(function: Callable[..., Any], within: tuple[str, ...]) -> str:
    """A key of what a function does: its code and that of every helper it reaches in the modules ``within``.

    Comments, docstrings, annotations and layout do not count, so a remark never makes a result stale; a
    changed call or constant does, the constants of a module included.
    """
    reached = {f"{item.__module__}.{item.__qualname__}": item for item in _reach(function, within)}
    return key({name: [_syntax(item), _constants(item)] for name, item in reached.items()})


def _reach(function: Callable[..., Any], within: tuple[str, ...]) -> Iterator[Any]:
    todo, seen = [function], set()
    while todo:
        item = inspect.unwrap(todo.pop())
        if item in seen:
            continue
        seen.add(item)
        yield item
        # Unwrapped first, because a cached helper is no function until it is.
        named = (inspect.unwrap(found) for _, found in _named(item))
        helpers = (found for found in named if inspect.isfunction(found) or inspect.isclass(found))
        todo.extend(helper for helper in helpers if helper.__module__.startswith(within))


def _constants(item: Any) -> dict[str, Any]:
    """The module-level numbers, words and frozen values that an item's code uses."""
    return {name: plain(found) for name, found in _named(item) if _is_constant(found)}


def _is_constant(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return all(_is_constant(item) for item in value)
    if isinstance(value, dict):
        return all(_is_constant(item) for item in value.values())
    frozen = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return isinstance(value, int | float | str) or (frozen and _is_constant(vars(value)))


def _named(item: Any) -> Iterator[tuple[str, Any]]:
    """The globals, and the attributes of global modules, that an item's code names."""
    methods = (
        [item] if inspect.isfunction(item) else [f for _, f in inspect.getmembers(item, inspect.isfunction)]
    )
    for method in methods:
        for code in _codes(method.__code__):
            found = {name: method.__globals__.get(name) for name in code.co_names}
            yield from found.items()
            ours = (
                module for module in found.values() if inspect.ismodule(module) and _is_ours(module, method)
            )
            for module in ours:
                yield from ((name, getattr(module, name, None)) for name in code.co_names)


def _is_ours(module: Any, method: Any) -> bool:
    return bool(module.__name__.partition(".")[0] == method.__module__.partition(".")[0])


def _codes(code: Any) -> Iterator[Any]:
    yield code
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _codes(constant)


def _syntax(item: Any) -> Any:
    return _outline(ast.parse(textwrap.dedent(inspect.getsource(item))))


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
