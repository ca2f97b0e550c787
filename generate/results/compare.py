"""The three families side by side."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import (
    class_probabilities,
    class_shares,
    digits_covered,
    divergence,
    sure_share,
)
from generate.evaluation.neighbours import nearer_share, nearest
from generate.evaluation.sharpness import edge_sharpness
from generate.experiments import AE_2D, AE_16D, CLASSIFIER, GAN_2D, GAN_16D, VAE_2D, VAE_16D
from generate.latent.interpolation import linear, spherical
from generate.models.roles import Generative
from generate.pipeline.registry import result
from generate.results.parts.common import (
    COMPONENTS,
    codes_of,
    decoded,
    fcd_ratio,
    fixed_digits,
    fixed_latents,
    inverted,
    mixture_samples,
    pixel_error,
    pixels,
    prior_samples,
    rebuilt,
)
from generate.training.finished import Course, Trained

SHOWN = 30
COPY = 2.0  # images nearer than this, in units of full contrast, can hardly be told apart
PAIRS = ((2, 6), (0, 8), (1, 7), (3, 5), (4, 9), (9, 3))  # digits whose first test images are joined
COPIED, JITTER = 500, 0.1  # training images of a generator that memorised; its noise, in deviations of codes
REBUILT = 5  # test images of each digit that all three families rebuild


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def samples(data: Dataset, ae: Trained, vae: Trained, gan: Trained, judge: Trained) -> dict[str, object]:
    """The same N(0, I) latents through all three decoders, unpicked, beside real test digits."""
    values: dict[str, object] = {"real": data.test.images[:SHOWN].numpy()}
    for name, run in {"ae": ae, "vae": vae, "gan": gan}.items():
        images = prior_samples(run, data)
        values[name] = pixels(images[:SHOWN])
        values[f"fcd_ratio_{name}"] = fcd_ratio(judge.network, images, data)
        values[f"sure_share_{name}"] = sure_share(class_probabilities(judge.network, images))
    return values


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D)
def reconstructions(data: Dataset, ae: Trained, vae: Trained, gan: Trained) -> dict[str, object]:
    """The fixed test digits through AE, VAE and GAN inversion; errors over the first few of each digit."""
    images = fixed_digits(data, gan.device, REBUILT)
    rebuilds = {name: rebuilt(run.network, images) for name, run in (("ae", ae), ("vae", vae))}
    rebuilds["gan"] = gan.network.decode(inverted(gan, images))
    values: dict[str, object] = {"originals": pixels(images[::REBUILT]), "gan_images": len(images)}
    for name, rebuild in rebuilds.items():
        values[name] = pixels(rebuild[::REBUILT])
        values[f"mse_{name}"] = pixel_error(rebuild, images)
    return values


@result(ae=AE_2D, vae=VAE_2D, gan=GAN_2D, judge=CLASSIFIER)
def latent_planes(
    data: Dataset, ae: Trained, vae: Trained, gan: Trained, judge: Trained
) -> dict[str, object]:
    """Test codes of the 2-D AE and VAE; latents of the 2-D GAN with what the classifier reads in them."""
    latents = fixed_latents(len(data.test), 2, gan.device)
    read = class_probabilities(judge.network, in_chunks(gan.network.decode, latents)).argmax(1)
    codes = {name: codes_of(run.network, data.test, run.device) for name, run in (("ae", ae), ("vae", vae))}
    planes = codes | {"gan": latents}
    return {name: plane.cpu().numpy().astype(np.float16) for name, plane in planes.items()} | {
        "labels": data.test.labels.numpy().astype(np.uint8),
        "gan_labels": read.cpu().numpy().astype(np.uint8),
        "gan_digits_covered": digits_covered(class_shares(read)),
    }


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def interpolation(
    data: Dataset, ae: Trained, vae: Trained, gan: Trained, judge: Trained
) -> dict[str, object]:
    """The first test 2 turned into the first test 6: straight for AE and VAE codes, spherical for the GAN."""
    ends = fixed_digits(data, gan.device)[[2, 6]]
    t = torch.linspace(0, 1, 11, device=gan.device)
    paths: dict[str, tuple[Generative, Tensor]] = {}
    for name, run in (("ae", ae), ("vae", vae)):
        start, end = run.network.encode(ends)
        paths[name] = run.network, linear(start, end, t)
    start, end = inverted(gan, ends)
    paths["gan"] = gan.network, spherical(start, end, t)
    values: dict[str, object] = {"ends": pixels(ends), "t": t.cpu().numpy()}
    for name, (network, codes) in paths.items():
        images = network.decode(codes)
        values[name] = pixels(images)
        values[f"belief_{name}"] = class_probabilities(judge.network, images).cpu().numpy()
    return values


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D)
def interpolation_gif(data: Dataset, ae: Trained, vae: Trained, gan: Trained) -> dict[str, object]:
    """Six pairs of test digits joined in all three latent spaces: images (step, pair, 28, 28)."""
    ends = fixed_digits(data, gan.device)[torch.tensor(PAIRS)]
    t = torch.linspace(0, 1, 25, device=gan.device)
    starts, stops = ends.unbind(1)
    paths = {
        name: linear(run.network.encode(starts), run.network.encode(stops), t)
        for name, run in (("ae", ae), ("vae", vae))
    }
    paths["gan"] = spherical(inverted(gan, starts), inverted(gan, stops), t)
    runs = {"ae": ae, "vae": vae, "gan": gan}
    return {name: decoded(runs[name].network, path) for name, path in paths.items()} | {
        "pairs": np.array(PAIRS)
    }


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D)
def training_progress(ae: Course, vae: Course, gan: Course) -> dict[str, object]:
    """The same 25 latents through all three decoders at the same numbers of images seen."""
    values: dict[str, object] = {}
    for name, run in (("ae", ae), ("vae", vae), ("gan", gan)):
        latents = fixed_latents(25, run.network.latent, run.device)
        moments = [(images, decoded(network, latents)) for images, network in run.snapshots()]
        values["images_seen"] = np.array([images for images, _ in moments])
        values[name] = np.stack([frames for _, frames in moments])
    return values


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, judge=CLASSIFIER)
def digit_balance(
    data: Dataset, ae: Trained, vae: Trained, gan: Trained, judge: Trained
) -> dict[str, object]:
    """The share of each digit among samples, as the classifier reads them, and in the test set."""
    real = class_shares(data.test.labels)
    values: dict[str, object] = {"real": real}
    images = _fair_samples(data, ae, vae, gan) | {"ae_prior": prior_samples(ae, data)}
    for name, drawn in images.items():
        balance = class_shares(class_probabilities(judge.network, drawn).argmax(1))
        values |= {name: balance, f"{name}_kl": divergence(balance, real)}
    return values


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D)
def nearest_neighbours(data: Dataset, ae: Trained, vae: Trained, gan: Trained) -> dict[str, object]:
    """The first samples beside the training images nearest to them, and how near all samples come.

    ``<name>_nearer`` is the share of images nearer to one of the first training images than to one of as many
    test images, with its standard error. Validation images, which nobody copied, say what chance gives, and
    a ``copier`` that has memorised a few training images what the measure makes of copies.
    """
    training = data.train.inputs().to(gan.device)
    samples = _fair_samples(data, ae, vae, gan)
    values: dict[str, object] = {}
    for name, images in {"real": data.test.inputs(), **samples}.items():
        distance, place = nearest(images.to(gan.device).flatten(1), training.flatten(1))
        values |= {f"{name}_images": pixels(images[:10]), f"{name}_nearest": pixels(training[place[:10]])}
        low, middle = distance.quantile(torch.tensor([0.01, 0.5], device=distance.device)).tolist()
        values |= {
            f"{name}_low": low,
            f"{name}_median": middle,
            f"{name}_copies": int((distance < COPY).sum()),
        }
    return values | _nearer(data, ae, samples)


def _nearer(data: Dataset, ae: Trained, samples: dict[str, Tensor]) -> dict[str, object]:
    """Are samples, and those of two controls, nearer to training images than to test images?"""
    held_out = data.test.inputs().to(ae.device).flatten(1)
    known = data.train.first(len(held_out)).inputs().to(ae.device).flatten(1)
    controls = {"fresh": data.validation.inputs().to(ae.device), "copier": _copies(data, ae)}
    values: dict[str, object] = {"copied": COPIED}
    for name, images in (samples | controls).items():
        share, error = nearer_share(images.flatten(1), known, held_out)
        values |= {f"{name}_nearer": share, f"{name}_nearer_error": error}
    return values


def _copies(data: Dataset, ae: Trained) -> Tensor:
    """What a generator draws that has memorised ``COPIED`` training images: decodes of near their codes."""
    codes, count = codes_of(ae.network, data.train.first(COPIED), ae.device), len(data.test)
    picked = codes[torch.arange(count, device=ae.device) % len(codes)]
    noise = fixed_latents(count, ae.network.latent, ae.device)
    return in_chunks(ae.network.decode, picked + JITTER * codes.std(0) * noise)


@result(ae=AE_16D, vae=VAE_16D, gan=GAN_16D, ae_2d=AE_2D, vae_2d=VAE_2D)
def sharpness(data: Dataset, ae: Trained, vae: Trained, gan: Trained, **planes: Trained) -> dict[str, object]:
    """How sharp the edges of samples and of reconstructions are, against real test images."""
    edges = np.linspace(0.2, 0.9, 71)
    test = data.test.inputs().to(gan.device)
    coders = {"ae": ae, "vae": vae, **planes}
    rebuilds = {f"{name}_rebuilt": rebuilt(run.network, test) for name, run in coders.items()}
    values: dict[str, object] = {"sharpness": (edges[1:] + edges[:-1]) / 2}
    for name, images in {"real": test, **_fair_samples(data, ae, vae, gan), **rebuilds}.items():
        found = edge_sharpness(images).cpu().numpy()
        values |= {name: np.histogram(found, edges)[0] / len(found), f"{name}_mean": float(found.mean())}
    return values


def _fair_samples(data: Dataset, ae: Trained, vae: Trained, gan: Trained) -> dict[str, Tensor]:
    """Unpicked samples of each family, drawn as suits it: the AE's from a mixture fitted to its codes."""
    prior = {name: prior_samples(run, data) for name, run in (("vae", vae), ("gan", gan))}
    return {"ae": mixture_samples(ae, data, COMPONENTS), **prior}
