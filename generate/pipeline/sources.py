"""A package as its source has it, read and never run: what its modules define, and what that uses in turn."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType


@dataclass(frozen=True, eq=False)
class Definition:
    """A name at the top of a module and the statements that bind it: a function, a class, or a value."""

    module: str
    name: str
    statements: tuple[ast.stmt, ...]

    @property
    def source(self) -> str:
        """The dotted name."""
        return f"{self.module}.{self.name}"

    @property
    def is_value(self) -> bool:
        """Whether it is neither a function nor a class."""
        return not any(isinstance(statement, _FUNCTION_OR_CLASS) for statement in self.statements)

    @property
    def decorators(self) -> list[ast.expr]:
        """The decorators of a function or class."""
        return [item for statement in self.statements for item in getattr(statement, "decorator_list", ())]

    @cached_property
    def uses(self) -> frozenset[str]:
        """What it takes from outside itself: full dotted names, attributes included.

        What is passed to its own decorators is not among them.
        """
        parts = (part for statement in self.statements for part in ast.iter_child_nodes(statement))
        called = (getattr(part, "func", part) if part in self.decorators else part for part in parts)
        nodes = [node for part in called for node in ast.walk(part)]
        imported, names = _imports(nodes), _global_names(self.statements)
        heads = ((chain, chain.partition(".")[0]) for chain in map(dotted, nodes))
        return frozenset(
            imported.get(head, f"{self.module}.{head}") + chain.removeprefix(head)
            for chain, head in heads
            if head in names
        )


@dataclass(frozen=True, eq=False)
class Module:
    """A file of the package, parsed when first asked."""

    name: str
    path: Path
    text: str

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """What it defines at the top, by name, in order."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in self._tree.body:
            for name in dict.fromkeys(_bound(statement)):
                found.setdefault(name, []).append(statement)
        return {name: Definition(self.name, name, tuple(body)) for name, body in found.items()}

    @cached_property
    def imports(self) -> dict[str, str]:
        """What it imports at the top: the dotted name that each name stands for."""
        top = (statement for statement in self._tree.body if not isinstance(statement, _FUNCTION_OR_CLASS))
        return _imports(node for statement in top for node in ast.walk(statement))

    @cached_property
    def _tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))


@dataclass(frozen=True, eq=False)
class Sources:
    """The modules of the package in a folder, by dotted name."""

    package: Path

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Every module, in the order of their names; ``__init__`` has the package's."""
        # Read all at once: a build takes long, and its keys must be those of the code it began with.
        found = {}
        for path in sorted(self.package.rglob("*.py")):
            parts = path.relative_to(self.package.parent).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            found[name] = Module(name, path, path.read_text(encoding="utf-8"))
        return found

    def find(self, name: str) -> Definition | None:
        """The definition that a dotted name leads to, through any imports; None if the package has none.

        An attribute leads to what it is an attribute of: ``module.Shape.area`` is a use of ``Shape``.
        """
        parts = name.split(".")
        lengths = range(len(parts), 0, -1)
        known = next((length for length in lengths if ".".join(parts[:length]) in self.modules), 0)
        if known in (0, len(parts)):
            return None  # another package, or a module as a whole
        module, first = self.modules[".".join(parts[:known])], parts[known]
        if first in module.definitions:
            return module.definitions[first]
        imported = module.imports.get(first)
        return self.find(".".join([imported, *parts[known + 1 :]])) if imported else None


def dotted(node: ast.AST) -> str:
    """``a.b.c`` where a name, or a chain of attributes that starts at one, is read; else nothing."""
    if isinstance(node, ast.Name):
        return node.id if isinstance(node.ctx, ast.Load) else ""
    if isinstance(node, ast.Attribute) and (value := dotted(node.value)):
        return f"{value}.{node.attr}"
    return ""


_FUNCTION_OR_CLASS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, _FUNCTION_OR_CLASS):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, _FUNCTION_OR_CLASS):
            yield node.name


def _imports(nodes: Iterable[ast.AST]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            found |= {item.asname or item.name: f"{node.module}.{item.name}" for item in node.names}
        elif isinstance(node, ast.Import):
            for item in node.names:  # ``import a.b`` binds ``a``, ``import a.b as c`` binds ``a.b``
                name = item.name if item.asname else item.name.partition(".")[0]
                found[item.asname or name] = name
    return found


def _global_names(statements: Iterable[ast.stmt]) -> set[str]:
    # Only the compiler knows which names are local. Annotations are but text to it: they decide nothing.
    flags = annotations.compiler_flag
    code = compile(ast.Module([*statements], []), "source", "exec", flags, dont_inherit=True)
    return {name for part in _codes(code) for name in part.co_names}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
