"""The classifier that picks and measures."""

from __future__ import annotations

import torch

from generate.models.classifier import Classifier, moved
from generate.models.configs import ClassifierConfig
from generate.models.optimisation import Optimisation


def test_images_become_features_and_class_logits(make_batch) -> None:
    model, images = Classifier(8, 12, 1.0).eval(), make_batch(4).images
    assert model.features(images).shape == (4, 12)
    assert model(images).shape == (4, 10)
    torch.testing.assert_close(model(images), model.head(model.features(images)))


def test_steps_lower_the_loss(make_batch) -> None:
    learner = ClassifierConfig().learner(Optimisation(images_seen=64, precision="float32"))
    metrics = [learner.step(make_batch()) for _ in range(8)]
    assert metrics[-1]["loss"] < metrics[0]["loss"]
    assert 0 <= metrics[-1]["accuracy"] <= 1


def test_augmentation_moves_images_a_little(make_batch) -> None:
    batch = make_batch()
    images = moved(batch, 1.0)
    assert images.shape == batch.images.shape
    assert not torch.allclose(images, batch.images, atol=0.05)
    assert 0 <= images.min() <= images.max() <= 1 + 1e-5


def test_no_augmentation_changes_nothing(make_batch) -> None:
    batch = make_batch()
    torch.testing.assert_close(moved(batch, 0.0), batch.images, atol=1e-4, rtol=0)


def test_images_are_moved_only_while_training(make_batch) -> None:
    model = Classifier(8, 12, 1.0).eval()
    once, again = (model.losses(make_batch(seed=seed))["loss"] for seed in (0, 1))
    assert once == again
