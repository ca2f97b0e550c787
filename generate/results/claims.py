"""What is often said of the three families, put to the test."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import CONFIDENCE, class_probabilities
from generate.experiments import AE_16D, CLASSIFIER, GAN_16D, VAE_16D, VAE_NLL
from generate.latent.interpolation import linear, spherical
from generate.pipeline.registry import result
from generate.pipeline.spread import evenly
from generate.results.parts.common import fcd_ratio, fixed_latents, history, pixels, prior_samples
from generate.results.parts.subjects import chosen_or_all, labelled
from generate.training.finished import Course, Trained

PAIRED = 4_000  # codes, each with a partner of another digit where there is one half the set further on
SHOWN = 10  # of the pairs, the first
NOISE = 0.99  # of the samples of a model that is as good as hardly any other by its likelihood
MOMENTS = 16  # of training at which a GAN's losses are set against its samples


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def midpoints(data: Dataset, judge: Trained, **families: Trained) -> dict[str, object]:
    """What lies halfway between the codes of two different digits.

    ``end``, ``third`` and ``unsure``: the share that is surely read as one of the two digits, as another, or
    not surely at all. ``blend``: the share that is nearer, in squared error, to the average of the two ends'
    images than to either of them. ``images`` (start, halfway and end; pair): the first pairs, unpicked.
    """
    values: dict[str, object] = {}
    for name, run in families.items():
        paired = run.some(PAIRED)
        codes, digits = labelled(run, data, judge, paired)
        others = codes.roll(paired // 2, 0), digits.roll(paired // 2, 0)
        places = chosen_or_all(torch.arange(len(codes), device=codes.device), digits != others[1])
        starts, ends = codes[places], others[0][places]
        path = linear if hasattr(run.network, "encode") else spherical
        middle = path(starts, ends, torch.tensor([0.5], device=codes.device))[0]
        first, second, between = (in_chunks(run.network.decode, some) for some in (starts, ends, middle))
        values |= {f"{name}_pairs": len(middle)}
        values[f"{name}_images"] = np.stack([pixels(some[:SHOWN]) for some in (first, between, second)])
        values |= {f"{name}_{key}": share for key, share in _blended(first, second, between).items()}
        probabilities = class_probabilities(judge.network, between).max(1)
        sure, read = probabilities.values >= CONFIDENCE, probabilities.indices
        at_end = (read == digits[places].to(read)) | (read == others[1][places].to(read))
        for key, share in (("end", sure & at_end), ("third", sure & ~at_end), ("unsure", ~sure)):
            values[f"{name}_{key}"] = share.float().mean().item()
    return values


def _blended(first: Tensor, second: Tensor, between: Tensor) -> dict[str, float]:
    """How often images between are nearest to the average of the two ends, rather than to an end."""
    candidates = torch.stack([(first + second) / 2, first, second])
    nearest = (candidates - between).square().flatten(2).mean(2).argmin(0)
    return {"blend": (nearest == 0).float().mean().item()}


@result(gan=GAN_16D, judge=CLASSIFIER)
def loss_and_quality(data: Dataset, gan: Course, judge: Trained) -> dict[str, object]:
    """Do a GAN's losses tell how good its samples are? Both through training, and their rank correlation.

    The third moment, when the first commotion is over, is called early.
    """
    latents = fixed_latents(len(data.test), gan.network.latent, gan.device)
    moments = evenly(gan.snapshots(), MOMENTS)
    ratios = [fcd_ratio(judge.network, in_chunks(network.decode, latents), data) for _, network in moments]
    record, seen = history(gan), np.array([images for images, _ in moments])
    values: dict[str, object] = {"images_seen": seen, "fcd_ratio": np.array(ratios)}
    values |= {"early_fcd_ratio": ratios[2], "final_fcd_ratio": ratios[-1]}
    for name in ("discriminator", "generator"):
        losses = np.interp(seen, record["images_seen"], record[name])
        values |= {name: losses, f"{name}_correlation": float(spearmanr(losses, ratios).statistic)}
        values |= {f"early_{name}": losses[2], f"final_{name}": losses[-1]}
    return values


@result(model=VAE_NLL, judge=CLASSIFIER)
def mostly_noise(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """A good likelihood with bad samples: the VAE of the likelihood with noise (Theis et al. 2016, 3.2).

    Of the samples a share ``NOISE`` are pixels that are black or white by chance. The mixture's density is at
    least 1 - ``NOISE`` times the VAE's, so that log p(x) falls by at most ``lost`` nats on any image.
    """
    images = prior_samples(model, data)
    kept = max(1, round((1 - NOISE) * len(images)))
    chances = torch.full_like(images[kept:], 0.5).cpu()
    noise = torch.bernoulli(chances, generator=torch.Generator().manual_seed(0)).to(images)
    return {
        "share": NOISE,
        "lost": -float(np.log1p(-NOISE)),
        "fcd_ratio": fcd_ratio(judge.network, torch.cat([images[:kept], noise]), data),
    }
