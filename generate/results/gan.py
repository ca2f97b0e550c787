"""What the GAN learned."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from scipy.stats import chi
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import (
    CONFIDENCE,
    class_probabilities,
    class_shares,
    digits_covered,
    divergence,
    pick,
    sure_share,
)
from generate.evaluation.neighbours import overlap
from generate.experiments import (
    CGAN_16D,
    CLASSIFIER,
    GAME_FREE,
    GAME_R1,
    GAME_R1_R2,
    GAME_RELATIVISTIC,
    GAN_16D,
    HASTY_FREE,
    HASTY_R1_R2,
)
from generate.latent.interpolation import loop, spherical
from generate.pipeline.registry import result
from generate.pipeline.spread import evenly
from generate.results.parts.between import SHRUNK, TYPICAL, halfway
from generate.results.parts.common import (
    decoded,
    fcd_ratio,
    feature_ratio,
    fixed_digits,
    fixed_latents,
    history,
    inverted,
    network_layers,
    pixels,
    prior_samples,
    reference,
)
from generate.training.finished import Course, Trained

INVERTED_PAIRS = ((0, 6), (1, 7), (2, 3), (4, 9))  # digits whose first test images are joined
DIMENSIONS = (2, 16, 128, 512)
PAIRS = 10_000  # of draws, in each
BINS = np.linspace(0, 2, 101)  # of norms, in units of the root of the dimensions
SCALES = (0.4, 0.55, SHRUNK, 0.85, 1.0, 1.2, 1.4)  # of latents


@result(model=GAN_16D)
def architecture(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of generator and discriminator."""
    network, images = model.network, fixed_digits(data, model.device)
    labels = torch.arange(10, device=model.device)
    generator = network_layers(network.generator, fixed_latents(1, network.latent, model.device), "generator")
    discriminator = network_layers(network.discriminator, (images, labels), "discriminator")
    return generator | discriminator | {"latent": network.latent}


@result(model=GAN_16D)
def progress(model: Course) -> dict[str, object]:
    """The same 64 latents decoded at every snapshot."""
    latents = fixed_latents(64, model.network.latent, model.device)
    moments = [(images, decoded(network, latents)) for images, network in model.snapshots()]
    return {
        "images_seen": np.array([images for images, _ in moments]),
        "images": np.stack([f for _, f in moments]),
    }


@result(model=GAN_16D, judge=CLASSIFIER)
def samples(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """The first 100 samples, and how all of them measure up."""
    images, probabilities = _judged(model, data, judge)
    balance = class_shares(probabilities.argmax(1))
    return {
        "images": pixels(images[:100]),
        "fcd_ratio": fcd_ratio(judge.network, images, data),
        "digits_covered": digits_covered(balance),
        "least_common_digit": int(balance.argmin()),
        "least_common_share": float(balance.min()),
    }


@result(model=GAN_16D, judge=CLASSIFIER)
def all_ten_digits(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """The first eight samples of each digit that the classifier is sure of, and every digit's share."""
    images, probabilities = _judged(model, data, judge)
    balance, real = class_shares(probabilities.argmax(1)), class_shares(data.test.labels)
    rows = [pixels(images[pick(probabilities, digit, 8, CONFIDENCE)]) for digit in range(10)]
    return {
        "images": np.stack(rows),
        "shares": balance,
        "confidence": CONFIDENCE,
        "samples": len(images),
        "digits_covered": digits_covered(balance),
        "kl_to_test": divergence(balance, real),
        "sure_share": sure_share(probabilities),
    }


@result(model=GAN_16D)
def loss_curves(model: Course) -> dict[str, object]:
    """Both players' losses and the discriminator's mean belief in real and generated images."""
    training = history(model)
    names = ("generator", "discriminator", "real_score", "fake_score")
    finals = {f"final_{name}": training[name][-1] for name in names}
    curves = {name: training[name] for name in names}
    return {"images": training["images_seen"], "equilibrium_loss": 2 * math.log(2)} | curves | finals


@result()
def linear_vs_spherical() -> dict[str, object]:
    """How long midpoints of independent draws of N(0, I) are, on the line and on the arc.

    For each number of dimensions d: densities of the norm over sqrt(d), an array over bins for draws
    (``prior``), and midpoints (``line``, ``arc``); the middle 95% of the draws; and the share of midpoints
    outside of it. No model takes part.
    """
    values: dict[str, object] = {"bins": BINS, "dimensions": np.array(DIMENSIONS), "pairs": PAIRS}
    for count in DIMENSIONS:
        starts, ends = fixed_latents(2 * PAIRS, count, "cpu").chunk(2)
        low, high = (float(chi(count).ppf(q)) / count**0.5 for q in TYPICAL)
        values |= {f"low_{count}": low, f"high_{count}": high}
        for name, some in {"prior": starts, **halfway(starts, ends)}.items():
            norms = some.norm(dim=1).numpy() / count**0.5
            values[f"{name}_{count}"] = np.histogram(norms, BINS, density=True)[0]
            values[f"outside_{name}_{count}"] = float(((norms < low) | (norms > high)).mean())
    return values


@result(model=GAN_16D, judge=CLASSIFIER)
def scale(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """The same draws of the prior, made shorter or longer: how good is what they decode to?

    Arrays over ``scales``; as scalars the values at 1, at the scale of lines' midpoints, and the best ratio.
    """
    known, network = reference(judge.network, data), model.network
    latents = fixed_latents(len(data.test), network.latent, model.device)
    rows = []
    for times in SCALES:
        features = in_chunks(judge.network.features, in_chunks(network.decode, times * latents))
        rows.append({"fcd_ratio": feature_ratio(features, known), **vars(overlap(known.features, features))})
    values: dict[str, object] = {"scales": np.array(SCALES), "midpoint_scale": SHRUNK}
    for name in rows[0]:
        column = np.array([row[name] for row in rows])
        values |= {name: column, f"{name}_drawn": column[SCALES.index(1.0)]}
        values[f"{name}_shrunk"] = column[SCALES.index(SHRUNK)]
    best = min(range(len(rows)), key=lambda place: rows[place]["fcd_ratio"])
    return values | {"best_scale": SCALES[best], "best_fcd_ratio": rows[best]["fcd_ratio"]}


@result(model=GAN_16D, judge=CLASSIFIER)
def four_nine_three(model: Trained, judge: Trained) -> dict[str, object]:
    """A spherical path from a 4 through a 9 to a 3, its ends the first sure samples of each digit."""
    network = model.network
    four, nine, three = _anchors(model, judge, 1)[[4, 9, 3], 0]
    t = torch.linspace(0, 1, 7, device=model.device)
    codes = torch.cat([spherical(four, nine, t), spherical(nine, three, t)[1:]])
    images = network.decode(codes)
    probabilities = class_probabilities(judge.network, images).cpu().numpy()
    values = {"images": pixels(images), "belief": probabilities, "t": np.linspace(0, 2, 13)}
    return values | {"from_digit": 4, "via_digit": 9, "to_digit": 3}


@result(model=GAN_16D, judge=CLASSIFIER)
def interpolation(model: Trained, judge: Trained) -> dict[str, object]:
    """Nine closed spherical paths, each through five digits, as 60 frames."""
    # Path k visits the digits k, k + 2, ..., k + 8 (mod 10), each time a sample no other path uses.
    anchors = _anchors(model, judge, 9)
    visits = torch.tensor([[(path + 2 * stop) % 10 for path in range(9)] for stop in range(5)])
    stops = anchors[visits, torch.arange(9)]
    return {"images": decoded(model.network, loop(stops, 60)), "digits": visits.numpy()}


@result(model=CGAN_16D)
def conditional(model: Trained) -> dict[str, object]:
    """Ten latents, each asked for every digit: images (latent, digit, 28, 28)."""
    network = model.network
    latents = fixed_latents(10, network.latent, model.device).repeat_interleave(10, 0)
    images = network.decode(latents, torch.arange(100, device=model.device) % 10)
    return {"images": pixels(images).reshape(10, 10, 28, 28)}


@result(model=GAN_16D)
def inversion(data: Dataset, model: Trained) -> dict[str, object]:
    """Real test digits, the generated images nearest to them, and ways between pairs of them."""
    network, images = model.network, fixed_digits(data, model.device)
    latents = inverted(model, images)
    t = torch.linspace(0, 1, 8, device=model.device)
    paths = [spherical(latents[first], latents[second], t) for first, second in INVERTED_PAIRS]
    rebuilds = network.decode(latents)
    errors = (rebuilds - images).square().mean((1, 2, 3))
    return {
        "originals": pixels(images),
        "rebuilt": pixels(rebuilds),
        "ends": pixels(images[torch.tensor(INVERTED_PAIRS)]),
        "paths": decoded(network, torch.stack(paths)),
        "mse": errors.mean().item(),
        "worst_digit": int(errors.argmax()),
        "worst_mse": errors.max().item(),
    }


def _judged(model: Trained, data: Dataset, judge: Trained) -> tuple[Tensor, Tensor]:
    images = prior_samples(model, data)
    return images, class_probabilities(judge.network, images)


def _anchors(model: Trained, judge: Trained, count: int) -> Tensor:
    """The first ``count`` fixed latents of each digit that the classifier is sure of: (10, count, d)."""
    latents = fixed_latents(2_000, model.network.latent, model.device)
    probabilities = class_probabilities(judge.network, in_chunks(model.network.decode, latents))
    return torch.stack([latents[pick(probabilities, digit, count, CONFIDENCE)] for digit in range(10)])


@result(
    free=GAME_FREE,
    r1=GAME_R1,
    r1_r2=GAME_R1_R2,
    relativistic=GAME_RELATIVISTIC,
    hasty_free=HASTY_FREE,
    hasty_r1_r2=HASTY_R1_R2,
    judge=CLASSIFIER,
)
def mode_collapse(data: Dataset, judge: Trained, **games: Course) -> dict[str, object]:
    """Games by different rules, and two played hastily, through training.

    The digits they make, the share of the commonest, how much of the test set they cover, samples early on
    and in the end.
    """
    return {f"{name}_{key}": value for name, run in games.items() for key, value in _played(run, data, judge)}


def _played(run: Course, data: Dataset, judge: Trained) -> Iterator[tuple[str, object]]:
    """What becomes of one game; its moments are spread evenly, and the early one is the third of nine."""
    known = reference(judge.network, data)
    latents = fixed_latents(len(data.test), run.network.latent, run.device)
    rows = []
    for seen, network in evenly(run.snapshots(), 9):
        images = in_chunks(network.decode, latents)
        features = in_chunks(judge.network.features, images)
        balance = class_shares(judge.network.head(features).argmax(1))
        coverage = overlap(known.features, features).coverage
        digits, ratio = digits_covered(balance), feature_ratio(features, known)
        rows.append((seen, coverage, digits, float(balance.max()), ratio, pixels(images[:30])))
    names = ("images_seen", "coverage", "digits", "commonest", "fcd_ratio")
    *columns, shown = zip(*rows, strict=True)
    early = min(2, len(rows) - 1)
    for name, column in zip(names, columns, strict=True):
        yield name, np.array(column)
        yield f"final_{name}", column[-1]
        yield f"early_{name}", column[early]
    yield "early_images", shown[early]
    yield "images", shown[-1]
