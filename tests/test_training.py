"""The loop: what it records, keeps, resumes and refuses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn

from generate.data import Split
from generate.models.configs import AutoencoderConfig, Config, GANConfig, VAEConfig
from generate.models.gan import GAN
from generate.models.learner import Batch, Descent, Learner, Metrics, Model
from generate.models.optimisation import Optimisation
from generate.pipeline.store import read_checkpoint, read_tensors
from generate.training import loop as training
from generate.training.loop import CHECKPOINT, WEIGHTS, Diverged, Record, schedule, train
from generate.training.trainer import EMA_EVERY, Trainer, rate
from tests.harms import flip

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
@pytest.mark.parametrize(
    "config", [VAEConfig(2, channels=8), GANConfig(2, classes=10, channels=8)], ids=["VAE", "GAN"]
)
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
    config = AutoencoderConfig(2, channels=8)
    with pytest.raises(Interruption):
        train(trainer(config, split), split, tmp_path, interrupted_after(5))
    told: list[int] = []
    train(trainer(config, split), split, tmp_path, lambda images, _: told.append(images))
    assert told == [3 * 16] + 5 * [16]


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lose_a_snapshot(path: Path) -> None:
    next((path.parent / "snapshots").iterdir()).unlink()


def swap(path: Path) -> None:
    """Put another run's checkpoint in its place: the same networks, another name."""
    image = torch.zeros(50, 28, 28, dtype=torch.uint8)
    dark = Split(image, torch.arange(50) % 10)
    with pytest.raises(Interruption):
        train(
            trainer(AutoencoderConfig(2, channels=8), dark),
            dark,
            path.parents[1] / "other",
            interrupted_after(5),
        )
    path.write_bytes((path.parents[1] / "other" / path.name).read_bytes())


@pytest.mark.usefixtures("few_snapshots")
@pytest.mark.parametrize("harm", [cut_short, flip, lose_a_snapshot, swap, lambda path: path.write_bytes(b"")])
def test_a_checkpoint_that_cannot_be_trusted_is_set_aside_and_the_run_comes_out_the_same(
    split: Split, tmp_path: Path, harm: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    config = AutoencoderConfig(2, channels=8)
    train(trainer(config, split), split, tmp_path / "whole")
    with pytest.raises(Interruption):
        train(trainer(config, split), split, tmp_path / "parts", interrupted_after(5))
    harm(tmp_path / "parts" / CHECKPOINT)
    record = train(trainer(config, split), split, tmp_path / "parts")
    (kept,) = (tmp_path / "damaged").iterdir()
    assert f"{tmp_path / 'parts' / CHECKPOINT} cannot be resumed" in (told := capsys.readouterr().out)
    assert str(kept) in told
    for name in record.files:
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_checkpoint_of_other_networks_changes_nothing(split: Split) -> None:
    three, two = (trainer(AutoencoderConfig(latent, channels=8), split) for latent in (3, 2))
    three.advance()
    before = {name: value.clone() for name, value in two.state().items()}
    with pytest.raises(ValueError, match="another model"):
        two.restore(1, three.state())
    assert two.step == 0
    assert all(torch.equal(value, before[name]) for name, value in two.state().items())


@dataclass(frozen=True)
class ToyConfig:
    """One weight that is pulled towards 3; from step ``breaks`` on its loss is multiplied by ``by``."""

    breaks: int = 1_000
    by: float = math.nan

    def learner(self, optimisation: Optimisation) -> Learner:
        return Descent(Toy(self.breaks, self.by), optimisation)


class Toy(Model):
    def __init__(self, breaks: int, by: float = math.nan) -> None:
        super().__init__()
        self.breaks, self.by = breaks, by
        self.weight = nn.Parameter(torch.randn(1))

    def losses(self, batch: Batch) -> Metrics:
        scale = self.by if self.training and batch.step + 1 >= self.breaks else 1.0
        return {"loss": scale * (self.weight - 3).square().mean(), "brightness": batch.images.mean()}

    def exercise(self, batch: Batch) -> None:
        pass


def last_good_step(folder: Path) -> int:
    """The step of the checkpoint, all of which must be finite."""
    state, label = read_checkpoint(folder / CHECKPOINT)
    assert all(tensor.isfinite().all() for tensor in state.values())
    return int(label["step"])


@pytest.mark.usefixtures("few_snapshots")
@pytest.mark.parametrize(
    ("config", "told"),
    [
        (ToyConfig(6, math.nan), "loss became nan at step 6"),
        (ToyConfig(6, math.inf), "loss became inf at step 6"),
        (ToyConfig(8, 1e9), "the gradient has exploded: its norm is .*e.09 at step 8"),
    ],
    ids=["not a number", "infinite", "exploding"],
)
def test_a_run_that_diverges_stops_names_the_step_and_keeps_its_last_good_state(
    split: Split, tmp_path: Path, config: Config, told: str
) -> None:
    with pytest.raises(Diverged, match=told):
        train(trainer(config, split), split, tmp_path)
    assert not (tmp_path / WEIGHTS).exists()
    assert last_good_step(tmp_path) == 3
    with pytest.raises(Diverged, match=told):  # and is not stuck with a worse one
        train(trainer(config, split), split, tmp_path)


class Breaking(Toy):
    """Its last step leaves a weight that is no number, though every loss was one."""

    def losses(self, batch: Batch) -> Metrics:
        if self.training and batch.step == 7:
            self.weight.register_hook(lambda gradient: gradient * math.nan)
        return super().losses(batch)


@dataclass(frozen=True)
class BreakingConfig:
    def learner(self, optimisation: Optimisation) -> Learner:
        return Descent(Breaking(1_000), optimisation)


@pytest.mark.usefixtures("few_snapshots")
def test_weights_that_are_no_numbers_are_never_kept(split: Split, tmp_path: Path) -> None:
    with pytest.raises(Diverged, match="a weight of the learner's weight is not a finite number at step 8"):
        train(trainer(BreakingConfig(), split), split, tmp_path)
    assert not (tmp_path / WEIGHTS).exists()
    assert last_good_step(tmp_path) == 3


@pytest.mark.usefixtures("few_snapshots")
def test_a_generator_that_ends_with_one_image_is_not_kept_and_one_that_recovers_is(
    split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, told = GAN.sample, []

    def collapsed_until(step: int) -> Callable[[GAN, Batch], torch.Tensor]:
        def sample(model: GAN, batch: Batch) -> torch.Tensor:
            images = honest(model, batch)
            return images[:1].expand_as(images) if not model.training and playing.step < step else images

        return sample

    playing = trainer(GANConfig(2, channels=8), split)
    monkeypatch.setattr(GAN, "sample", collapsed_until(8))
    train(playing, split, tmp_path / "recovers", lambda _, status: told.append(status))
    assert sum("the generator has collapsed" in status for status in told) == 2
    playing = trainer(GANConfig(2, channels=8), split)
    monkeypatch.setattr(GAN, "sample", collapsed_until(9))
    with pytest.raises(Diverged, match=r"generator has collapsed: its samples differ by 0\.0%.* at step 8"):
        train(playing, split, tmp_path / "ends")
    assert not (tmp_path / "ends" / WEIGHTS).exists()
    assert last_good_step(tmp_path / "ends") == 3


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
    run = trainer(ToyConfig(), split, replace(FAST, ema_decay=average))
    expected = run.model.state_dict()["weight"].item()
    for step in range(EMA_EVERY, 5 * EMA_EVERY, EMA_EVERY):
        for _ in range(EMA_EVERY):
            run.advance()
        decay = min(average, (1 + step) / (10 + step)) ** EMA_EVERY
        expected = decay * expected + (1 - decay) * run.learner.model.state_dict()["weight"].item()
        assert run.model.state_dict()["weight"].item() == pytest.approx(expected, rel=1e-5)


def test_held_out_losses_are_means_over_images_however_they_are_cut(split: Split) -> None:
    run = trainer(AutoencoderConfig(2, channels=8), split, replace(FAST, precision="float32"))
    run.recalibrate()
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
