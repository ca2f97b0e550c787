"""Results and figures by id: the module or package is the chapter, the function's name the name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import signature
from typing import Generic, Protocol, TypeVar

from generate.pipeline.errors import UserError


class UnknownName(UserError, LookupError):
    """A name that nothing answers to; the message lists the near matches."""


@dataclass(frozen=True)
class Node:
    """What is known of a result or a figure without running it; everything is named, so it can be read.

    ``source`` is the dotted name of the function that makes it, ``needs`` what its keywords stand for.
    """

    source: str
    needs: Mapping[str, str]

    @property
    def id(self) -> str:
        """Chapter and name."""
        return node_id(self.source)

    @property
    def chapter(self) -> str:
        """The page this belongs to: the name of its module, or of the package of its modules."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The function's name."""
        return self.id.partition("/")[2]

    @property
    def module(self) -> str:
        """The dotted name of the module that makes it."""
        return self.source.rpartition(".")[0]


@dataclass(frozen=True)
class Result(Node):
    """What is measured of the runs that ``needs`` names; ``alone`` if another's work would be felt in it.

    Of the needs in ``courses`` also how training went is looked at, of all others the final weights.
    """

    alone: bool = False
    courses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Figure(Node):
    """What is drawn of the results whose ids ``needs`` has; alt text and caption are templates over them."""

    alt: str
    caption: str

    def words(self, values: Mapping[str, object]) -> dict[str, str]:
        """Alt text and caption with the measured numbers filled in."""
        return {"alt": self.alt.format(**values), "caption": self.caption.format(**values)}


Kind = TypeVar("Kind", Result, Figure)


@dataclass(frozen=True)
class Declared(Generic[Kind]):
    """A function under its declaration."""

    node: Kind
    function: Callable[..., object]


class Named(Protocol):
    """Anything with a name, such as a run."""

    @property
    def name(self) -> str:
        """The name."""


def result(
    alone: bool = False, **needs: Named
) -> Callable[[Callable[..., Mapping[str, object]]], Declared[Result]]:
    """Declare a measuring function ``f(**trained_runs)``; each keyword is a run it needs.

    A function that also has a parameter ``data`` gets the data set. What must have the machine for itself,
    such as a timing, is measured ``alone``. A parameter annotated as ``Course`` gets a run that was trained
    here, with its snapshots; all others get the published weights.
    """
    runs = {need: run.name for need, run in needs.items()}

    def declare(measure: Callable[..., Mapping[str, object]]) -> Declared[Result]:
        asked = signature(measure).parameters.values()
        by_name = {part.name: str(part.annotation) for part in asked}
        rest = next((str(part.annotation) for part in asked if part.kind is part.VAR_KEYWORD), "")
        return Declared(Result(_source(measure), runs, alone, courses(runs, by_name, rest)), measure)

    return declare


def figure(
    *, alt: str, caption: str, **needs: Declared[Result]
) -> Callable[[Callable[..., object]], Declared[Figure]]:
    """Declare a drawing function ``f(theme, **values)``; each keyword is a result it needs.

    The words must be written out, since they are read from the source.
    """
    results = {need: declared.node.id for need, declared in needs.items()}
    return lambda draw: Declared(Figure(_source(draw), results, alt, caption), draw)


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


Item = TypeVar("Item")


def find(known: Mapping[str, Item], name: str, kind: str) -> Item:
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


def node_id(source: str) -> str:
    """The id of what the function of this dotted name makes.

    ``generate.figures.vae.latent_plane`` is ``vae/latent_plane``, and so is the function of that name in any
    module of a package ``generate.figures.vae``.
    """
    parts = source.split(".")
    return f"{parts[2] if len(parts) > 3 else parts[0]}/{parts[-1]}"


def courses(runs: Iterable[str], annotations: Mapping[str, str], rest: str) -> frozenset[str]:
    """The needs whose parameter is a ``Course``: by annotations as written, and that of ``**rest``."""
    return frozenset(need for need in runs if annotations.get(need, rest) == "Course")


def _source(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__name__}"
