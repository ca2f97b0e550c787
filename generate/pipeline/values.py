"""What a result holds: named arrays and scalars, read as attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

Scalar = int | float | str | bool


class Values(Mapping[str, Any]):
    """Read-only arrays and scalars by name, as items or attributes.

    Zero-dimensional arrays come back as Python scalars, so that they format in captions
    (``"{plane.mean_x:.2f}"``); everything else is a NumPy array.
    """

    def __init__(self, items: Mapping[str, object]) -> None:
        self._items = {name: _plain(value) for name, value in items.items()}

    def __getitem__(self, name: str) -> Any:
        return self._items[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._items[name]
        except KeyError:
            raise AttributeError(f"no value {name!r}; there are: {', '.join(sorted(self._items))}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def arrays(self) -> dict[str, np.ndarray]:
        """Every value as a NumPy array, scalars with shape (), row by row for readers without NumPy."""
        return {name: np.asarray(value, order="C") for name, value in self._items.items()}

    def scalars(self) -> dict[str, Scalar]:
        """The values that are numbers or words, not arrays."""
        return {name: value for name, value in self._items.items() if not isinstance(value, np.ndarray)}


def _plain(value: object) -> Scalar | np.ndarray:
    array = np.asarray(value)
    return array.item() if array.ndim == 0 else array
