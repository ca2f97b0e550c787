"""What the autoencoder learned."""

from __future__ import annotations

import numpy as np

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.codes import empty_share, neighbour_accuracy, spread_ratio
from generate.experiments import AE_2D, AE_16D, CLASSIFIER
from generate.latent.densities import sample_fitted
from generate.pipeline.registry import result
from generate.results.common import (
    fcd_ratio,
    fixed_digits,
    fixed_latents,
    history,
    network_layers,
    pixel_error,
    pixels,
    rebuilt,
    test_codes,
)
from generate.running import Trained

COMPONENTS = 10


@result(model=AE_16D)
def architecture(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of encoder and decoder."""
    return autoencoder_layers(data, model)


@result(small=AE_2D, large=AE_16D)
def loss_curves(small: Trained, large: Trained) -> dict[str, object]:
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


@result(model=AE_16D, judge=CLASSIFIER)
def prior_samples(data: Dataset, model: Trained, judge: Trained) -> dict[str, object]:
    """Decodes of N(0, I), of a Gaussian and of a mixture fitted to the training codes, each measured."""
    network = model.model()
    codes, count = test_codes(network, data.train, model.device), len(data.test)
    draws = {
        "normal": fixed_latents(count, network.latent, model.device),
        "gaussian": sample_fitted(codes, 1, count),
        "mixture": sample_fitted(codes, COMPONENTS, count),
    }
    values: dict[str, object] = {"components": COMPONENTS, "code_std": codes.std(0).mean().item()}
    for name, draw in draws.items():
        images = in_chunks(network.decode, draw)
        values[name] = pixels(images[:50])
        values[f"fcd_ratio_{name}"] = fcd_ratio(judge.model(), images, data)
    return values


def autoencoder_layers(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of a model with an encoder and a decoder."""
    network = model.model()
    images, codes = fixed_digits(data, model.device), fixed_latents(1, network.latent, model.device)
    encoder = network_layers(network.encoder, images, "encoder")
    return encoder | network_layers(network.decoder, codes, "decoder") | {"latent": network.latent}


def paired_reconstructions(data: Dataset, small: Trained, large: Trained) -> dict[str, object]:
    """The fixed test digits rebuilt by two models, with the mean squared error a pixel on the test set."""
    originals, test = fixed_digits(data, small.device), data.test.inputs().to(small.device)
    values: dict[str, object] = {"originals": pixels(originals)}
    for suffix, run in (("2d", small), ("16d", large)):
        network = run.model()
        values[f"recon_{suffix}"] = pixels(rebuilt(network, originals))
        values[f"mse_{suffix}"] = pixel_error(rebuilt(network, test), test)
    return values


def plane(data: Dataset, model: Trained) -> dict[str, object]:
    """The test codes (N, 2) of a 2-D model, with position, spread, emptiness and digit accuracy."""
    network = model.model()
    codes = test_codes(network, data.test, model.device).cpu().numpy()
    known = data.train.first(len(data.test))
    known_codes = test_codes(network, known, model.device).cpu().numpy()
    labels = data.test.labels.numpy()
    (mean_x, mean_y), (std_x, std_y) = codes.mean(0), codes.std(0)
    return {
        "codes": codes.astype(np.float16),
        "labels": labels.astype(np.uint8),
        "mean_x": float(mean_x),
        "mean_y": float(mean_y),
        "std_x": float(std_x),
        "std_y": float(std_y),
        "max_radius": float(np.linalg.norm(codes, axis=1).max()),
        "empty_share": empty_share(codes),
        "spread_ratio": spread_ratio(codes, labels),
        "knn_accuracy": neighbour_accuracy(known_codes, known.labels.numpy(), codes, labels),
    }
