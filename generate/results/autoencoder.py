"""What the autoencoder learned."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import class_probabilities, sure_share
from generate.evaluation.codes import DIP, VALLEY, neighbour_accuracy, spread_ratio, ways
from generate.evaluation.intervals import with_interval
from generate.evaluation.neighbours import nearest
from generate.evaluation.sharpness import edge_sharpness
from generate.experiments import AE_2D, AE_16D, CLASSIFIER
from generate.latent.densities import sample_fitted
from generate.latent.projection import explained_share, neighbour_map, principal_plane
from generate.pipeline.registry import result
from generate.results.parts.common import (
    COMPONENTS,
    codes_of,
    fcd_ratio,
    fixed_digits,
    fixed_latents,
    history,
    network_layers,
    pixel_error,
    pixels,
    rebuilt,
)
from generate.training.finished import Course, Trained

PROJECTED = 3_000  # test images
PROBES = 7


@result(model=AE_16D)
def architecture(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of encoder and decoder."""
    return autoencoder_layers(data, model)


@result(small=AE_2D, large=AE_16D)
def loss_curves(small: Course, large: Course) -> dict[str, object]:
    """Reconstruction loss against images seen, training and held-out, in nats an image."""
    values: dict[str, object] = {}
    for suffix, run in (("2d", small), ("16d", large)):
        training, held = history(run), history(run, "held_out")
        values[f"images_{suffix}"], values[f"train_{suffix}"] = (
            training["images_seen"],
            training["reconstruction"],
        )
        values[f"held_images_{suffix}"], values[f"held_{suffix}"] = (
            held["images_seen"],
            held["reconstruction"],
        )
        values[f"final_held_{suffix}"] = held["reconstruction"][-1]
    return values


@result(small=AE_2D, large=AE_16D)
def reconstructions(data: Dataset, small: Trained, large: Trained) -> dict[str, object]:
    """The fixed test digits through the 2-D and the 16-D model, and the error on the whole test set."""
    return paired_reconstructions(data, small, large)


@result(model=AE_2D)
def latent_plane(data: Dataset, model: Trained) -> dict[str, object]:
    """All test codes of the 2-D autoencoder and where they lie."""
    return plane(data, model)


@result(model=AE_2D, judge=CLASSIFIER)
def gaps(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """What the plane decodes to among the codes, in gaps between them and outside.

    In a gap: on the straight way between two test codes, where training codes have less than a tenth of
    their density at either end. Outside: beyond the central region, further from every training code than
    all but one in a thousand test codes are. A few probes of each kind are shown, all are measured.
    """
    network = model.network
    known, codes = (codes_of(network, split, model.device) for split in (data.train, data.test))
    low, high = codes.quantile(0.005, dim=0), codes.quantile(0.995, dim=0)
    lonely = nearest(codes, known)[0].quantile(0.999)
    grid = low + (high - low) * (1.8 * _lattice(150, model.device) - 0.4)
    distance, within = nearest(grid, known)[0], ((grid >= low) & (grid <= high)).all(1)
    kinds = {
        "inside": codes,
        "gap": _gap_points(known, codes),
        "outside": grid[~within & (distance > lonely)],
    }
    labels = data.test.labels
    medians = torch.stack([codes[labels == digit].median(0).values for digit in range(10)])
    values: dict[str, object] = {
        "codes": codes.cpu().numpy().astype(np.float16),
        "labels": labels.numpy().astype(np.uint8),
    }
    for name, points in kinds.items():
        images = in_chunks(network.decode, points)
        probes = _scattered(medians if name == "inside" else points, PROBES)
        values |= {
            f"{name}_probes": probes.cpu().numpy(),
            f"{name}_images": pixels(network.decode(probes)),
            f"{name}_points": len(points),
            f"{name}_sure": sure_share(class_probabilities(judge.network, images)),
            f"{name}_sharpness": edge_sharpness(images).mean().item(),
        }
    return values


@result(model=AE_16D)
def projection(data: Dataset, model: Trained) -> dict[str, object]:
    """Codes of test images by PCA and by t-SNE."""
    return projections(data, model)


@result(model=AE_16D, judge=CLASSIFIER)
def prior_samples(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """Decodes of N(0, I), of a Gaussian and of a mixture fitted to the training codes, each measured."""
    network = model.network
    codes, count = codes_of(network, data.train, model.device), len(data.test)
    draws = {
        "normal": fixed_latents(count, network.latent, model.device),
        "gaussian": sample_fitted(codes, 1, count),
        "mixture": sample_fitted(codes, COMPONENTS, count),
    }
    values: dict[str, object] = {"components": COMPONENTS, "code_std": codes.std(0).mean().item()}
    for name, draw in draws.items():
        images = in_chunks(network.decode, draw)
        values[name] = pixels(images[:50])
        values[f"fcd_ratio_{name}"] = fcd_ratio(judge.network, images, data)
    return values


def autoencoder_layers(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of a model with an encoder and a decoder."""
    network = model.network
    images, codes = fixed_digits(data, model.device), fixed_latents(1, network.latent, model.device)
    encoder = network_layers(network.encoder, images, "encoder")
    return encoder | network_layers(network.decoder, codes, "decoder") | {"latent": network.latent}


def paired_reconstructions(data: Dataset, small: Trained, large: Trained) -> dict[str, object]:
    """The fixed test digits rebuilt by two models, with the mean squared error a pixel on the test set."""
    originals, test = fixed_digits(data, small.device), data.test.inputs().to(small.device)
    values: dict[str, object] = {"originals": pixels(originals)}
    for suffix, run in (("2d", small), ("16d", large)):
        network = run.network
        values[f"recon_{suffix}"] = pixels(rebuilt(network, originals))
        values[f"mse_{suffix}"] = pixel_error(rebuilt(network, test), test)
    return values


def plane(data: Dataset, model: Trained) -> dict[str, object]:
    """The test codes (N, 2) of a 2-D model, with position, spread, gaps and digit accuracy.

    ``gap_share`` is the share of pairs of test codes with a gap on the straight way between them, with a 95 %
    interval over pairs; ``normal_gap_share`` is that of as many draws of N(0, I), which has no gaps.
    ``dip_share`` and ``normal_dip_share`` count ways on which the density falls to less than a half.
    """
    network = model.network
    codes, training = (codes_of(network, split, model.device).cpu() for split in (data.test, data.train))
    draws = fixed_latents(len(training) + len(codes), codes.shape[1], "cpu")
    return (
        {f"normal_{name}": value for name, value in _gaps(draws[len(codes) :], draws[: len(codes)]).items()}
        | _gaps(training, codes)
        | _places(codes.numpy(), training.numpy(), data)
    )


def _gaps(known: Tensor, codes: Tensor) -> dict[str, float]:
    """Between how many pairs of codes (N, d) the density of known ones (M, d) falls, and by how much."""
    lowest = ways(known.numpy(), codes.numpy()).lowest
    return with_interval("gap_share", lowest < VALLEY) | with_interval("dip_share", lowest < DIP)


def _places(codes: np.ndarray, training: np.ndarray, data: Dataset) -> dict[str, object]:
    """Where test codes (N, 2) lie, and how well those of as many training images tell their digits."""
    labels, known = data.test.labels.numpy(), data.train.labels[: len(codes)].numpy()
    (mean_x, mean_y), (std_x, std_y) = codes.mean(0), codes.std(0)
    return {
        "codes": codes.astype(np.float16),
        "labels": labels.astype(np.uint8),
        "mean_x": float(mean_x),
        "mean_y": float(mean_y),
        "std_x": float(std_x),
        "std_y": float(std_y),
        "max_radius": float(np.linalg.norm(codes, axis=1).max()),
        "spread_ratio": spread_ratio(codes, labels),
        "knn_accuracy": neighbour_accuracy(training[: len(codes)], known, codes, labels),
    }


def projections(data: Dataset, model: Trained) -> dict[str, object]:
    """Codes of the first 3,000 test images in two dimensions, and how well each view sorts the digits.

    Digits are told by neighbours: the second half of the images by the first.
    """
    seen = data.test.first(PROJECTED)
    labels, half = seen.labels.numpy(), len(seen) // 2
    codes = codes_of(model.network, seen, model.device).cpu().numpy()
    values: dict[str, object] = {"labels": labels.astype(np.uint8)}
    views = {"codes": codes, "pca": principal_plane(codes), "tsne": neighbour_map(codes)}
    for name, view in views.items():
        told = neighbour_accuracy(view[:half], labels[:half], view[half:], labels[half:])
        values[f"{name}_accuracy"] = told
    shown = {name: views[name].astype(np.float16) for name in ("pca", "tsne")}
    return values | shown | {"explained": explained_share(codes), "latent": codes.shape[1]}


def _gap_points(known: Tensor, codes: Tensor) -> Tensor:
    """The points (N, 2) in gaps on the ways between codes, or the sparsest, if there is no gap."""
    found = ways(known.cpu().numpy(), codes.cpu().numpy())
    low = found.valleys if found.valleys.any() else found.density == found.density.min()
    return torch.from_numpy(found.points[low]).to(codes)


def _lattice(side: int, device: str) -> Tensor:
    """Points (side * side, 2) of a square lattice over the unit square."""
    axis = torch.linspace(0, 1, side, device=device)
    return torch.cartesian_prod(axis, axis)


def _scattered(points: Tensor, count: int) -> Tensor:
    """``count`` of points (N, 2), each as far as possible from those before it; the first from the mean."""
    chosen = points[:0]
    distance = (points - points.mean(0)).norm(dim=1)
    for _ in range(min(count, len(points))):
        chosen = torch.cat([chosen, points[distance.argmax()][None]])
        distance = torch.cdist(points, chosen).amin(1)
    return chosen
