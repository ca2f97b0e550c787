"""The toy of the chapter "On a line": a decoder from a line into the plane, under the three objectives.

Everything is small enough to be seen, and to be trained in seconds: data are points of the plane, a code is
one number, and every network is an MLP with two hidden layers of 64 rectified units. Several models train
side by side, one a *member*, in one batched product: they share nothing but the clock, as losses are summed
over members and Adam treats every weight by itself. So a training from five seeds costs little more than one.

The reader's browser trains the same: ``playground/line_gradients`` has what its gradients must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import pi, tau
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.models.vae import kl_divergence, reparameterise

HIDDEN = 64
BATCH = 128
STEPS = 1_500
RATE, GAME_RATE = 2e-3, 1e-3  # of Adam: of an autoencoder; of either player
SIGMA, BETA, GAMMA = 0.1, 1.0, 0.05  # of the objectives, where nothing else is said
BETAS = (0.9, 0.99)  # of the autoencoders' Adam; the players' beta1 is 0, unless the rules say otherwise

Skeleton = Callable[[int, torch.Generator], Tensor]  # how many, by which chances: points (N, 2)


@dataclass(frozen=True)
class Cloud:
    """Points of a ``skeleton`` with Gaussian ``noise``, its standard deviation, in both coordinates."""

    skeleton: Skeleton
    noise: float

    def draw(self, count: int, chance: torch.Generator) -> Tensor:
        """Fresh points (N, 2)."""
        return self.skeleton(count, chance) + self.noise * torch.randn(count, 2, generator=chance)


def _moons(count: int, chance: torch.Generator) -> Tensor:
    turn, coins = pi * torch.rand(count, generator=chance), torch.rand(count, 1, generator=chance)
    upper = torch.stack([turn.cos() - 0.5, turn.sin() - 0.25], 1)
    lower = torch.stack([0.5 - turn.cos(), 0.25 - turn.sin()], 1)
    return torch.where(coins < 0.5, upper, lower)


def _ring(count: int, chance: torch.Generator) -> Tensor:
    angle = tau / 8 * torch.randint(8, (count,), generator=chance)
    return torch.stack([angle.cos(), angle.sin()], 1)


def _spiral(count: int, chance: torch.Generator) -> Tensor:
    way = torch.rand(count, generator=chance)
    radius, angle = 0.15 + 0.85 * way, 3 * pi * way
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 1)


def _blob(count: int, _: torch.Generator) -> Tensor:
    return torch.zeros(count, 2)


def _blobs(count: int, chance: torch.Generator) -> Tensor:
    side = 2.0 * torch.randint(2, (count,), generator=chance) - 1
    return torch.stack([side, torch.zeros(count)], 1)


# Two half circles that reach into each other; eight islands on a circle of radius 1; one arm of one and a
# half turns; one round cloud; two islands far apart, at (-1, 0) and (1, 0).
DATA = {
    "moons": Cloud(_moons, 0.08),
    "ring": Cloud(_ring, 0.08),
    "spiral": Cloud(_spiral, 0.04),
    "blob": Cloud(_blob, 0.4),
    "blobs": Cloud(_blobs, 0.15),
}


class MLP(nn.Module):
    """``members`` networks side by side: (K, N, inputs) -> (K, N, outputs), two hidden layers between.

    They begin as ``nn.Linear`` does by default, uniform within 1 / sqrt(inputs), by the chances given.
    ``weights`` holds (K, out, in) and ``biases`` (K, out), a layer each.
    """

    def __init__(self, members: int, inputs: int, outputs: int, chance: torch.Generator) -> None:
        super().__init__()
        sizes = (inputs, HIDDEN, HIDDEN, outputs)
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for before, after in pairwise(sizes):
            for kept, shape in ((self.weights, (members, after, before)), (self.biases, (members, after))):
                start = (2 * torch.rand(*shape, generator=chance) - 1) / before**0.5
                kept.append(nn.Parameter(start))

    def forward(self, points: Tensor) -> Tensor:
        """What each network makes of its own points."""
        for place, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            points = torch.baddbmm(bias[:, None], functional.relu(points) if place else points, weight.mT)
        return points


@dataclass(frozen=True)
class Rules:
    """What is asked of the models; one number, or one for each member.

    ``sigma``: of the Gaussian likelihood, in units of the plane. ``beta``: the weight of the VAE's KL.
    ``gamma``: of the penalties, each gamma / 2 times a mean squared gradient. ``saturating``: the
    generator's first loss, log(1 - D), instead of -log D. ``momentum``: beta1 of the players' Adam.
    """

    sigma: float | tuple[float, ...] = SIGMA
    beta: float | tuple[float, ...] = BETA
    gamma: float | tuple[float, ...] = GAMMA
    saturating: bool = False
    momentum: float = 0.0


DEFAULT = Rules()


class LineModel(nn.Module):
    """``members`` decoders (K, N, 1) -> (K, N, 2), with all that trains them; chances come from ``seed``."""

    def __init__(self, members: int, rules: Rules, seed: int) -> None:
        super().__init__()
        self.members, self.rules = members, rules
        self.chance = torch.Generator().manual_seed(seed)
        self.decoder = self._mlp(1, 2)

    def step(self, points: Tensor) -> None:
        """Learn from points (K, N, 2), once."""
        raise NotImplementedError

    def normal(self, count: int) -> Tensor:
        """As many draws of the prior N(0, 1) for each member: (K, N, 1)."""
        return torch.randn(self.members, count, 1, generator=self.chance)

    def decode(self, codes: Tensor) -> Tensor:
        """Codes (K, N, 1), or (N, 1) for all members alike, to points (K, N, 2); without gradients."""
        with torch.no_grad():
            points: Tensor = self.decoder(codes.expand(self.members, *codes.shape[-2:]))
        return points

    def _mlp(self, inputs: int, outputs: int) -> MLP:
        return MLP(self.members, inputs, outputs, self.chance)


Line = TypeVar("Line", bound=LineModel)


class LineAE(LineModel):
    """Encoder 2 -> 1: minimise the mean of |x - g(f(x))|^2 / (2 sigma^2)."""

    def __init__(self, members: int, rules: Rules = DEFAULT, seed: int = 0) -> None:
        super().__init__(members, rules, seed)
        self.encoder = self._mlp(2, 1)
        self.optimizer = _adam(self, RATE, BETAS)

    def posterior(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """The code of each point, and how wide it is: the mean and a deviation of 0, (K, N, 1) each."""
        codes = self.encoder(points)
        return codes, torch.zeros_like(codes)

    def loss(self, points: Tensor) -> Tensor:
        """The mean loss of points (K, N, 2) in nats, for each member: (K,)."""
        return gaussian_nats(points, self.decoder(self.encoder(points)), self.rules.sigma)

    def step(self, points: Tensor) -> None:
        """Descend once."""
        _descend(self.optimizer, self.loss(points))


class LineVAE(LineModel):
    """Encoder 2 -> mean and log-variance: minimise the AE's loss from a noisy code plus beta times the KL."""

    def __init__(self, members: int, rules: Rules = DEFAULT, seed: int = 0) -> None:
        super().__init__(members, rules, seed)
        self.encoder = self._mlp(2, 2)
        self.optimizer = _adam(self, RATE, BETAS)

    def posterior(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of q(z|x), (K, N, 1) each."""
        mean, log_variance = self.encoder(points).chunk(2, -1)
        return mean, (0.5 * log_variance).exp()

    def losses(self, points: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Mean reconstruction and KL of points (K, N, 2) with noise (K, N, 1), in nats: (K,) each."""
        mean, log_variance = self.encoder(points).chunk(2, -1)
        rebuilt = self.decoder(reparameterise(mean, log_variance, noise))
        kl = kl_divergence(mean, log_variance).sum(-1).mean(-1)
        return gaussian_nats(points, rebuilt, self.rules.sigma), kl

    def step(self, points: Tensor) -> None:
        """Descend once."""
        reconstruction, kl = self.losses(points, self.normal(points.shape[1]))
        _descend(self.optimizer, reconstruction + _each(self.rules.beta) * kl)


class LineGAN(LineModel):
    """The decoder as a generator, against a discriminator 2 -> 1; first this moves, then that."""

    def __init__(self, members: int, rules: Rules = DEFAULT, seed: int = 0) -> None:
        super().__init__(members, rules, seed)
        self.discriminator = self._mlp(2, 1)
        self.optimizers = tuple(
            _adam(player, GAME_RATE, (rules.momentum, BETAS[1]))
            for player in (self.discriminator, self.decoder)
        )

    def judge(self, points: Tensor, made: Tensor) -> None:
        """Move the discriminator once: tell points from made ones, (K, N, 2) each."""
        told, penalty = discriminator_losses(self.discriminator, points, made.detach())
        _descend(self.optimizers[0], told + 0.5 * _each(self.rules.gamma) * penalty)

    def slopes(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """The discriminator's logits (K, N, 1) at points (K, N, 2), and how they slope there: (K, N, 2)."""
        at = points.detach().requires_grad_()
        logits = self.discriminator(at)
        return logits.detach(), torch.autograd.grad(logits.sum(), at)[0]

    def step(self, points: Tensor) -> None:
        """Move both players once."""
        made = self.decoder(self.normal(points.shape[1]))
        self.judge(points, made)
        _descend(self.optimizers[1], generator_loss(self.discriminator(made), self.rules.saturating))


def gaussian_nats(points: Tensor, rebuilt: Tensor, sigma: float | tuple[float, ...]) -> Tensor:
    """-log N(points; rebuilt, sigma^2 I) without its constant, averaged over points: (K, N, 2) to (K,)."""
    return (points - rebuilt).square().sum(-1).mean(-1) / (2 * _each(sigma) ** 2)


def discriminator_losses(discriminator: nn.Module, real: Tensor, made: Tensor) -> tuple[Tensor, Tensor]:
    """What it pays for telling real from made, (K, N, 2) each, in nats, and its squared slopes: (K,) each.

    Goodfellow et al. 2014, eq. 1; Mescheder et al. 2018, eq. 9 (R1) and 10 (R2), without gamma / 2: the mean
    squared gradient of the logit at real points, plus that at made ones.
    """
    shown = torch.cat([real, made], 1).detach().requires_grad_()
    logits = discriminator(shown)
    (slope,) = torch.autograd.grad(logits.sum(), shown, create_graph=True)
    real_logits, made_logits = logits.chunk(2, 1)
    told = functional.softplus(-real_logits).mean((1, 2)) + functional.softplus(made_logits).mean((1, 2))
    return told, 2 * slope.square().sum(-1).mean(1)  # there are as many of either


def generator_loss(logits: Tensor, saturating: bool) -> Tensor:
    """What the generator minimises over logits (K, N, 1), in nats: (K,).

    Goodfellow et al. 2014, section 3: -log D, or log(1 - D), which is flat where D is sure.
    """
    return (-functional.softplus(logits) if saturating else functional.softplus(-logits)).mean((1, 2))


def trained(model: Line, data: Sequence[str], seed: int = 0) -> Line:
    """The model, each member trained on its own data set for ``STEPS``."""
    for _ in course(model, data, STEPS, seed):
        pass
    return model


def course(model: LineModel, data: Sequence[str], steps: int, seed: int = 0) -> Iterator[int]:
    """Train each member on its own data set; gives how many steps were taken, 0 first."""
    chance = torch.Generator().manual_seed(seed)
    yield 0
    for taken in range(1, steps + 1):
        model.step(torch.stack([DATA[name].draw(BATCH, chance) for name in data]))
        yield taken


def _each(value: float | tuple[float, ...]) -> Tensor:
    return torch.as_tensor(value)


def _adam(module: nn.Module, rate: float, betas: tuple[float, float]) -> torch.optim.Optimizer:
    return torch.optim.Adam(module.parameters(), lr=rate, betas=betas)


def _descend(optimizer: torch.optim.Optimizer, losses: Tensor) -> None:
    # Only the moving player's gradients: the other's would be thrown away.
    moving = [weight for group in optimizer.param_groups for weight in group["params"]]
    for weight, slope in zip(moving, torch.autograd.grad(losses.sum(), moving), strict=True):
        weight.grad = slope
    optimizer.step()
