"""Names and what answers to them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from generate.pipeline.registry import Result, UnknownName, figure, find, result, select
from generate.pipeline.values import Values


@dataclass(frozen=True)
class Run:
    name: str


IDS = ["vae/plane", "vae/morph", "gan/plane"]


@pytest.mark.parametrize(
    ("only", "chosen"), [(None, IDS), ("", IDS), ("vae", IDS[:2]), ("gan/plane", IDS[2:])]
)
def test_only_names_a_chapter_or_a_figure(only: str | None, chosen: list[str]) -> None:
    assert select(IDS, only) == chosen


@pytest.mark.parametrize(
    ("only", "near"), [("vea", "vae"), ("gan/plan", "gan/plane"), ("VAE/Morph", "vae/morph")]
)
def test_an_unknown_figure_is_answered_with_near_matches(only: str, near: str) -> None:
    with pytest.raises(UnknownName, match=f"{only}'.*did you mean.*{near}"):
        select(IDS, only)


def test_a_name_near_nothing_is_answered_with_all_there_is() -> None:
    with pytest.raises(UnknownName, match="there are: apple, pear"):
        find({"apple": 1, "pear": 2}, "zzzzzz", "fruit")


def test_a_declaration_names_what_is_needed_and_keeps_the_function() -> None:
    @result(model=Run("VAE_2D"))
    def measured(model: str) -> dict[str, object]:
        return {"x": model}

    @figure(plane=measured, alt="At {plane.x:.1f}.", caption="$x_{{1}}$ is {plane.x:.2f}.")
    def drawn(theme: str, plane: str) -> str:
        return theme + plane

    assert measured.node == Result(f"{__name__}.measured", {"model": "VAE_2D"})
    assert measured.node.id == f"{__name__.rpartition('.')[2]}/measured"
    assert drawn.node.needs == {"plane": measured.node.id}
    assert (drawn.node.chapter, drawn.node.name, drawn.node.module) == ("test_registry", "drawn", __name__)
    words = drawn.node.words({"plane": Values({"x": 1.25})})
    assert words == {"alt": "At 1.2.", "caption": "$x_{1}$ is 1.25."}
    assert measured.function("m") == {"x": "m"}
    assert drawn.function("t", "p") == "tp"
