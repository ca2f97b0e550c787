"""What the data look like."""

from __future__ import annotations

import numpy as np
import torch

from generate.data import Dataset, Split, first_of_each
from generate.evaluation.classes import class_probabilities
from generate.experiments import CLASSIFIER
from generate.pipeline.registry import result
from generate.results.parts.common import network_layers, pixels, reference
from generate.training.finished import Trained
from generate.training.loop import HELD_OUT_IMAGES


@result()
def real_digits(data: Dataset) -> dict[str, object]:
    """The first ten test images of each digit, a row a digit."""
    images = data.test.inputs(first_of_each(data.test, 10))
    return {"images": pixels(images).reshape(10, 10, 28, 28)}


@result()
def class_counts(data: Dataset) -> dict[str, object]:
    """Images per digit in each split."""
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    totals = {f"{name}_total": len(split) for name, split in splits.items()}
    return {name: _counts(split) for name, split in splits.items()} | totals | {"dataset_title": data.title}


@result(judge=CLASSIFIER)
def judge(data: Dataset, judge: Trained) -> dict[str, object]:
    """How good the judge is: the classifier's test accuracy, and the real floor of the FCD."""
    model = judge.network
    images = data.test.inputs().to(judge.device)
    correct = class_probabilities(model, images).argmax(1).cpu() == data.test.labels
    known = reference(model, data)
    accuracy, floor, features = correct.float().mean().item(), known.floor, known.features.shape[1]
    layers = network_layers(model, images[:2], "judge")
    scores = {"accuracy": accuracy, "errors": int((~correct).sum()), "fcd_floor": floor, "features": features}
    return layers | scores


@result()
def grey(data: Dataset) -> dict[str, object]:
    """What rebuilding the images of the held-out curves costs at the least: their pixels' entropy, in nats.

    The cross-entropy of an intensity x with any answer is at least that of x with itself.
    """
    x = data.validation.first(HELD_OUT_IMAGES).inputs().double()
    nats = -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x)).sum((1, 2, 3))
    return {"entropy": nats.mean().item()}


def _counts(split: Split) -> np.ndarray:
    return np.bincount(split.labels.numpy(), minlength=10)
