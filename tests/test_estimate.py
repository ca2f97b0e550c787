"""How long it will take is said beforehand, and is about right."""

from __future__ import annotations

import pytest
import torch

from generate.data import Split
from generate.experiments import AE_2D, AE_16D, GAN_2D, Budget, scaled
from generate.training import estimate
from generate.training.estimate import in_words, training_seconds

SMALL = Budget(channels=8, batch_size=8)
SPLIT = Split(torch.zeros(40, 28, 28, dtype=torch.uint8), torch.arange(40) % 10)


def test_time_grows_with_steps_and_shrinks_with_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def seconds(run: object, *_: object) -> float:
        asked.append(run)
        return 2.0 if run == gan else 1.0

    monkeypatch.setattr(estimate, "_step_seconds", seconds)
    small, large, gan = (scaled(run, SMALL) for run in (AE_2D, AE_16D, GAN_2D))
    steps = small.optimisation.steps
    one = training_seconds([small, large, gan], SPLIT, "cpu", jobs=1)
    assert one == pytest.approx(4 * steps * estimate.UPKEEP)
    assert asked == [small, gan]
    two = training_seconds([small, large, gan], SPLIT, "cpu", jobs=2)
    assert one / 2 < two < one


def test_a_step_is_really_taken() -> None:
    assert 0 < estimate._step_seconds(scaled(AE_2D, SMALL), SPLIT, "cpu") < 10


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(7.4, "7 seconds"), (63, "60 seconds"), (600, "10 minutes"), (39_600, "11.0 hours")],
)
def test_a_length_of_time_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
