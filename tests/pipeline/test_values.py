"""What a result holds."""

from __future__ import annotations

import numpy as np
import pytest

from generate.pipeline.values import Values

VALUES = Values({"codes": np.ones((3, 2)), "mean": np.float32(0.25), "digit": np.int64(4), "name": "a word"})


def test_scalars_are_plain_numbers_and_words_that_format() -> None:
    assert VALUES.scalars() == {"mean": 0.25, "digit": 4, "name": "a word"}
    assert type(VALUES.digit) is int
    assert f"{VALUES.mean:.1%} of {VALUES.digit:02d}, {VALUES.name}" == "25.0% of 04, a word"


def test_arrays_are_attributes_and_items() -> None:
    assert VALUES.codes is VALUES["codes"]
    assert {name: array.shape for name, array in VALUES.arrays().items()} == {
        "codes": (3, 2),
        "mean": (),
        "digit": (),
        "name": (),
    }


def test_a_missing_value_names_those_there_are() -> None:
    with pytest.raises(AttributeError, match="no value 'code'; there are: codes, digit, mean, name"):
        _ = VALUES.code
