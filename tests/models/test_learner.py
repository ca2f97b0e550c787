"""What every model's training shares."""

from __future__ import annotations

import torch
from torch import nn

from generate.models.learner import Batch, Metrics, Model, recalibrate
from generate.models.optimisation import Optimisation


class Normalising(Model):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(1)

    def losses(self, batch: Batch) -> Metrics:
        return {"loss": self.norm(batch.images).mean()}

    def exercise(self, batch: Batch) -> None:
        self.norm(batch.images)


def test_recalibration_forgets_old_statistics_and_takes_the_batchs(make_batch) -> None:
    model, batch = Normalising(), make_batch()
    model.exercise(Batch(batch.images * 100 - 7, batch.labels, batch.noise))
    recalibrate(model, batch)
    torch.testing.assert_close(model.norm.running_mean, batch.images.mean()[None])
    torch.testing.assert_close(model.norm.running_var, batch.images.var()[None])


def test_recalibration_leaves_the_model_ready_to_evaluate_and_to_train_on(make_batch) -> None:
    model = Normalising()
    recalibrate(model, make_batch())
    assert not model.training
    assert model.norm.momentum == nn.BatchNorm2d(1).momentum


def test_steps_are_whole_batches_and_at_least_one() -> None:
    assert Optimisation(images_seen=650, batch_size=64).steps == 10
    assert Optimisation(images_seen=10, batch_size=64).steps == 1
