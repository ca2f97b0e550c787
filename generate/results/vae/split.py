"""What the VAE's KL consists of, and what its decoder makes of the codes that images really have."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.aggregate import aggregate_draws, split_kl
from generate.evaluation.chunks import in_chunks
from generate.evaluation.sharpness import edge_sharpness
from generate.experiments import CLASSIFIER, VAE_2D, VAE_16D
from generate.latent.densities import fitted_log_density
from generate.models.prior import log_normal
from generate.models.vae import kl_divergence
from generate.pipeline.registry import result
from generate.results.parts.common import fcd_ratio, posteriors_of
from generate.training.finished import Trained

DRAWS = 2_000  # codes at which the aggregate posterior of all training images is evaluated
COMPONENTS = 64  # of the density that codes of unseen images are tried on

Posteriors = tuple[Tensor, Tensor]  # means and log-variances, each (N, d)


@result(plane=VAE_2D, model=VAE_16D, judge=CLASSIFIER)
def kl_split(data: Dataset, plane: Trained, model: Trained, judge: Trained) -> dict[str, object]:
    """The mean KL of the training images in its parts, in nats, with standard errors; of both VAEs.

    ``kl`` is exact. ``information`` about which of the images it was, ``correlation`` and ``marginal`` are
    estimates without bias, and add up to it but for their errors. ``ceiling`` is ln N, the most that N images
    can be told apart by, so that of the KL at least ``missed`` is distance of their codes from the prior.
    ``alone`` (d,) is what each dimension tells by itself, in order of its KL, and ``off`` (d,) the rest.

    For digits at large: ``held_out_missed`` is how many nats more a mixture fitted to training codes gives to
    codes of test images than the prior does. On average it is at most what digits' codes are off the prior by
    (Gibbs' inequality), so that these tell at most ``held_out_information``.
    """
    ceiling = math.log(len(data.train))
    values: dict[str, object] = {"images": len(data.train), "ceiling": ceiling}
    for suffix, run in (("2d", plane), ("16d", model)):
        generator = torch.Generator(run.device).manual_seed(0)
        known = posteriors_of(run, data.train)
        images = _decoded_aggregate(run, data, known, generator)
        found = _parts(run, known, generator) | _unseen(run, data, known, generator)
        found["missed"] = max(0.0, _kl(known) - ceiling)
        found["aggregate_fcd_ratio"] = fcd_ratio(judge.network, images, data)
        found["aggregate_sharpness"] = edge_sharpness(images).mean().item()
        values |= {f"{name}_{suffix}": value for name, value in found.items()}
    return values


def _kl(posteriors: Posteriors) -> float:
    """Mean KL from N(0, I), in nats."""
    return kl_divergence(*posteriors).sum(1).mean().item()


def _parts(run: Trained, known: Posteriors, generator: torch.Generator) -> dict[str, object]:
    """The KL of training images, split; single dimensions in the order of their KL."""
    kl = kl_divergence(*known).mean(0)
    order = kl.argsort(descending=True)
    parts = split_kl(*known, run.some(DRAWS), generator)
    off = parts.marginals.mean(0)
    return {
        "kl": _kl(known),
        **_estimate("information", parts.information),
        **_estimate("correlation", parts.correlation),
        **_estimate("marginal", parts.marginals.sum(1)),
        "alone": (kl - off)[order].cpu().numpy(),
        "alone_total": (kl - off).sum().item(),
        "off": off[order].cpu().numpy(),
    }


def _unseen(run: Trained, data: Dataset, known: Posteriors, generator: torch.Generator) -> dict[str, object]:
    """What the test images say of digits at large, by a density fitted to the codes of training images."""
    unseen = posteriors_of(run, data.test)
    fitted_to = aggregate_draws(*known, len(data.train), generator)
    codes = aggregate_draws(*unseen, len(data.test), generator)
    missed = fitted_log_density(fitted_to, COMPONENTS, codes) - log_normal(codes)
    return {
        "held_out_kl": _kl(unseen),
        "held_out_information": _kl(unseen) - missed.mean().item(),
        **_estimate("held_out_missed", missed),
    }


def _decoded_aggregate(run: Trained, data: Dataset, known: Posteriors, generator: torch.Generator) -> Tensor:
    """As many images as there are test images, decoded from codes that training images have."""
    return in_chunks(run.network.decode, aggregate_draws(*known, len(data.test), generator).float())


def _estimate(name: str, values: Tensor) -> dict[str, object]:
    """The mean of values (N,), and its standard error."""
    return {name: values.mean().item(), f"{name}_error": values.std().item() / len(values) ** 0.5}
