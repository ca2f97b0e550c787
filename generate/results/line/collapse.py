"""Three ways to go wrong, each by one number of the objective or of its optimiser."""

from __future__ import annotations

import torch
from torch import Tensor

from generate.models import line
from generate.models.line import SIGMA, LineGAN, LineVAE, Rules
from generate.pipeline.registry import result
from generate.results.parts.line import (
    AWAY,
    BINS,
    DRAWS,
    LINE,
    across,
    chances,
    compact,
    fresh,
    histogram,
    latents,
    nearest,
    own_codes,
)

BETAS = {"disguise": 0.0, "whole": 1.0, "collapsed": 200.0}
MOMENTA = {"steady": 0.0, "hasty": 0.9}
TRAININGS = 3  # of each
ISLANDS = 8
HELD = 0.1  # of an equal share: an island with fewer samples is dropped
SHOWN, WIDTHS = 500, 12  # points drawn, and posteriors


@result()
def collapse() -> dict[str, object]:
    """A VAE whose KL weighs too much or nothing, and a GAN with momentum; three trainings of each.

    VAEs on the two moons, ``disguise`` (beta 0), ``whole`` (1) and ``collapsed`` (200): of the first
    training ``<kind>_curve`` (181, 2), ``_samples`` (N, 2), ``_codes`` (bins,), and ``_means`` and
    ``_widths`` (W,), of posteriors; of all (mean, ``_low``, ``_high``, ``_each``): ``_kl`` in nats,
    ``_width``, the median posterior's deviation, and ``_error``, the root-mean-square distance from a
    reconstruction. ``threshold`` is the largest variance of the data in any direction over sigma^2: a linear
    VAE collapses if beta is beyond it (Lucas et al. 2019).

    GANs on the ring of eight islands, ``steady`` (beta1 0) and ``hasty`` (0.9), the rest alike:
    ``<kind>_samples`` (N, 2) and ``_curve``; of all trainings ``_kept``, the number of islands with at least
    a tenth of their share of samples.
    """
    values: dict[str, object] = {
        "trainings": TRAININGS,
        "bins": BINS,
        "points": compact(fresh("moons", SHOWN)),
    }
    values |= {"ring_points": compact(fresh("ring", SHOWN)), "islands": ISLANDS, "held": HELD}
    return values | _vaes() | _gans()


def _vaes() -> dict[str, object]:
    betas = tuple(beta for beta in BETAS.values() for _ in range(TRAININGS))
    model = line.trained(LineVAE(len(betas), Rules(beta=betas)), ["moons"] * len(betas))
    points = fresh("moons", DRAWS)
    every = points.expand(len(betas), -1, -1)
    codes, curves, samples = own_codes(model, points), model.decode(LINE), model.decode(latents())
    with torch.no_grad():
        mean, width = model.posterior(every)
        kl = model.losses(every, torch.randn(mean.shape, generator=chances(5)))[1]
    error = (model.decode(codes) - points).square().sum(-1).mean(1).sqrt()
    values: dict[str, object] = {"threshold": _widest(points) / SIGMA**2}
    for place, (kind, beta) in enumerate(BETAS.items()):
        first, those = place * TRAININGS, slice(place * TRAININGS, (place + 1) * TRAININGS)
        values |= {f"{kind}_beta": beta, f"{kind}_curve": compact(curves[first])}
        values |= {f"{kind}_samples": compact(samples[first, :SHOWN])}
        values |= {f"{kind}_codes": histogram(codes[first])}
        values |= {f"{kind}_means": mean[first, :WIDTHS, 0].numpy()}
        values |= {f"{kind}_widths": width[first, :WIDTHS, 0].numpy()}
        values |= across(f"{kind}_kl", kl[those]) | across(f"{kind}_error", error[those])
        values |= across(f"{kind}_width", width[those, :, 0].median(1).values)
    return values


def _widest(points: Tensor) -> float:
    """The variance of points (N, 2) in the direction in which they spread most."""
    return float(torch.linalg.eigvalsh(points.T.cov())[-1])


def _gans() -> dict[str, object]:
    values: dict[str, object] = {}
    for kind, momentum in MOMENTA.items():
        model = line.trained(LineGAN(TRAININGS, Rules(momentum=momentum)), ["ring"] * TRAININGS)
        samples = model.decode(latents())
        values |= {f"{kind}_momentum": momentum, f"{kind}_curve": compact(model.decode(LINE)[0])}
        values |= {f"{kind}_samples": compact(samples[0, :SHOWN])}
        values |= across(f"{kind}_kept", _kept(samples))
    return values


def _kept(samples: Tensor) -> Tensor:
    """On how many islands of the ring samples (K, N, 2) lie in more than a few: (K,)."""
    noise = line.DATA["ring"].noise
    angles = torch.arange(ISLANDS) * (2 * torch.pi / ISLANDS)
    centres = torch.stack([angles.cos(), angles.sin()], 1)
    shares = torch.stack([nearest(samples, centre[None]) < AWAY * noise for centre in centres], -1)
    return (shares.float().mean(1) >= HELD / ISLANDS).sum(1)
