"""Recorded steps learn what eager steps learn. Without a GPU, a stand-in replays by doing the step again."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from generate.data import Split
from generate.models.configs import AutoencoderConfig, ClassifierConfig, Config, GANConfig, VAEConfig
from generate.models.learner import Metrics
from generate.models.optimisation import Optimisation
from generate.training import graphs, trainer
from generate.training.trainer import Trainer

STEPS = 20
OPTIMISATION = Optimisation(
    images_seen=STEPS * 16, batch_size=16, learning_rate=2.0**-10, precision="float32"
)
FAMILIES = [
    AutoencoderConfig(2, channels=8),
    VAEConfig(2, channels=8),
    GANConfig(2, classes=10, channels=8),
    ClassifierConfig(width=8),
]


@pytest.fixture(scope="module")
def split() -> Split:
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (70, 28, 28), dtype=torch.uint8, generator=random)
    return Split(images, torch.arange(70) % 10)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[graphs.Step]:
    """Stand-ins for a GPU; a replay overwrites what the one before returned, as a graph does."""
    made: list[graphs.Step] = []

    def record(step: graphs.Step, _: torch.Generator) -> graphs.Step:
        static: Metrics = {}

        def replay() -> Metrics:
            for name, value in step().items():
                static.setdefault(name, value.clone()).copy_(value)
            return static

        made.append(replay)
        return replay

    monkeypatch.setattr(graphs, "aside", lambda step: step())
    monkeypatch.setattr(graphs, "capture", record)
    return made


@pytest.fixture(autouse=True)
def exact_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates that float32 holds exactly: training is so chaotic that their last digit would show."""
    monkeypatch.setattr(trainer, "rate", lambda step, _: 2.0 ** -(step % 3))


def told(training: Trainer, steps: int = STEPS) -> list[dict[str, float]]:
    metrics = [training.advance() for _ in range(steps)]
    return [{name: value.item() for name, value in step.items()} for step in metrics]


def weights(training: Trainer) -> torch.Tensor:
    return torch.cat([weight.flatten() for weight in training.model.parameters()])


@pytest.mark.parametrize("config", FAMILIES, ids=lambda config: type(config).__name__)
def test_replayed_steps_equal_eager_ones(config: Config, split: Split, recorded: list[Any]) -> None:
    eager = Trainer(config, OPTIMISATION, split, "cpu")
    replayed = Trainer(config, OPTIMISATION, split, "cpu", eager=False)
    assert told(replayed) == told(eager)
    assert torch.equal(weights(replayed), weights(eager))
    kinds = {eager.learner.kind(step) for step in range(STEPS)}
    assert len(recorded) == len(kinds)


@pytest.mark.usefixtures("recorded")
def test_a_restored_run_goes_on_with_the_restored_weights(split: Split) -> None:
    def begun() -> Trainer:
        return Trainer(GANConfig(2, channels=8), OPTIMISATION, split, "cpu", eager=False)

    whole, parts = begun(), begun()
    told(whole, 16)
    state = copy.deepcopy(whole.state())
    told(parts, 12)  # so that there are recorded steps, on tensors that are about to be replaced
    parts.restore(16, state)
    assert told(parts, 4) == told(whole, 4)
    assert torch.equal(weights(parts), weights(whole))


class FakeCuda:
    """Notes what is asked of CUDA, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def CUDAGraph(self) -> FakeCuda:  # noqa: N802 (torch's name)
        return self

    def Stream(self) -> FakeCuda:  # noqa: N802
        return self

    def current_stream(self) -> FakeCuda:
        return self

    def wait_stream(self, _: object) -> None:
        self.calls.append("wait")

    def register_generator_state(self, _: torch.Generator) -> None:
        self.calls.append("register")

    def replay(self) -> None:
        self.calls.append("replay")

    @contextmanager
    def graph(self, _: object) -> Iterator[None]:
        self.calls.append("begin")
        yield
        self.calls.append("end")

    stream = graph


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> FakeCuda:
    fake = FakeCuda()
    for name in ("CUDAGraph", "Stream", "current_stream", "graph", "stream"):
        monkeypatch.setattr(torch.cuda, name, getattr(fake, name))
    return fake


def test_a_recording_knows_the_noise_and_is_replayed_as_often_as_called(cuda: FakeCuda) -> None:
    metrics = {"loss": torch.ones(())}

    def step() -> Metrics:
        cuda.calls.append("step")
        return metrics

    replay = graphs.capture(step, torch.Generator())
    assert cuda.calls == ["register", "begin", "step", "end"]
    assert replay() is metrics
    assert replay() is metrics
    assert cuda.calls[4:] == ["replay", "replay"]


def test_warming_up_waits_for_what_came_before_and_is_waited_for(cuda: FakeCuda) -> None:
    def step() -> Metrics:
        cuda.calls.append("step")
        return {}

    graphs.aside(step)
    assert cuda.calls == ["wait", "begin", "step", "end", "wait"]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("config", FAMILIES, ids=lambda config: type(config).__name__)
def test_graphs_on_a_gpu_equal_eager_steps(config: Config, split: Split) -> None:
    eager = told(Trainer(config, OPTIMISATION, split, "cuda", eager=True))
    graphed = told(Trainer(config, OPTIMISATION, split, "cuda"))
    for one, other in zip(eager, graphed, strict=True):
        assert other == pytest.approx(one, rel=1e-2, abs=1e-2)
