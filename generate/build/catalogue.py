"""Which results and figures there are, read from the source of ``results/`` and ``figures/`` unimported."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from generate.pipeline.errors import UserError
from generate.pipeline.registry import Figure, Result, courses, figure, node_id, result
from generate.pipeline.sources import Definition, Sources, dotted

SOURCES = Sources(Path(__file__).parents[1])


class DeclarationError(UserError):
    """A result or a figure is declared in a way that cannot be read from its source; the message names it."""


def read_results(sources: Sources) -> dict[str, Result]:
    """The results by id.

    Raises:
        DeclarationError: what one needs is not a name.
    """
    found = {}
    for definition, given in _declarations(sources, "generate.results.", result):
        alone = ast.literal_eval(given.pop("alone", ast.Constant(False)))
        needs = {need: _needed(sources, definition, value).name for need, value in given.items()}
        node = Result(definition.source, needs, alone, courses(needs, *_annotations(definition)))
        found[node.id] = node
    return found


def _annotations(definition: Definition) -> tuple[dict[str, str], str]:
    """A function's annotations as written, by parameter, and that of its ``**rest``."""
    (function,) = definition.statements
    assert isinstance(function, ast.FunctionDef)
    given = function.args
    named = [part for part in [*given.args, *given.kwonlyargs] if part.annotation]
    written = {part.arg: ast.unparse(part.annotation) for part in named if part.annotation}
    rest = given.kwarg and given.kwarg.annotation
    return written, ast.unparse(rest) if rest else ""


def read_figures(sources: Sources) -> dict[str, Figure]:
    """The figures by id.

    Raises:
        DeclarationError: what one needs is not a name, or its words are not written out.
    """
    found = {}
    for definition, given in _declarations(sources, "generate.figures.", figure):
        alt, caption = (_words(definition, given, name) for name in ("alt", "caption"))
        needs = {need: node_id(_needed(sources, definition, value).source) for need, value in given.items()}
        node = Figure(definition.source, needs, alt, caption)
        found[node.id] = node
    return found


def _declarations(
    sources: Sources, package: str, declare: Callable[..., object]
) -> Iterator[tuple[Definition, dict[str, ast.expr]]]:
    """Every function of a package decorated with ``declare(...)``, and the keywords given there."""
    wanted = sources.find(f"{declare.__module__}.{declare.__name__}")
    modules = (module for name, module in sources.modules.items() if name.startswith(package))
    for definition in (found for module in modules for found in module.definitions.values()):
        for call in definition.decorators:
            if isinstance(call, ast.Call) and _found(sources, definition, call.func) is wanted:
                yield definition, {str(item.arg): item.value for item in call.keywords}


def _needed(sources: Sources, definition: Definition, value: ast.expr) -> Definition:
    if found := _found(sources, definition, value):
        return found
    raise DeclarationError(f"{definition.source} needs {ast.unparse(value)}, which no module defines")


def _found(sources: Sources, definition: Definition, value: ast.expr) -> Definition | None:
    return sources.find(f"{definition.module}.{dotted(value)}")


def _words(definition: Definition, given: dict[str, ast.expr], name: str) -> str:
    value = given.pop(name, None)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    raise DeclarationError(f"{definition.source} must have its {name} written out as a string")


RESULTS, FIGURES = read_results(SOURCES), read_figures(SOURCES)
