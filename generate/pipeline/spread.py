"""A few out of many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


def evenly(items: Iterable[Item], most: int) -> list[Item]:
    """At most ``most`` of them, evenly spread, the first and the last included."""
    known = [*items]
    places = np.linspace(0, len(known) - 1, min(len(known), most)).round().astype(int)
    return [known[place] for place in places]
