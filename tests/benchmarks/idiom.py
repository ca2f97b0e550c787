"""Group ``idiom``: the fully connected VAE that everyone starts from, fed as everyone feeds it, against ours.

The baseline follows the facts of PyTorch's standard VAE example on a CPU: 784-400-20, batches of 128, Adam at
1e-3, torchvision's data set through a DataLoader without workers, the loss read out after every batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from statistics import median

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from generate.data import Split
from generate.device import precision_on
from generate.models.autoencoder import reconstruction_nats
from generate.models.learner import Batch, Descent, Learner, Metrics, Model
from generate.models.optimisation import Optimisation
from generate.models.vae import kl_divergence, reparameterise
from generate.training.trainer import Trainer
from tests.benchmarks.context import Context
from tests.benchmarks.rows import Row
from tests.benchmarks.timing import Block, side_by_side
from tests.benchmarks.training import trainer_block

BATCH = 128


def idiom(context: Context) -> Iterator[Row]:
    """One epoch over all 60,000 training images of MNIST, ours in float32 and as runs compute here.

    The limit is for bfloat16: in float32, arithmetic is what is left once the loader is gone.
    """
    split = context.images.development
    ordinary = Optimisation(len(split), batch_size=BATCH, learning_rate=1e-3, betas=(0.9, 0.999))
    for precision in dict.fromkeys(("float32", precision_on("cpu"))):
        context.say(f"an epoch of the usual VAE, ours in {precision}")
        trainer = Trainer(FullyConnectedConfig(), replace(ordinary, precision=precision), split, "cpu")
        # The loader's last batch is a part of one; ours is a whole one.
        ours = trainer_block(trainer, ceil(len(split) / BATCH))
        pairs = side_by_side(ours, usual_epoch(context), context.repeats)
        yield Row(
            f"one epoch, ours in {precision}",
            median(pairs.ours),
            "s",
            median(pairs.baseline),
            pairs.speedup,
            ">= 5 x" if precision == "bfloat16" else "",
        )
    context.say("the usual VAE without its loader")
    pairs = side_by_side(resident_epoch(split), usual_epoch(context), context.repeats)
    theirs, whole = median(pairs.ours), median(pairs.baseline)
    yield Row("one epoch, the example's steps alone", theirs, "s", whole, pairs.speedup)


class FullyConnected(nn.Module):
    """Images (N, 784) to a mean and log-variance, codes (N, latent) to logits (N, 784)."""

    def __init__(self, hidden: int, latent: int) -> None:
        super().__init__()
        self.latent = latent
        self.inward = nn.Linear(784, hidden)
        self.mean = nn.Linear(hidden, latent)
        self.log_variance = nn.Linear(hidden, latent)
        self.outward = nn.Linear(latent, hidden)
        self.pixels = nn.Linear(hidden, 784)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance, each (N, latent)."""
        hidden = torch.relu(self.inward(images))
        return self.mean(hidden), self.log_variance(hidden)

    def logits(self, codes: Tensor) -> Tensor:
        """Logits of the pixels."""
        logits: Tensor = self.pixels(torch.relu(self.outward(codes)))
        return logits


# Ours: the network as a model that the project's trainer takes.


@dataclass(frozen=True)
class FullyConnectedConfig:
    """The example's sizes."""

    hidden: int = 400
    latent: int = 20

    def learner(self, optimisation: Optimisation) -> Learner:
        """Build the model and its optimiser."""
        return Descent(FullyConnectedVAE(FullyConnected(self.hidden, self.latent)), optimisation)


class FullyConnectedVAE(Model):
    """The network with the project's objective."""

    def __init__(self, network: FullyConnected) -> None:
        super().__init__()
        self.network = network

    def losses(self, batch: Batch) -> Metrics:
        """The negative ELBO in nats per image."""
        mean, log_variance = (part.float() for part in self.network.posterior(batch.images.flatten(1)))
        logits = self.network.logits(reparameterise(mean, log_variance, batch.normal(*mean.shape)))
        reconstruction = reconstruction_nats(logits, batch.images.flatten(1))
        return {"bound": reconstruction + kl_divergence(mean, log_variance).sum(1).mean()}

    def exercise(self, batch: Batch) -> None:
        """Nothing: there is no batch norm."""


# The baseline.


def usual_loss(network: FullyConnected, images: Tensor, noise: Tensor) -> Tensor:
    """Cross-entropy of probabilities plus KL, summed over the batch."""
    mean, log_variance = network.posterior(images)
    rebuilt = torch.sigmoid(network.logits(mean + noise * torch.exp(0.5 * log_variance)))
    kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return functional.binary_cross_entropy(rebuilt, images, reduction="sum") + kl


def usual_epoch(context: Context) -> Block:
    """An epoch as the example trains it."""
    from torchvision.datasets import MNIST
    from torchvision.transforms import ToTensor

    archive = MNIST(str(context.data_folder), train=True, transform=ToTensor())
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(archive, batch_size=BATCH, shuffle=True)
    return usual_steps(lambda: (images for images, _ in loader))


def resident_epoch(split: Split) -> Block:
    """The example's steps on images that lie ready in memory, in order: what is left without the loader."""
    images = split.inputs()
    return usual_steps(lambda: torch.split(images, BATCH))


def usual_steps(batches: Callable[[], Iterable[Tensor]]) -> Block:
    """An epoch of the example's steps over batches of images."""
    config = FullyConnectedConfig()
    network = FullyConnected(config.hidden, config.latent)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)

    def epoch() -> float:
        total = 0.0
        for images in batches():
            optimizer.zero_grad()
            loss = usual_loss(network, images.view(-1, 784), torch.randn(len(images), network.latent))
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
            optimizer.step()
        return total

    return epoch
