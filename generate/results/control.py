"""Ways to change one thing about an image by moving its code, each measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.moments import moments
from generate.experiments import AE_16D, CLASSIFIER, GAN_16D, VAE_16D
from generate.latent.arithmetic import difference_of_means
from generate.latent.compass import fit_compass
from generate.latent.edits import EDITS
from generate.latent.principal import closed_form, principal_activations
from generate.latent.walks import learn_walk
from generate.pipeline.registry import result
from generate.results.parts.common import decoded, pixels
from generate.results.parts.subjects import (
    LEARNED_FROM,
    MEASURED_ON,
    MEASURES,
    change,
    chosen_or_all,
    effects,
    first_layer,
    known_and_others,
    labelled,
    start,
    survival,
)
from generate.training.finished import Trained

STEPS = 100  # of the training of a walk
SHARES = np.linspace(-1, 1, 9)  # of an edit's reach
LEANING = 4  # the digit whose slant is learned and given to the others
CHOICES = np.array([4, 8, 16, 32, 64, 128])
TRIALS = 10
OFFERED = 20  # samples to choose among, in the picture


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def steering(data: Dataset, judge: Trained, **families: Trained) -> dict[str, object]:
    """Walks learned for five edits in each family: what was asked for, what came, which digits survived.

    For each family arrays (edit, amount): the median change that the edit itself makes (``asked``), the
    median change along the walk (``came``), and the share of digits read as before (``kept``).
    """
    names = [edit.name.replace(" ", "_") for edit in EDITS]
    edits, reaches = zip(*((edit.name, edit.reach) for edit in EDITS), strict=True)
    values: dict[str, object] = {"share": SHARES, "edits": np.array(edits), "reach": np.array(reaches)}
    for family, run in families.items():
        rows = [_steered(run, data, judge, place) for place in range(len(EDITS))]
        columns = {key: np.array([row[key] for row in rows]) for key in rows[0]}
        values |= {f"{family}_{key}": column for key, column in columns.items()}
        reached = np.ptp(columns["came"][:, [0, -1]], 1) / np.ptp(columns["asked"][:, [0, -1]], 1)
        for name, share, kept in zip(names, reached, columns["kept"], strict=True):
            values |= {f"{family}_{name}_reached": share, f"{family}_{name}_kept": kept[[0, -1]].mean()}
    return values


def _steered(run: Trained, data: Dataset, judge: Trained, place: int) -> dict[str, object]:
    """One walk of one family: its direction, pictures along it, and what they measure."""
    network, edit = run.network, EDITS[place]
    known, others = known_and_others(run, data)
    walk = learn_walk(network.decode, known, edit, steps=run.some(STEPS))
    amounts = torch.tensor(SHARES * edit.reach).to(walk)
    base = in_chunks(network.decode, others)
    moved = [in_chunks(network.decode, others + amount * walk) for amount in amounts]
    return {
        "walk": walk.cpu().numpy(),
        "images": decoded(network, start(run, data, judge, 2) + amounts[:, None] * walk),
        "asked": [change(edit.name, edit.apply(base, amount.expand(len(base))), base) for amount in amounts],
        "came": [change(edit.name, images, base) for images in moved],
        "kept": [survival(judge, base, images) for images in moved],
    }


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def arithmetic(data: Dataset, judge: Trained, **families: Trained) -> dict[str, object]:
    """The difference between leaning and upright fours, added to every digit of every family."""
    values: dict[str, Any] = {"digit": LEANING}
    for name, run in families.items():
        network = run.network
        codes, digits = labelled(run, data, judge, run.some(2 * LEARNED_FROM))
        fours, others = (chosen_or_all(codes, some) for some in (digits == LEANING, digits != LEANING))
        direction = difference_of_means(fours, moments(in_chunks(network.decode, fours)).slant, share=0.2)
        starts = torch.cat([start(run, data, judge, digit) for digit in range(10)])
        values[f"{name}_images"] = np.stack([decoded(network, starts + by * direction) for by in (-1, 0, 1)])
        for kind, known in (("same", fours), ("others", others)):
            some = known[: run.some(MEASURED_ON)]
            low, middle, high = (in_chunks(network.decode, some + by * direction) for by in (-0.5, 0, 0.5))
            values[f"{name}_change_{kind}"] = (moments(high).slant - moments(low).slant).mean().item()
            values[f"{name}_kept_{kind}"] = np.mean([survival(judge, middle, end) for end in (low, high)])
        values[f"{name}_transfer"] = values[f"{name}_change_others"] / values[f"{name}_change_same"]
    return values


@result(vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def principal_directions(data: Dataset, judge: Trained, **families: Trained) -> dict[str, object]:
    """Four directions by each of two methods without labels, and what moving along them changes.

    ``effect`` (direction, measure): the mean change of a measure from two standard deviations of the codes
    before to two after, in standard deviations of that measure over images. ``kept``: digits that survive.
    ``steps`` (direction, latent): one standard deviation along each.
    """
    values: dict[str, object] = {"measures": np.array(MEASURES)}
    for name, run in families.items():
        known, _ = known_and_others(run, data)
        weight, layer = first_layer(run.network)
        with torch.no_grad():
            found = {"activations": principal_activations(known, layer(known))[:4]}
        found["closed_form"] = closed_form(weight)[:4]
        likeness = (found["activations"] @ found["closed_form"].T).abs()
        values[f"{name}_agreement"] = likeness.amax(1).mean().item()
        for method, directions in found.items():
            steps = directions * (known @ directions.T).std(0)[:, None]
            told = {"steps": steps.cpu().numpy()} | _explored(run, data, judge, steps)
            values |= {f"{name}_{method}_{key}": value for key, value in told.items()}
    return values


def _explored(run: Trained, data: Dataset, judge: Trained, steps: Tensor) -> dict[str, object]:
    """Pictures along directions (K, d), each given as one standard deviation, and what changes along them."""
    network, (_, others) = run.network, known_and_others(run, data)
    base, shown = in_chunks(network.decode, others), torch.linspace(-2, 2, 7, device=run.device)
    ends = [[in_chunks(network.decode, others + by * step) for by in (-2, 2)] for step in steps]
    return {
        "images": decoded(network, start(run, data, judge, 5) + shown[None, :, None] * steps[:, None]),
        "effect": np.array([effects(after, before, base) for before, after in ends]),
        "kept": np.array([np.mean([survival(judge, base, end) for end in pair]) for pair in ends]),
    }


@result(gan=GAN_16D, judge=CLASSIFIER)
def compass(data: Dataset, gan: Trained, judge: Trained) -> dict[str, object]:
    """A direction fitted to choices between samples: the half with thicker strokes is liked.

    ``gain`` (choices, trial): how much wider strokes get from a standard deviation before to one after, as a
    share of what the direction fitted to thousands of choices achieves.
    """
    network, (known, others) = gan.network, known_and_others(gan, data)
    others = others[:300]
    strokes = moments(in_chunks(network.decode, known)).stroke

    def gain(direction: Tensor) -> float:
        before, after = (moments(in_chunks(network.decode, others + by * direction)) for by in (-1, 1))
        return (after.stroke - before.stroke).mean().item()

    full = gain(_fitted(known, strokes))
    trials = range(max(1, min(TRIALS, len(known) // max(CHOICES))))
    gains = [[gain(_fitted(*_offered(known, strokes, n, trial))) for trial in trials] for n in CHOICES]
    offered, widths = _offered(known, strokes, OFFERED, 0)
    steps = torch.linspace(-2, 2, 9, device=gan.device)
    starts = torch.cat([start(gan, data, judge, digit) for digit in (3, 5, 8)])
    return {
        "choices": pixels(network.decode(offered)),
        "liked": _liked(widths).cpu().numpy(),
        "walk": decoded(network, starts[:, None] + steps[None, :, None] * _fitted(offered, widths)),
        "counts": CHOICES,
        "gain": np.array(gains) / full,
        "full_gain": full,
        "gain_of_16": np.mean(gains[2]) / full,
        "gain_of_128": np.mean(gains[-1]) / full,
    }


def _offered(codes: Tensor, strokes: Tensor, count: int, trial: int) -> tuple[Tensor, Tensor]:
    """The ``trial``-th ``count`` codes and the widths of their strokes."""
    some = slice(trial * count, (trial + 1) * count)
    return codes[some], strokes[some]


def _fitted(codes: Tensor, strokes: Tensor) -> Tensor:
    return fit_compass(codes, _liked(strokes))


def _liked(strokes: Tensor) -> Tensor:
    """A stand-in for a person who prefers bold digits: the half with the wider strokes."""
    return strokes > strokes.median()
