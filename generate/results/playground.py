"""What the playground computes with in the reader's browser: networks, test digits, orders of dimensions."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import class_probabilities
from generate.experiments import AE_2D, AE_16D, CLASSIFIER, GAN_2D, GAN_16D, VAE_2D, VAE_16D
from generate.pipeline.registry import result
from generate.results.parts.common import fixed_digits, fixed_latents, inverted, pixels
from generate.results.parts.export import Arrays, folded
from generate.training.finished import Course, Trained

PROBES = 2  # inputs whose outputs come with a network, so that whoever computes it can check itself
PICKED = 5  # test images of each digit to choose from
REACH = 1.0  # how far a dimension is moved either way to see how much it matters
MOVED = 500  # latents in which it is moved
DOTS = 2_000  # of the GAN's plane in training, as many as there are codes of the others


@result(model=AE_2D)
def ae_2d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 2-D autoencoder."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=VAE_2D)
def vae_2d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 2-D VAE."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=GAN_2D)
def gan_2d(model: Trained) -> Arrays:
    """The generator of the 2-D GAN."""
    return _decoder(model.network.generator, fixed_latents(PROBES, 2, model.device))


@result(model=AE_16D)
def ae_16d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 16-D autoencoder."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=VAE_16D)
def vae_16d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 16-D VAE."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=GAN_16D)
def gan_16d(model: Trained) -> Arrays:
    """The generator of the 16-D GAN."""
    return _decoder(model.network.generator, fixed_latents(PROBES, 16, model.device))


@result(model=AE_2D)
def ae_2d_encoder(data: Dataset, model: Trained) -> Arrays:
    """The encoder of the 2-D autoencoder."""
    return _checked(model.network.encoder, _images(data, model))


@result(model=VAE_2D)
def vae_2d_encoder(data: Dataset, model: Trained) -> Arrays:
    """The encoder of the 2-D VAE: two means, then two log-variances."""
    return _checked(model.network.encoder, _images(data, model))


@result(model=CLASSIFIER)
def classifier(data: Dataset, model: Trained) -> Arrays:
    """The digit classifier, up to its probabilities."""
    network = model.network
    return _checked(nn.Sequential(*network.body, network.head), _images(data, model), "softmax")


@result(ae_2d=AE_2D, vae_2d=VAE_2D, ae_16d=AE_16D, vae_16d=VAE_16D, gan_16d=GAN_16D)
def digits(data: Dataset, **models: Trained) -> dict[str, object]:
    """The first test images of each digit and their codes in every model; the GAN's are found by search."""
    images = fixed_digits(data, "cpu", PICKED)
    values: dict[str, object] = {
        "images": pixels(images),
        "labels": np.repeat(np.arange(10, dtype=np.uint8), PICKED),
    }
    for name, run in models.items():
        network, given = run.network, images.to(run.device)
        with torch.no_grad():
            codes = network.encode(given) if hasattr(network, "encode") else None
        values[name] = (inverted(run, given) if codes is None else codes).cpu().numpy()
    return values


@result(vae=VAE_16D, gan=GAN_16D)
def dimensions(**models: Trained) -> dict[str, object]:
    """How much each dimension matters: the squared difference of images that moving it makes."""
    values: dict[str, object] = {}
    for name, run in models.items():
        network = run.network
        latents = fixed_latents(run.some(MOVED), network.latent, run.device)
        steps = REACH * torch.eye(network.latent, device=run.device)
        ends = ([in_chunks(network.decode, latents + by * step) for by in (-1, 1)] for step in steps)
        values[name] = np.array([(b - a).square().sum((1, 2, 3)).mean().item() for a, b in ends])
    return values


@result(gan=GAN_2D, judge=CLASSIFIER)
def gan_training(gan: Course, judge: Trained) -> dict[str, object]:
    """What fixed latents of the 2-D GAN are read as at every snapshot of its training."""
    latents = fixed_latents(DOTS, 2, gan.device)
    moments = [
        (seen, class_probabilities(judge.network, in_chunks(network.decode, latents)).argmax(1))
        for seen, network in gan.snapshots()
    ]
    return {
        "latents": latents.cpu().numpy().astype(np.float16),
        "images_seen": np.array([seen for seen, _ in moments]),
        "labels": torch.stack([read for _, read in moments]).cpu().numpy().astype(np.uint8),
    }


def _images(data: Dataset, model: Trained) -> Tensor:
    return fixed_digits(data, model.device)[:PROBES]


def _codes(model: Trained, data: Dataset) -> Tensor:
    with torch.no_grad():
        codes: Tensor = model.network.encode(_images(data, model))
    return codes


def _decoder(network: nn.Sequential, codes: Tensor) -> Arrays:
    return _checked(network, codes, "sigmoid")


def _checked(network: nn.Sequential, inputs: Tensor, ending: str = "") -> Arrays:
    """The network's arrays, with ``inputs`` (N, ...) and the ``outputs`` (N, ...) PyTorch has for them."""
    with torch.no_grad():
        outputs: Tensor = network(inputs).float()
    if ending:
        outputs = outputs.sigmoid() if ending == "sigmoid" else outputs.softmax(1)
    return folded(network, ending) | {
        "inputs": inputs.cpu().numpy().astype(np.float32),
        "outputs": outputs.cpu().numpy().astype(np.float32),
    }
