"""Optimisation steps recorded as CUDA graphs.

A network of this size keeps a GPU waiting: launching its hundreds of small kernels one by one takes
longer than running them. A graph holds them all and launches them together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from generate.models.learner import Learner, Metrics

WARM_UP = 3

Step = Callable[[], Metrics]


class Captured:
    """``step(index, number)`` recorded once for each kind of step, and replayed from then on.

    A graph repeats the same operations on the same memory, so the step must take everything that changes
    from one to the next from ``index`` (batch,) int64, from ``noise`` and from tensors that are written in
    place, and must never bring a value back to Python. A learner says which ``kind`` a step is of.
    """

    def __init__(
        self, step: Callable[[Tensor, int], Metrics], learner: Learner, noise: torch.Generator
    ) -> None:
        self._step = step
        self._learner = learner
        self._noise = noise
        self._index: Tensor | None = None
        self._seen: Counter[int] = Counter()
        self._replays: dict[int, Step] = {}

    def __call__(self, index: Tensor, number: int) -> Metrics:
        """Take step ``number`` on the images at ``index``; the metrics are the caller's to keep."""
        kind = self._learner.kind(number)
        if self._index is None:
            self._index = index.clone()
        static = self._index.copy_(index)
        self._seen[kind] += 1
        if self._seen[kind] <= WARM_UP:
            return aside(lambda: self._step(static, number))
        if kind not in self._replays:
            with _capturable(self._learner.optimizers):
                self._replays[kind] = capture(lambda: self._step(static, number), self._noise)
        return {name: value.clone() for name, value in self._replays[kind]().items()}


def aside(step: Step) -> Metrics:
    """Run on another stream, where what libraries set up at first use cannot end up in a graph."""
    main, side = torch.cuda.current_stream(), torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(main)
    with torch.cuda.stream(side):
        metrics = step()
    main.wait_stream(side)
    return metrics


def capture(step: Step, noise: torch.Generator) -> Step:
    """Capture what ``step`` would do, without doing it; calling the result does it.

    ``noise`` may be seeded anew before every replay.
    """
    graph = torch.cuda.CUDAGraph()
    graph.register_generator_state(noise)
    with torch.cuda.graph(graph):
        metrics = step()

    def replay() -> Metrics:
        graph.replay()
        return metrics

    return replay


@contextmanager
def _capturable(optimizers: list[torch.optim.Optimizer]) -> Iterator[None]:
    # Set for the recording alone: an optimiser that has it warns at every step outside a graph.
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    for group in groups:
        group["capturable"] = True
    yield
    for group in groups:
        group["capturable"] = False
