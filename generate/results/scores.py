"""The scoreboard's numbers: every family by the same measures, each over three seeds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from generate.data import Dataset, Split
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import class_probabilities, class_shares, divergence
from generate.evaluation.codes import (
    active,
    linear_accuracy,
    neighbour_accuracy,
    prior_divergence,
    silhouette,
)
from generate.evaluation.likelihood import binarised, bounds
from generate.evaluation.neighbours import nearest, overlap
from generate.evaluation.sharpness import edge_sharpness
from generate.evaluation.smoothness import Route, path_length
from generate.experiments import (
    AE_16D,
    AE_16D_SEED_1,
    AE_16D_SEED_2,
    CGAN_16D,
    CLASSIFIER,
    GAN_16D,
    GAN_16D_SEED_1,
    GAN_16D_SEED_2,
    VAE_16D,
    VAE_16D_SEED_1,
    VAE_16D_SEED_2,
    VAE_NLL,
)
from generate.latent.interpolation import linear, spherical
from generate.models.learner import autocast
from generate.pipeline.registry import result
from generate.results.parts.common import (
    codes_of,
    fcd_ratio,
    feature_ratio,
    fixed_latents,
    inverted,
    mixture_samples,
    pixel_error,
    prior_samples,
    rebuilt,
    reference,
)
from generate.training.finished import Trained
from generate.training.trainer import Trainer

INVERTED = 10  # a GAN is inverted for one in so many test images: 1,000 of MNIST
WEIGHTS = {"cpu": 500, "cuda": 5_000}  # posterior samples for each image of the likelihood bound

Scores = dict[str, float]


@result(judge=CLASSIFIER)
def real(data: Dataset, judge: Trained) -> dict[str, object]:
    """Real images by the measures of samples: training images, and for novelty the test images."""
    images = data.train.first(len(data.test)).inputs().to(judge.device)
    test = data.test.inputs().to(judge.device)
    return {**sample_scores(images, data, judge), **novelty(test, data)}


@result(first=AE_16D, second=AE_16D_SEED_1, third=AE_16D_SEED_2, judge=CLASSIFIER)
def ae(data: Dataset, judge: Trained, **runs: Trained) -> dict[str, object]:
    """The autoencoder, sampled from N(0, I), a fitted Gaussian and fitted mixtures."""
    return over_seeds(_encoded(run, data, judge, (1, 10, 64)) for run in runs.values())


@result(first=VAE_16D, second=VAE_16D_SEED_1, third=VAE_16D_SEED_2, judge=CLASSIFIER)
def vae(data: Dataset, judge: Trained, **runs: Trained) -> dict[str, object]:
    """The VAE, sampled from its prior and from mixtures fitted to its posterior means."""
    return over_seeds(_encoded(run, data, judge, (10, 64)) for run in runs.values())


@result(first=GAN_16D, second=GAN_16D_SEED_1, third=GAN_16D_SEED_2, judge=CLASSIFIER)
def gan(data: Dataset, judge: Trained, **runs: Trained) -> dict[str, object]:
    """The GAN, sampled from its prior and inverted."""
    return over_seeds(_played(run, data, judge) for run in runs.values())


@result(model=CGAN_16D, judge=CLASSIFIER)
def conditional(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """Does a conditional generator give the digit asked for, and can a classifier learn from it alone?

    It learns from as many images as there are real ones: 60,000 of MNIST's.
    """
    network, count = model.network, len(data.development)
    labels = torch.arange(count) % 10
    latents = fixed_latents(count, network.latent, model.device)
    fakes = in_chunks(
        lambda some: network.decode(latents[some], labels[some].to(model.device)), torch.arange(count)
    )
    read = class_probabilities(judge.network, fakes[: len(data.test)]).argmax(1).cpu()
    split = Split(fakes.mul(255).round().to(torch.uint8).squeeze(1).cpu(), labels)
    pupil = Trainer(judge.run.model, judge.run.optimisation, split, judge.device)
    while pupil.step < pupil.optimisation.steps:
        pupil.advance()
    pupil.recalibrate(5_000)
    answers = class_probabilities(pupil.model, data.test.inputs().to(judge.device)).argmax(1).cpu()
    return {
        "consistency": (read == labels[: len(read)]).float().mean().item(),
        "samples": len(read),
        "taught_accuracy": (answers == data.test.labels).float().mean().item(),
        "taught_on": count,
    }


@result(model=VAE_NLL, judge=CLASSIFIER)
def likelihood(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """Bounds on log p(x) of the binarised test set, in nats an image, with the standard error of the mean.

    Beside them the Fréchet ratio of its samples: a model that finds digits likely need not draw good ones.
    Decoded in the precision of training: a decoder that rounds is a model too, and this is its bound.
    """
    generator = torch.Generator(model.device).manual_seed(0)
    images = binarised(data.test.inputs().to(model.device), generator)
    samples = model.some(WEIGHTS[torch.device(model.device).type])
    network = model.network
    with autocast(model.run.optimisation.precision, images.device):
        found = bounds(network, images, samples, generator)
    values: dict[str, object] = {
        "samples": samples,
        "images": len(images),
        "latent": network.latent,
        "couplings": len(network.prior.couplings),
        "fcd_ratio": fcd_ratio(judge.network, prior_samples(model, data), data),
    }
    for name, bound in vars(found).items():
        values |= {name: bound.mean().item(), f"{name}_error": bound.std().item() / len(bound) ** 0.5}
    return values


def over_seeds(scores: Iterable[Scores]) -> dict[str, object]:
    """Each score's mean by its name, and its values and standard deviation over seeds."""
    rows = list(scores)
    values: dict[str, object] = {}
    for name in rows[0]:
        column = np.array([row[name] for row in rows])
        values |= {name: column.mean(), f"{name}_seeds": column, f"{name}_spread": column.std(ddof=1)}
    return values


def sample_scores(images: Tensor, data: Dataset, judge: Trained) -> Scores:
    """Unpicked samples (N, 1, 28, 28) against the test set."""
    known = reference(judge.network, data)
    features = in_chunks(judge.network.features, images)
    read = class_probabilities(judge.network, images).argmax(1)
    return {
        "fcd_ratio": feature_ratio(features, known),
        **vars(overlap(known.features, features)),
        "digit_kl": divergence(class_shares(read), class_shares(data.test.labels)),
        "sharpness": edge_sharpness(images).mean().item(),
    }


def novelty(images: Tensor, data: Dataset) -> Scores:
    """Quantiles of the distance of images to the nearest training image, in units of full contrast."""
    training = data.train.inputs().to(images.device).flatten(1)
    distance, _ = nearest(images.flatten(1), training)
    quantiles = torch.tensor([0.01, 0.5], device=distance.device)
    low, middle = distance.quantile(quantiles).tolist()
    return {"novelty_low": low, "novelty_median": middle}


def _encoded(run: Trained, data: Dataset, judge: Trained, mixtures: Iterable[int]) -> Scores:
    """A family with an encoder."""
    network, count = run.network, len(data.test)
    codes, known = codes_of(network, data.test, run.device), codes_of(network, data.train, run.device)
    test = data.test.inputs().to(run.device)
    scores = _from_prior(run, data, judge)
    for components in mixtures:
        images = mixture_samples(run, data, components)
        found = sample_scores(images, data, judge) | novelty(images, data)
        scores |= {f"{name}_mixture_{components}": value for name, value in found.items()}
    rebuilds = rebuilt(network, test)
    scores |= {
        "mse": pixel_error(rebuilds, test),
        "rebuilt_sharpness": edge_sharpness(rebuilds).mean().item(),
    }
    scores["prior_gap"] = scores["fcd_ratio"] - fcd_ratio(judge.network, rebuilds, data)
    scores |= _structure(known[:count], data.train.labels[:count], codes, data.test.labels)
    scores["active_units"] = int(active(codes).sum())
    return scores | _between(run, data, judge, codes, linear)


def _played(run: Trained, data: Dataset, judge: Trained) -> Scores:
    """A family without an encoder: latents are searched for, or drawn and labelled by what they decode to."""
    network, count = run.network, len(data.test)
    targets = data.test.first(len(data.test) // INVERTED).inputs().to(run.device)
    rebuilds = in_chunks(network.decode, inverted(run, targets))
    latents = fixed_latents(2 * count, network.latent, run.device)
    read = class_probabilities(judge.network, in_chunks(network.decode, latents)).argmax(1).cpu()
    scores = _from_prior(run, data, judge)
    scores |= {
        "mse": pixel_error(rebuilds, targets),
        "rebuilt_sharpness": edge_sharpness(rebuilds).mean().item(),
    }
    scores |= _structure(latents[count:], read[count:], latents[:count], read[:count])
    scores |= _between(run, data, judge, latents[:count], spherical)
    return scores | {"midpoint_fcd_ratio_linear": _halfway(run, data, judge, latents[:count], linear)}


def _from_prior(run: Trained, data: Dataset, judge: Trained) -> Scores:
    images = prior_samples(run, data)
    return sample_scores(images, data, judge) | novelty(images, data)


def _structure(known: Tensor, known_labels: Tensor, codes: Tensor, labels: Tensor) -> Scores:
    """How codes (N, d) sort the digits, and how far they are from N(0, I)."""
    theirs, their_digits, ours, digits = (part.cpu().numpy() for part in (known, known_labels, codes, labels))
    return {
        "neighbour_accuracy": neighbour_accuracy(theirs, their_digits, ours, digits),
        "linear_accuracy": linear_accuracy(theirs, their_digits, ours, digits),
        "silhouette": silhouette(ours, digits),
        "prior_divergence": prior_divergence(ours),
    }


def _between(run: Trained, data: Dataset, judge: Trained, codes: Tensor, path: Route) -> Scores:
    """Midpoints of pairs of codes (N, d), and how smooth the ways between them are."""
    length = path_length(run.network.decode, judge.network.features, path, codes, _others(codes))
    return {"midpoint_fcd_ratio": _halfway(run, data, judge, codes, path), "path_length": length}


def _halfway(run: Trained, data: Dataset, judge: Trained, codes: Tensor, path: Route) -> float:
    """The Fréchet ratio of images halfway between codes (N, d) and their partners."""
    middle = path(codes, _others(codes), torch.tensor([0.5], device=codes.device))[0]
    return fcd_ratio(judge.network, in_chunks(run.network.decode, middle), data)


def _others(codes: Tensor) -> Tensor:
    """A partner for each code: the one half the set further on."""
    return codes.roll(len(codes) // 2, 0)
