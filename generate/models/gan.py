"""The generative adversarial network (Goodfellow et al. 2014): the shared decoder against a critic of images.

Small, and kept steady by four choices: the non-saturating loss; zero-centred gradient penalties on real and
fake images (R1 and R2: Mescheder et al. 2018; Huang et al. 2024), applied lazily to save time (Karras et al.
2020); a minibatch-standard-deviation channel (Karras et al. 2018) that lets the discriminator see variety;
and, where the runs are declared, small steps without momentum.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.models.decoder import Decoder, decode
from generate.models.learner import Batch, Metrics, Model, adam, autocast
from generate.models.optimisation import Optimisation
from generate.models.sizes import CHANNELS

# Of the spread of real images. The runs here end between 99 % and 109 %; HASTY_FREE is at 0.4 % for a while.
COLLAPSED = 0.05


class GAN(Model):
    """``generator`` is the shared decoder (fed the one-hot class too, if conditional)."""

    def __init__(self, latent: int, classes: int = 0, channels: int = CHANNELS) -> None:
        super().__init__()
        self.latent = latent
        self.classes = classes
        self.generator = Decoder(latent + classes, channels)
        self.discriminator = Discriminator(classes, channels)

    def decode(self, codes: Tensor, labels: Tensor | None = None) -> Tensor:
        """Latents (N, latent) to images (N, 1, 28, 28) in [0, 1].

        A conditional generator without labels cycles through the classes.
        """
        return decode(self.generator, self._inputs(codes, labels))

    def sample(self, batch: Batch) -> Tensor:
        """As many images as the batch has, for its labels, from the prior N(0, I)."""
        return self.decode(batch.normal(len(batch.images), self.latent), batch.labels)

    def losses(self, batch: Batch) -> Metrics:
        """What the discriminator believes of the batch and of as many fakes (mean probability of real)."""
        real = self.discriminator(batch.images, batch.labels)
        fake = self.discriminator(self.sample(batch), batch.labels)
        return {"real_score": real.sigmoid().mean(), "fake_score": fake.sigmoid().mean()}

    def exercise(self, batch: Batch) -> None:
        """Generate once; only the generator has batch norm."""
        self.sample(batch)

    def collapse(self, batch: Batch) -> str | None:
        """Whether samples hardly differ from one another, measured by what real images do."""
        share = (_spread(self.sample(batch)) / _spread(batch.images)).item()
        told = f"its samples differ by {share:.1%} of what real images differ by"
        return None if share >= COLLAPSED else f"the generator has collapsed: {told}"

    def _inputs(self, codes: Tensor, labels: Tensor | None) -> Tensor:
        if not self.classes:
            return codes
        if labels is None:
            labels = torch.arange(len(codes), device=codes.device) % self.classes
        return torch.cat([codes, functional.one_hot(labels, self.classes).to(codes.dtype)], dim=1)


def _spread(images: Tensor) -> Tensor:
    """How far images (N, 1, 28, 28) lie from their mean: a root-mean-square distance."""
    return images.float().flatten(1).var(0).sum().sqrt()


class Discriminator(nn.Module):
    """Images (N, 1, 28, 28) in [0, 1] to one logit each, (N,): positive means real.

    Mirrors the decoder without batch norm, which would let all images of a batch influence each other's
    scores and penalties in every layer; of the deviation, one number ties four together. Conditional scores
    follow the projection discriminator (Miyato & Koyama 2018), which also learns to read the class (Odena et
    al. 2017).
    """

    def __init__(self, classes: int, channels: int = CHANNELS) -> None:
        super().__init__()
        features = channels * 7 * 7
        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4, channels // 2, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(channels // 2, channels // 2, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(channels // 2, channels, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.head = nn.Sequential(
            nn.Conv2d(channels + 1, channels, 3, padding=1), nn.LeakyReLU(0.2), nn.Flatten()
        )
        self.score = nn.Linear(features, 1)
        self.project = nn.Embedding(classes, features) if classes else None
        if self.project is not None:
            nn.init.zeros_(self.project.weight)
        self.read = nn.Linear(features, classes) if classes else None

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Logits (N,)."""
        return self.verdict(images, labels)[0]

    def verdict(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (N,), and how badly the class is read from the images: a cross-entropy in nats, ()."""
        features = self.trunk(2 * images - 1)
        features = self.head(torch.cat([features, batch_deviation(features)], dim=1))
        logits = self.score(features).squeeze(1)
        if self.project is not None:
            logits = logits + (self.project(labels) * features).sum(1) / features.shape[1] ** 0.5
        if self.read is None:
            return logits.float(), logits.new_zeros(())
        return logits.float(), functional.cross_entropy(self.read(features).float(), labels)


def batch_deviation(features: Tensor, group: int = 4) -> Tensor:
    """The standard deviation over small groups of a batch, averaged to one constant channel (N, 1, H, W).

    Karras et al. 2018, section 3. Images are grouped so that a small batch and a large one look alike.
    """
    count, _, height, width = features.shape
    group = group if count % group == 0 else count
    grouped = features.float().reshape(group, -1, *features.shape[1:])
    # Spelled out because torch.var over a leading dimension took a fifth of the whole step.
    variance = (grouped - grouped.mean(0)).square().mean(0)
    deviation = (variance + 1e-8).sqrt().mean((1, 2, 3))
    return deviation.repeat(group).view(count, 1, 1, 1).expand(-1, 1, height, width).to(features.dtype)


@dataclass(frozen=True)
class Rules:
    """What a game is played by; see ``GANConfig``."""

    gamma: float
    penalty_every: int
    penalised: tuple[str, ...]
    relativistic: bool
    auxiliary: float


class Game:
    """One step of the game: the discriminator moves, then the generator."""

    def __init__(self, model: GAN, rules: Rules, optimisation: Optimisation) -> None:
        self.model = model
        self.rules = rules
        self.precision = optimisation.precision
        self.optimizers = [adam(model.discriminator, optimisation), adam(model.generator, optimisation)]

    def step(self, batch: Batch) -> Metrics:
        """Update both networks once; losses in nats, scores as probabilities of being real."""
        with autocast(self.precision, batch.images.device):
            fakes = self.model.sample(batch)  # (N, 1, 28, 28), both players' alike
        discriminator, real, fake = self.discriminator_moves(batch, fakes.detach())
        generator = self.generator_moves(batch, fakes, real.detach())
        return {
            "discriminator": discriminator.detach(),
            "generator": generator.detach(),
            "real_score": real.detach().sigmoid().mean(),
            "fake_score": fake.detach().sigmoid().mean(),
        }

    def discriminator_moves(self, batch: Batch, fakes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Tell images (N, 1, 28, 28) from fakes; its loss (), and the logits (N,) of both before it moved."""
        penalised = bool(self.kind(batch.step))
        images, fakes = (shown.detach().requires_grad_(penalised) for shown in (batch.images, fakes))
        with autocast(self.precision, images.device):
            real, misread = self.model.discriminator.verdict(images, batch.labels)  # (N,), ()
            fake = self.model.discriminator(fakes, batch.labels)  # (N,)
        loss = discriminator_loss(real, fake, self.rules.relativistic)
        penalty = self._penalty(real=(real, images), fake=(fake, fakes)) if penalised else 0.0
        self._update(0, loss + self.rules.auxiliary * misread + penalty)
        return loss, real, fake

    def generator_moves(self, batch: Batch, fakes: Tensor, real: Tensor) -> Tensor:
        """Make fakes (N, 1, 28, 28) pass; its loss (). ``real`` are the logits (N,) it has to beat."""
        with autocast(self.precision, fakes.device):
            fake, misread = self.model.discriminator.verdict(fakes, batch.labels)  # (N,), ()
            if self.rules.relativistic:  # by the discriminator as it is now
                real = self.model.discriminator(batch.images, batch.labels).detach()
        loss = generator_loss(real, fake, self.rules.relativistic)
        self._update(1, loss + self.rules.auxiliary * misread)
        return loss

    def kind(self, step: int) -> int:
        """1 where gradients are penalised, 0 elsewhere."""
        return int(self.rules.gamma > 0 and step % self.rules.penalty_every == 0)

    def _penalty(self, **scored: tuple[Tensor, Tensor]) -> Tensor:
        """R1 on real and R2 on fake images: squared gradient norms of scores, scaled up for being rare."""
        penalty = sum(gradient_norm(*scored[kind]) for kind in self.rules.penalised)
        return 0.5 * self.rules.gamma * self.rules.penalty_every * torch.as_tensor(penalty)

    def _update(self, player: int, loss: Tensor) -> None:
        optimizer = self.optimizers[player]
        optimizer.zero_grad()
        # Only the moving player's gradients: the other's would be thrown away.
        moving = [weight for group in optimizer.param_groups for weight in group["params"]]
        torch.autograd.backward(loss, inputs=moving)
        optimizer.step()


def discriminator_loss(real: Tensor, fake: Tensor, relativistic: bool) -> Tensor:
    """What the discriminator minimises over logits (N,), in nats: telling real from fake, singly or in pairs.

    Goodfellow et al. 2014, eq. 1; relativistic: Jolicoeur-Martineau 2019.
    """
    if relativistic:
        return functional.softplus(fake - real).mean()
    return functional.softplus(-real).mean() + functional.softplus(fake).mean()


def generator_loss(real: Tensor, fake: Tensor, relativistic: bool) -> Tensor:
    """What the generator minimises over logits (N,), in nats.

    Non-saturating: raise log D(G(z)) rather than lower log(1 - D(G(z))), whose gradient vanishes while the
    discriminator is winning (Goodfellow et al. 2014, section 3). Relativistic: score above the real ones.
    """
    return functional.softplus(real - fake if relativistic else -fake).mean()


def gradient_norm(scores: Tensor, images: Tensor) -> Tensor:
    """The squared norm of each score's gradient at its image, averaged; differentiable in the weights."""
    (gradient,) = torch.autograd.grad(scores.sum(), images, create_graph=True)
    return gradient.float().square().sum((1, 2, 3)).mean()
