"""What the GAN learned."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from scipy.stats import chi
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.beliefs import CONFIDENCE, beliefs, divergence, pick, shares, sure_share
from generate.evaluation.chunks import in_chunks
from generate.evaluation.neighbours import overlap
from generate.experiments import (
    CLASSIFIER,
    GAME_FREE,
    GAME_R1,
    GAME_R1_R2,
    GAME_RELATIVISTIC,
    GAN_16D,
    HASTY_FREE,
    HASTY_R1_R2,
)
from generate.latent.interpolation import linear, loop, spherical
from generate.pipeline.registry import result
from generate.results.common import (
    decoded,
    evenly,
    fcd_ratio,
    feature_ratio,
    fixed_digits,
    fixed_latents,
    history,
    network_layers,
    pixels,
    prior_samples,
    reference,
)
from generate.running import Trained


@result(model=GAN_16D)
def architecture(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of generator and discriminator."""
    network, images = model.model(), fixed_digits(data, model.device)
    labels = torch.arange(10, device=model.device)
    generator = network_layers(network.generator, fixed_latents(1, network.latent, model.device), "generator")
    discriminator = network_layers(network.discriminator, (images, labels), "discriminator")
    return generator | discriminator | {"latent": network.latent}


@result(model=GAN_16D)
def progress(model: Trained) -> dict[str, object]:
    """The same 64 latents decoded at every snapshot."""
    latents = fixed_latents(64, model.model().latent, model.device)
    moments = [(images, decoded(network, latents)) for images, network in model.snapshots()]
    return {
        "images_seen": np.array([images for images, _ in moments]),
        "images": np.stack([f for _, f in moments]),
    }


@result(model=GAN_16D, judge=CLASSIFIER)
def samples(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """The first 100 samples, and how all of them measure up."""
    images, belief = _judged(model, data, judge)
    balance = shares(belief)
    return {
        "images": pixels(images[:100]),
        "fcd_ratio": fcd_ratio(judge.model(), images, data),
        "digits_covered": int((balance > 0.01).sum()),
        "least_common_digit": int(balance.argmin()),
        "least_common_share": float(balance.min()),
    }


@result(model=GAN_16D, judge=CLASSIFIER)
def all_ten_digits(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """The first eight samples of each digit that the classifier is sure of, and every digit's share."""
    images, belief = _judged(model, data, judge)
    balance, real = shares(belief), np.bincount(data.test.labels.numpy(), minlength=10) / len(data.test)
    rows = [pixels(images[pick(belief, digit, 8, CONFIDENCE)]) for digit in range(10)]
    return {
        "images": np.stack(rows),
        "shares": balance,
        "confidence": CONFIDENCE,
        "samples": len(images),
        "digits_covered": int((balance > 0.01).sum()),
        "kl_to_test": divergence(balance, real),
        "sure_share": sure_share(belief),
    }


@result(model=GAN_16D)
def loss_curves(model: Trained) -> dict[str, object]:
    """Both players' losses and the discriminator's mean belief in real and generated images."""
    training = history(model)
    names = ("generator", "discriminator", "real_score", "fake_score")
    finals = {f"final_{name}": training[name][-1] for name in names}
    curves = {name: training[name] for name in names}
    return {"images": training["images_seen"], "equilibrium_loss": 2 * math.log(2)} | curves | finals


@result(model=GAN_16D, judge=CLASSIFIER)
def linear_vs_spherical(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """A sure 2 and a sure 6 joined both ways; and the quality of the midpoints of many random pairs."""
    network, count = model.model(), len(data.test)
    latents = fixed_latents(2 * count, network.latent, model.device)
    start, end = _anchors(model, judge, 1)[[2, 6], 0]
    t = torch.linspace(0, 1, 11, device=model.device)
    middle = torch.tensor([0.5], device=model.device)
    values: dict[str, object] = {"t": t.cpu().numpy(), "latent": network.latent, "pairs": count}
    for name, path in (("linear", linear), ("spherical", spherical)):
        codes = path(start, end, t)
        values[name] = decoded(network, codes)
        values[f"{name}_norm"] = codes.norm(dim=1).cpu().numpy()
        values[f"mid_norm_{name}"] = codes[5].norm().item()
        midpoints = in_chunks(network.decode, path(latents[:count], latents[count:], middle)[0])
        values[f"fcd_ratio_{name}"] = fcd_ratio(judge.model(), midpoints, data)
    low, expected, high = (float(chi(network.latent).ppf(q)) for q in (0.025, 0.5, 0.975))
    return values | {"prior_norm_low": low, "expected_norm": expected, "prior_norm_high": high}


@result(model=GAN_16D, judge=CLASSIFIER)
def four_nine_three(model: Trained, judge: Trained) -> dict[str, object]:
    """A spherical path from a 4 through a 9 to a 3, its ends the first sure samples of each digit."""
    network = model.model()
    four, nine, three = _anchors(model, judge, 1)[[4, 9, 3], 0]
    t = torch.linspace(0, 1, 7, device=model.device)
    codes = torch.cat([spherical(four, nine, t), spherical(nine, three, t)[1:]])
    images = network.decode(codes)
    belief = beliefs(judge.model(), images).cpu().numpy()
    values = {"images": pixels(images), "belief": belief, "t": np.linspace(0, 2, 13)}
    return values | {"from_digit": 4, "via_digit": 9, "to_digit": 3}


@result(model=GAN_16D, judge=CLASSIFIER)
def interpolation(model: Trained, judge: Trained) -> dict[str, object]:
    """Nine closed spherical paths, each through five digits, as 60 frames."""
    # Path k visits the digits k, k + 2, ..., k + 8 (mod 10), each time a sample no other path uses.
    anchors = _anchors(model, judge, 9)
    visits = torch.tensor([[(path + 2 * stop) % 10 for path in range(9)] for stop in range(5)])
    stops = anchors[visits, torch.arange(9)]
    return {"images": decoded(model.model(), loop(stops, 60)), "digits": visits.numpy()}


def _judged(model: Trained, data: Dataset, judge: Trained) -> tuple[Tensor, Tensor]:
    images = prior_samples(model, data)
    return images, beliefs(judge.model(), images)


def _anchors(model: Trained, judge: Trained, count: int) -> Tensor:
    """The first ``count`` fixed latents of each digit that the classifier is sure of: (10, count, d)."""
    latents = fixed_latents(2_000, model.model().latent, model.device)
    belief = beliefs(judge.model(), in_chunks(model.model().decode, latents))
    return torch.stack([latents[pick(belief, digit, count, CONFIDENCE)] for digit in range(10)])


@result(
    free=GAME_FREE,
    r1=GAME_R1,
    r1_r2=GAME_R1_R2,
    relativistic=GAME_RELATIVISTIC,
    hasty_free=HASTY_FREE,
    hasty_r1_r2=HASTY_R1_R2,
    judge=CLASSIFIER,
)
def mode_collapse(data: Dataset, judge: Trained, **games: Trained) -> dict[str, object]:
    """Games by different rules, and two played hastily, through training.

    The digits they make, the share of the commonest, how much of the test set they cover, samples early on
    and in the end.
    """
    return {f"{name}_{key}": value for name, run in games.items() for key, value in _played(run, data, judge)}


def _played(run: Trained, data: Dataset, judge: Trained) -> Iterator[tuple[str, object]]:
    """What becomes of one game; its moments are spread evenly, and the early one is the third of nine."""
    known = reference(judge.model(), data)
    latents = fixed_latents(len(data.test), run.model().latent, run.device)
    rows = []
    for seen, network in evenly(run.snapshots(), 9):
        images = in_chunks(network.decode, latents)
        features = in_chunks(judge.model().features, images)
        balance = shares(judge.model().head(features))
        coverage = overlap(known.features, features).coverage
        digits, ratio = int((balance > 0.01).sum()), feature_ratio(features, known)
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
