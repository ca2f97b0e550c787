"""The digit classifier: picks digits and measures samples. No generative model trains against it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.models.learner import Batch, Metrics, Model


class Classifier(Model):
    """``features`` (N, 1, 28, 28) -> (N, features), ``forward`` -> class logits (N, 10)."""

    def __init__(self, width: int, features: int, augment: float) -> None:
        super().__init__()
        self.augment = augment
        self.body = nn.Sequential(
            nn.PixelUnshuffle(2),
            *_block(4, width),
            *_block(width, width),
            nn.MaxPool2d(2),
            *_block(width, width),
            *_block(width, width),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(width * 9, features),
            nn.ReLU(),
        )
        self.head = nn.Linear(features, 10)

    def features(self, images: Tensor) -> Tensor:
        """Penultimate activations, the space in which samples are compared."""
        activations: Tensor = self.body(images)
        return activations.float()

    def forward(self, images: Tensor) -> Tensor:
        """Class logits (N, 10)."""
        logits: Tensor = self.head(self.features(images))
        return logits

    def losses(self, batch: Batch) -> Metrics:
        """Cross-entropy in nats and accuracy in [0, 1].

        No label smoothing: it would cap the confidence that digits are picked by, and pull the features
        of a class together until every distance measured in them is exaggerated.
        """
        images = moved(batch, self.augment) if self.training else batch.images
        logits = self(images).float()
        loss = functional.cross_entropy(logits, batch.labels)
        return {"loss": loss, "accuracy": (logits.argmax(1) == batch.labels).float().mean()}

    def exercise(self, batch: Batch) -> None:
        """Classify the batch as it is."""
        self(batch.images)


def moved(batch: Batch, strength: float) -> Tensor:
    """The batch's images under small random affine maps: 10 degrees, 10 % scale, 2.5 pixels at strength 1."""
    random = batch.normal(len(batch.images), 5).clamp(-2, 2) * (0.5 * strength)
    angle, stretch, shift = random[:, 0] * 0.17, 1 + random[:, 1:3] * 0.1, random[:, 3:] * 0.18
    rows = [angle.cos() * stretch[:, 0], -angle.sin(), shift[:, 0]]
    rows += [angle.sin(), angle.cos() * stretch[:, 1], shift[:, 1]]
    matrices = torch.stack(rows, dim=1).view(-1, 2, 3)
    grid = functional.affine_grid(matrices, list(batch.images.shape), align_corners=False)
    return functional.grid_sample(batch.images, grid, align_corners=False)


def _block(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )
