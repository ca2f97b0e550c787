"""The loop: what it records, keeps, resumes and refuses."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn

from generate import training
from generate.data import Split
from generate.models.configs import AutoencoderConfig, Config, GANConfig, Optimisation, VAEConfig
from generate.models.learner import Batch, Descent, Learner, Metrics, Model
from generate.pipeline.store import StoreError, read_tensors
from generate.trainer import AVERAGE_EVERY, Trainer, rate
from generate.training import Diverged, Record, schedule, train

FAST = Optimisation(images_seen=8 * 16, batch_size=16)


@pytest.fixture(scope="module")
def split() -> Split:
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (50, 28, 28), dtype=torch.uint8, generator=random)
    return Split(images, torch.arange(50) % 10)


@pytest.fixture
def few_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints after the first, the third and the last of eight steps."""
    monkeypatch.setattr(training, "SNAPSHOT_MARKS", 3)


def trainer(config: Config, split: Split, optimisation: Optimisation = FAST) -> Trainer:
    return Trainer(config, optimisation, split, "cpu")


class Interruption(Exception):
    pass


def interrupted_after(steps: int):
    """A progress callback that stops the training."""
    seen = iter(range(steps + 1))

    def progress(_: int, __: str) -> None:
        if next(seen) == steps:
            raise Interruption

    return progress


@pytest.mark.usefixtures("few_snapshots")
@pytest.mark.parametrize("config", [VAEConfig(2), GANConfig(2, classes=10)], ids=["VAE", "GAN"])
@pytest.mark.parametrize("steps", [2, 5])
def test_a_resumed_run_equals_an_uninterrupted_one(
    config: Config, split: Split, tmp_path: Path, steps: int
) -> None:
    whole = train(trainer(config, split), split, tmp_path / "whole")
    with pytest.raises(Interruption):
        train(trainer(config, split), split, tmp_path / "parts", interrupted_after(steps))
    resumed = train(trainer(config, split), split, tmp_path / "parts")

    assert resumed.history == whole.history
    assert resumed.held_out == whole.held_out
    names = [path.relative_to(tmp_path / "whole") for path in (tmp_path / "whole").rglob("*.safetensors")]
    assert len(names) == 3 + 1
    for name in names:
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.usefixtures("few_snapshots")
def test_a_resumed_run_does_not_begin_again(split: Split, tmp_path: Path) -> None:
    config = AutoencoderConfig(2)
    with pytest.raises(Interruption):
        train(trainer(config, split), split, tmp_path, interrupted_after(5))
    told: list[int] = []
    train(trainer(config, split), split, tmp_path, lambda images, _: told.append(images))
    assert told == [3 * 16] + 5 * [16]


@pytest.mark.parametrize("content", [b"", b"junk", None], ids=["empty", "junk", "another model's"])
def test_a_damaged_checkpoint_is_named(split: Split, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "checkpoint.pt"
    if content is None:
        train(trainer(AutoencoderConfig(3), split), split, tmp_path)
    else:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=f"(?s)the checkpoint {path} is damaged.*delete it"):
        train(trainer(AutoencoderConfig(2), split), split, tmp_path)


@dataclass(frozen=True)
class ToyConfig:
    """One weight that is pulled towards 3; from step ``breaks`` on its loss is not a number."""

    breaks: int = 1_000

    def learner(self, optimisation: Optimisation) -> Learner:
        return Descent(Toy(self.breaks), optimisation)


class Toy(Model):
    def __init__(self, breaks: int) -> None:
        super().__init__()
        self.breaks = breaks
        self.weight = nn.Parameter(torch.randn(1))

    def losses(self, batch: Batch) -> Metrics:
        scale = math.nan if self.training and batch.step + 1 >= self.breaks else 1.0
        return {"loss": scale * (self.weight - 3).square().mean(), "brightness": batch.images.mean()}

    def exercise(self, batch: Batch) -> None:
        pass


@pytest.mark.usefixtures("few_snapshots")
def test_a_loss_that_is_no_number_stops_the_run_and_names_the_step(split: Split, tmp_path: Path) -> None:
    with pytest.raises(Diverged, match="loss became nan at step 6"):
        train(trainer(ToyConfig(breaks=6), split), split, tmp_path)
    assert not (tmp_path / "weights.safetensors").exists()
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert saved["trainer"]["step"] == 3
    assert all(tensor.isfinite().all() for tensor in saved["trainer"]["learner"].values())


@pytest.mark.usefixtures("few_snapshots")
def test_the_step_is_named_also_between_two_records(
    split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "HISTORY_MARKS", 2)
    with pytest.raises(Diverged, match="at step 6"):
        train(trainer(ToyConfig(breaks=6), split), split, tmp_path)


def test_history_and_snapshots_are_kept_at_fixed_numbers_of_images(split: Split, tmp_path: Path) -> None:
    record = train(trainer(ToyConfig(), split), split, tmp_path)
    assert record.history["images_seen"] == [16 * (step + 1) for step in range(8)]
    assert record.held_out["images_seen"] == [16, 32, 64, 128]
    assert [int(path.stem) for path in sorted((tmp_path / "snapshots").iterdir())] == [16, 32, 64, 128]
    assert set(record.history) == set(record.held_out) == {"images_seen", "loss", "brightness"}
    assert record.history["loss"][-1] < record.history["loss"][0]


def test_a_snapshot_has_half_the_precision_of_the_weights(split: Split, tmp_path: Path) -> None:
    train(trainer(ToyConfig(), split), split, tmp_path)
    last = read_tensors(tmp_path / "snapshots" / f"{8 * 16:09d}.safetensors")
    final = read_tensors(tmp_path / "weights.safetensors")
    assert last["weight"].dtype == torch.float16
    assert torch.equal(last["weight"], final["weight"].half())


def test_every_image_of_an_epoch_is_seen_once(split: Split) -> None:
    seen: list[torch.Tensor] = []

    class Watching(Toy):
        def losses(self, batch: Batch) -> Metrics:
            seen.append(batch.images)
            return super().losses(batch)

    @dataclass(frozen=True)
    class WatchingConfig:
        def learner(self, optimisation: Optimisation) -> Learner:
            return Descent(Watching(1_000), optimisation)

    watcher = trainer(WatchingConfig(), split)
    for _ in range(6):
        watcher.advance()
    first, second = (torch.cat(seen[i : i + 3]).flatten(1) for i in (0, 3))
    assert len(first.unique(dim=0)) == 48
    assert not torch.equal(first, second)


def test_the_same_seed_gives_the_same_run_and_another_seed_another(split: Split) -> None:
    def final(seed: int) -> float:
        run = trainer(ToyConfig(), split, replace(FAST, seed=seed))
        run.advance()
        return float(run.model.state_dict()["weight"])

    assert final(0) == final(0) != final(1)


@pytest.mark.parametrize("average", [0.0, 0.3, 0.999])
def test_the_model_is_a_running_average_of_the_weights(split: Split, average: float) -> None:
    run = trainer(ToyConfig(), split, replace(FAST, average=average))
    expected = run.model.state_dict()["weight"].item()
    for step in range(AVERAGE_EVERY, 5 * AVERAGE_EVERY, AVERAGE_EVERY):
        for _ in range(AVERAGE_EVERY):
            run.advance()
        decay = min(average, (1 + step) / (10 + step)) ** AVERAGE_EVERY
        expected = decay * expected + (1 - decay) * run.learner.model.state_dict()["weight"].item()
        assert run.model.state_dict()["weight"].item() == pytest.approx(expected, rel=1e-5)


def test_held_out_losses_are_means_over_images_however_they_are_cut(split: Split) -> None:
    run = trainer(AutoencoderConfig(2), split, replace(FAST, precision="float32"))
    run.settle()
    whole = run.model.losses(Batch(split.inputs(), split.labels, torch.Generator()))["reconstruction"].item()
    for chunk in (7, 50, 1_000):
        assert run.held_out(split, chunk)["reconstruction"] == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize("steps", [1, 5, 96, 97, 12_890])
def test_records_are_even_and_snapshots_denser_early(steps: int) -> None:
    marks, snapshots = (sorted(chosen) for chosen in schedule(steps))
    assert marks[-1] == snapshots[-1] == steps
    assert marks[0] >= 1
    assert len(marks) == min(steps, training.HISTORY_MARKS)
    assert set(snapshots) <= set(marks)
    assert len(snapshots) <= training.SNAPSHOT_MARKS
    gaps = [after - before for before, after in pairwise(marks)]
    assert not gaps or max(gaps) - min(gaps) <= 1
    middle = len(snapshots) // 2
    assert snapshots[middle] - snapshots[0] <= snapshots[-1] - snapshots[middle] + steps // 96


def test_the_rate_rises_to_one_and_falls_to_two_percent() -> None:
    optimisation = Optimisation(images_seen=1000 * 64, warmup=0.05)
    rates = [rate(step, optimisation) for step in range(1000)]
    peak = rates.index(max(rates))
    assert peak in (49, 50)
    assert max(rates) == 1
    assert rates[:50] == sorted(rates[:50])
    assert rates[50:] == sorted(rates[50:], reverse=True)
    assert 0 < rates[0] <= 0.02
    assert rates[-1] == pytest.approx(0.02, abs=1e-4)


def test_the_rate_reaches_the_optimiser(split: Split) -> None:
    run = trainer(ToyConfig(), split, replace(FAST, learning_rate=0.5))
    run.advance()
    assert run.learner.optimizers[0].param_groups[0]["lr"] == 0.5 * rate(0, run.optimisation)


def test_a_record_is_a_table_over_images_seen() -> None:
    record = Record()
    record.add("history", 16, {"loss": 2})
    record.add("history", 32, {"loss": 1})
    assert record.history == {"images_seen": [16, 32], "loss": [2, 1]}
    assert record.held_out == {}
