"""The variational autoencoder: its networks, its bound, what it rebuilds and makes."""

from __future__ import annotations

import torch

from generate.data import Dataset
from generate.evaluation.sharpness import edge_sharpness
from generate.experiments import CLASSIFIER, VAE_2D, VAE_16D
from generate.pipeline.registry import result
from generate.results.autoencoder import autoencoder_layers, paired_reconstructions
from generate.results.parts.common import codes_of, fcd_ratio, fixed_digits, history, pixels, rebuilt
from generate.results.parts.common import prior_samples as prior_images
from generate.training.finished import Course, Trained

ALIKE = 50  # training images with the codes nearest to an image's


@result(model=VAE_16D)
def architecture(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of encoder and decoder."""
    return autoencoder_layers(data, model)


@result(model=VAE_16D)
def loss_curves(model: Course) -> dict[str, object]:
    """The bound and its two parts against images seen, training and held-out, in nats an image."""
    training, held = history(model), history(model, "held_out")
    terms = ("bound", "reconstruction", "kl")
    values: dict[str, object] = {"images": training["images_seen"], "held_images": held["images_seen"]}
    values |= {name: training[name] for name in terms} | {f"held_{name}": held[name] for name in terms}
    return values | {f"final_{name}": held[name][-1] for name in terms}


@result(small=VAE_2D, large=VAE_16D)
def reconstructions(data: Dataset, small: Trained, large: Trained) -> dict[str, object]:
    """The fixed test digits through the 2-D and the 16-D model, and the error on the whole test set."""
    return paired_reconstructions(data, small, large)


@result(model=VAE_16D, plane=VAE_2D, judge=CLASSIFIER)
def prior_samples(data: Dataset, model: Trained, plane: Trained, judge: Trained) -> dict[str, object]:
    """Decodes of N(0, I) by the 16-D and the 2-D model, each measured."""
    values: dict[str, object] = {}
    for name, suffix, run, shown in (("images", "", model, 100), ("plane", "_2d", plane, 50)):
        images = prior_images(run, data)
        values[name] = pixels(images[:shown])
        values[f"fcd_ratio{suffix}"] = fcd_ratio(judge.network, images, data)
    return values


@result(model=VAE_16D)
def blur(data: Dataset, model: Trained) -> dict[str, object]:
    """Test digits, what comes back, and the training images with the nearest codes: their mean and spread."""
    network, images = model.network, fixed_digits(data, model.device)
    known = codes_of(network, data.train, model.device)
    nearest = torch.cdist(network.encode(images), known).topk(ALIKE, largest=False).indices.cpu()
    alike = torch.stack([data.train.inputs(places) for places in nearest])
    pictures = {
        "originals": images,
        "rebuilt": rebuilt(network, images),
        "mean": alike.mean(1),
        "spread": 2 * alike.std(1),
    }
    sharp = {
        "originals": images,
        "rebuilt": pictures["rebuilt"],
        "mean": pictures["mean"],
        "alike": alike.flatten(0, 1),
    }
    values: dict[str, object] = {name: pixels(shown.clamp(0, 1)) for name, shown in pictures.items()}
    values |= {f"{name}_sharpness": edge_sharpness(shown).mean().item() for name, shown in sharp.items()}
    return values | {"alike": ALIKE}
