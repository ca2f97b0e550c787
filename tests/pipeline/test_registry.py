"""Names and what answers to them."""

from __future__ import annotations

import pytest

from generate.pipeline import registry
from generate.pipeline.registry import UnknownName, figure, find, result, select

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


def test_module_and_function_make_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "RESULTS", {})
    monkeypatch.setattr(registry, "FIGURES", {})

    @result()
    def measured(data: object) -> dict[str, object]:
        return {"x": data}

    @figure(plane=measured, alt="At {plane.x:.1f}.", caption="$x_{{1}}$ is {plane.x:.2f}.")
    def drawn(theme: object, plane: object) -> object:
        return theme, plane

    assert measured.id == "test_registry/measured"
    assert measured.needs_data
    assert [*registry.FIGURES.items()] == [("test_registry/drawn", drawn)]
    assert drawn.chapter == "test_registry"

    with pytest.raises(ValueError, match="registered twice"):
        result()(measured.measure)
