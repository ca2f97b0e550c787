"""Sharpness of edges that are known."""

from __future__ import annotations

import pytest
import torch

from generate.evaluation.sharpness import edge_sharpness


def edge(width: int, contrast: float = 1.0) -> torch.Tensor:
    """Dark to light along x in ``width`` equal steps: (1, 1, 28, 28)."""
    return ((torch.arange(28) - 13.0) / width).clamp(0, 1).mul(contrast).expand(1, 1, 28, 28)


@pytest.mark.parametrize("width", [1, 2, 4])
def test_an_edge_over_some_pixels_has_that_slope(width: int) -> None:
    assert edge_sharpness(edge(width)).item() == pytest.approx(1 / width, rel=1e-4)


def test_a_pale_edge_is_less_sharp() -> None:
    assert edge_sharpness(edge(1, 0.5)).item() == pytest.approx(0.5)


def test_more_ink_is_not_more_sharpness() -> None:
    one, two = torch.zeros(2, 1, 1, 28, 28)
    one[..., 5:8] = 1
    two[..., 5:8] = two[..., 15:18] = 1
    assert edge_sharpness(one).item() == pytest.approx(edge_sharpness(two).item())


def test_an_empty_image_has_none() -> None:
    assert edge_sharpness(torch.zeros(2, 1, 28, 28)).tolist() == [0, 0]
