"""What is often said of the three families, put to the test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.blends import between
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import CONFIDENCE, class_probabilities
from generate.evaluation.intervals import with_interval
from generate.experiments import AE_16D, CLASSIFIER, GAN_16D, VAE_16D, VAE_NLL
from generate.latent.interpolation import linear, spherical
from generate.pipeline.registry import result
from generate.pipeline.spread import evenly
from generate.results.parts.between import between_codes, partners
from generate.results.parts.common import (
    codes_of,
    fcd_ratio,
    fixed_latents,
    history,
    inverted,
    pixels,
    prior_samples,
)
from generate.results.parts.subjects import chosen_or_all, labelled
from generate.training.finished import Course, Trained

PAIRED = 4_000  # codes, each paired with another at random, and left out if that is of the same digit
SHOWN = 10  # of the pairs, the first
FOUND = 200  # test images for which a GAN's latents are searched
NOISE = 0.99  # of the samples of a model that is as good as hardly any other by its likelihood
MOMENTS = 16  # of training at which a GAN's losses are set against its samples


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def midpoints(data: Dataset, judge: Trained, **families: Trained) -> dict[str, object]:
    """What lies halfway between the codes of two different digits.

    ``end``, ``third`` and ``unsure``: the share that is surely read as one of the two digits, as another, or
    not surely at all. ``halfway``: the share nearer, in squared error, to the average of the two ends' images
    than to either of them. ``off``: the median distance to that average, in halves of that between the ends.
    Each has a 95 % interval over pairs.
    ``end_more`` and ``third_more``: by how much the AE's shares exceed the VAE's, over the same pairs.

    Controls that can fail, between the same ends as the AE's: ``average``, the two ends laid over each other;
    ``own``, a test image of one of the two digits; ``other``, one of another digit.
    ``images`` (start, halfway and end; pair): the first pairs, unpicked.
    """
    values: dict[str, object] = {}
    readings: dict[str, dict[str, np.ndarray]] = {}
    for name, run in families.items():
        pairs = _pairs(run, data, judge)
        values |= {f"{name}_pairs": len(pairs.middle), f"{name}_images": pairs.shown()}
        kinds = {name: pairs.middle} | (_controls(pairs, data) if name == "ae" else {})
        readings |= {kind: _read(pairs, images, judge) for kind, images in kinds.items()}
    for name, reading in readings.items():
        for key, column in reading.items():
            values |= with_interval(f"{name}_{key}", column, np.median if key == "off" else np.mean)
    for key in ("end", "third"):
        values |= with_interval(f"{key}_more", readings["ae"][key] - readings["vae"][key])
    return values


@dataclass(frozen=True)
class _Pairs:
    """Images (N, 1, 28, 28) of two ends and of what is halfway, and the ends' digits (N,)."""

    first: Tensor
    middle: Tensor
    second: Tensor
    digits: tuple[Tensor, Tensor]

    def shown(self) -> np.ndarray:
        """The first pairs: (3, SHOWN, 28, 28)."""
        return np.stack([pixels(some[:SHOWN]) for some in (self.first, self.middle, self.second)])

    def has(self, digits: Tensor) -> Tensor:
        """Whether each of digits (N,) or (N, M) is one of its pair's two."""
        first, second = (some.to(digits).view(-1, *[1] * (digits.dim() - 1)) for some in self.digits)
        return (digits == first) | (digits == second)


def _pairs(run: Trained, data: Dataset, judge: Trained) -> _Pairs:
    """Pairs of different digits, joined by the straight line between codes, by the arc between latents."""
    paired = run.some(PAIRED)
    codes, digits = labelled(run, data, judge, paired)
    chosen = partners(len(codes)).to(codes.device)
    others = codes[chosen], digits[chosen]
    places = chosen_or_all(torch.arange(len(codes), device=codes.device), digits != others[1])
    starts, ends = codes[places], others[0][places]
    path = linear if hasattr(run.network, "encode") else spherical
    middle = path(starts, ends, torch.tensor([0.5], device=codes.device))[0]
    first, halfway, second = (in_chunks(run.network.decode, some) for some in (starts, middle, ends))
    return _Pairs(first, halfway, second, (digits[places], others[1][places]))


def _controls(pairs: _Pairs, data: Dataset) -> dict[str, Tensor]:
    """What is surely a blend, surely an end's digit, and surely neither: images (N, 1, 28, 28) each."""
    draws = torch.Generator().manual_seed(0)
    own = pairs.has(data.test.labels.to(pairs.first.device).expand(len(pairs.first), -1)).float().cpu()
    drawn = {
        name: torch.multinomial(wanted, 1, generator=draws)[:, 0]
        for name, wanted in (("own", own), ("other", 1 - own))
    }
    real = {name: data.test.inputs(places).to(pairs.first) for name, places in drawn.items()}
    return {"average": (pairs.first + pairs.second) / 2, **real}


def _read(pairs: _Pairs, images: Tensor, judge: Trained) -> dict[str, np.ndarray]:
    """What the classifier reads in images between the ends, and where among them they lie: each (N,)."""
    probabilities = class_probabilities(judge.network, images).max(1)
    sure, at_end = probabilities.values >= CONFIDENCE, pairs.has(probabilities.indices)
    place = between(pairs.first, pairs.second, images)
    columns = {
        "end": sure & at_end,
        "third": sure & ~at_end,
        "unsure": ~sure,
        "halfway": place.halfway,
        "off": place.off,
    }
    return {name: column.float().cpu().numpy() for name, column in columns.items()}


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def midpoint_paths(data: Dataset, judge: Trained, **families: Trained) -> dict[str, object]:
    """The line against the arc, halfway between the codes of test images; see ``between_codes``.

    The GAN's are draws of its prior (``gan``), and the latents found for fewer test images (``found``), whose
    Fréchet ratios are larger for being of fewer and compare with one another only.
    """
    values: dict[str, object] = {}
    for name, run in families.items():
        count = len(data.test)
        if hasattr(run.network, "encode"):
            codes = {name: codes_of(run.network, data.test, run.device)}
        else:
            some = data.test.first(run.some(FOUND)).inputs().to(run.device)
            codes = {name: fixed_latents(count, run.network.latent, run.device), "found": inverted(run, some)}
        for kind, given in codes.items():
            scores = between_codes(run, given, data, judge)
            values |= {f"{kind}_{key}": value for key, value in scores.items()}
    return values


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
