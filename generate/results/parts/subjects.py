"""What the control of a latent space is tried on, and what a change of an image is measured by."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import CONFIDENCE, class_probabilities, pick
from generate.evaluation.moments import Moments, moments, turned
from generate.results.parts.common import codes_of, fixed_digits, fixed_latents
from generate.training.finished import Trained

LEARNED_FROM, MEASURED_ON = 2_000, 500  # codes
LOOKED_THROUGH = 2_000  # samples of a GAN, for a digit to start from
MEASURES = ("x", "y", "angle", "size", "stroke", "slant")


def known_and_others(run: Trained, data: Dataset) -> tuple[Tensor, Tensor]:
    """Typical codes to learn from and others to measure on: of images, or of a GAN, latents of the prior."""
    network = run.network
    if hasattr(network, "encode"):
        splits = data.train.first(run.some(LEARNED_FROM)), data.test.first(run.some(MEASURED_ON))
        known, others = (codes_of(network, split, run.device) for split in splits)
        return known, others
    count = run.some(LEARNED_FROM)
    latents = fixed_latents(count + run.some(MEASURED_ON), network.latent, run.device)
    return latents[:count], latents[count:]


def labelled(run: Trained, data: Dataset, judge: Trained, count: int) -> tuple[Tensor, Tensor]:
    """Codes and their digits: of training images, or of a GAN, latents with what the classifier reads."""
    network = run.network
    if hasattr(network, "encode"):
        split = data.train.first(count)
        return codes_of(network, split, run.device), split.labels.to(run.device)
    latents = fixed_latents(count, network.latent, run.device)
    return latents, class_probabilities(judge.network, in_chunks(network.decode, latents)).argmax(1)


def chosen_or_all(codes: Tensor, chosen: Tensor) -> Tensor:
    """The chosen codes, or all of them if none is: a model trained for seconds may know but one digit."""
    return codes[chosen] if chosen.any() else codes


def start(run: Trained, data: Dataset, judge: Trained, digit: int) -> Tensor:
    """The code (1, d) of the first test image of a digit, or of a GAN the first sample that is surely one."""
    network = run.network
    if hasattr(network, "encode"):
        code: Tensor = network.encode(fixed_digits(data, run.device)[digit : digit + 1])
        return code
    latents = fixed_latents(run.some(LOOKED_THROUGH), network.latent, run.device)
    probabilities = class_probabilities(judge.network, in_chunks(network.decode, latents))
    return latents[pick(probabilities, digit, 1, CONFIDENCE)]


def first_layer(model: Any) -> tuple[Tensor, nn.Sequential]:
    """The decoder's first linear map, its batch norm folded in (outputs, d), and the layer up to its ReLU."""
    decoder = model.generator if hasattr(model, "generator") else model.decoder
    linear, norm = decoder[0], decoder[2]
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    each = scale.repeat_interleave(linear.out_features // len(scale))
    return (each[:, None] * linear.weight).detach(), nn.Sequential(*list(decoder)[:4])


def change(edit: str, images: Tensor, base: Tensor) -> float:
    """The median change of what an edit is about: pixels, degrees, doublings."""
    after, before = moments(images), moments(base)
    changes = {
        "shift x": after.x - before.x,
        "shift y": after.y - before.y,
        "rotation": turned(after.angle, before.angle),
        "zoom": (after.size / before.size).log2(),
        "thickness": after.stroke - before.stroke,
    }
    return changes[edit].median().item()


def effects(after: Tensor, before: Tensor, base: Tensor) -> list[float]:
    """The mean change of each measure, in standard deviations over the images of ``base``."""
    ends, usual = (moments(after), moments(before)), moments(base)
    return [_difference(name, *ends).mean().item() / getattr(usual, name).std().item() for name in MEASURES]


def _difference(name: str, after: Moments, before: Moments) -> Tensor:
    ends = getattr(after, name), getattr(before, name)
    return turned(*ends) if name == "angle" else ends[0] - ends[1]


def survival(judge: Trained, base: Tensor, images: Tensor) -> float:
    """The share of images in which the classifier reads the digit that it reads in ``base``."""
    before, after = (class_probabilities(judge.network, some).argmax(1) for some in (base, images))
    return (before == after).float().mean().item()
