"""Results and figures by id: the module is the chapter, the function's name the name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import signature
from typing import Any, TypeVar

from generate.pipeline.values import Values


class UnknownName(LookupError):
    """A name that nothing answers to; the message lists the near matches."""


@dataclass(frozen=True)
class Result:
    """What is measured: a function of trained runs, and of the data set where it has a parameter ``data``."""

    id: str
    measure: Callable[..., Mapping[str, Any]]
    needs: Mapping[str, Any]

    @property
    def needs_data(self) -> bool:
        """Whether it reads the data set itself."""
        return "data" in signature(self.measure).parameters

    @property
    def chapter(self) -> str:
        """The page this belongs to: the module's name."""
        return self.id.partition("/")[0]


@dataclass(frozen=True)
class Figure:
    """What is drawn: a function of a theme and results, with alt text and caption as templates over them."""

    id: str
    draw: Callable[..., Any]
    needs: Mapping[str, Result]
    alt: str
    caption: str

    @property
    def chapter(self) -> str:
        """The page this belongs to: the module's name."""
        return self.id.partition("/")[0]

    def words(self, values: Mapping[str, Values]) -> dict[str, str]:
        """Alt text and caption with the measured numbers filled in."""
        return {"alt": self.alt.format(**values), "caption": self.caption.format(**values)}


RESULTS: dict[str, Result] = {}
FIGURES: dict[str, Figure] = {}


def result(**needs: Any) -> Callable[[Callable[..., Mapping[str, Any]]], Result]:
    """Register a measuring function ``f(**trained_runs)``; each keyword names a run it needs.

    A function that also has a parameter ``data`` gets the data set.
    """

    def register(measure: Callable[..., Mapping[str, Any]]) -> Result:
        node = Result(_id(measure), measure, needs)
        return _add(RESULTS, node.id, node)

    return register


def figure(*, alt: str, caption: str, **needs: Result) -> Callable[[Callable[..., Any]], Figure]:
    """Register a drawing function ``f(theme, **values)``; each keyword names a result it needs."""

    def register(draw: Callable[..., Any]) -> Figure:
        node = Figure(_id(draw), draw, needs, alt, caption)
        return _add(FIGURES, node.id, node)

    return register


def select(known: Iterable[str], only: str | None) -> list[str]:
    """The ids that ``only`` names: one id, a whole chapter, or all of them.

    Raises:
        UnknownName: nothing has that id or chapter.
    """
    ids = list(known)
    if not only:
        return ids
    chosen = [name for name in ids if name == only or name.partition("/")[0] == only]
    return chosen or [find({name: name for name in [*ids, *chapters(ids)]}, only, "figure or chapter")]


def chapters(ids: Iterable[str]) -> list[str]:
    """The chapters in order of first appearance."""
    return list(dict.fromkeys(name.partition("/")[0] for name in ids))


Node = TypeVar("Node")


def find(known: Mapping[str, Node], name: str, kind: str) -> Node:
    """Look a name up.

    Raises:
        UnknownName: it is not there; the message names near matches, or everything there is.
    """
    if name in known:
        return known[name]
    by_case = {key.lower(): key for key in known}
    near = [by_case[key] for key in get_close_matches(name.lower(), by_case, n=3, cutoff=0.5)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known)}"
    raise UnknownName(f"unknown {kind} {name!r}: {hint}")


def _id(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}/{function.__name__}"


def _add(table: dict[str, Node], name: str, node: Node) -> Node:
    if name in table:
        raise ValueError(f"{name} is registered twice")
    table[name] = node
    return node
