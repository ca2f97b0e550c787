"""What the variational autoencoder learned."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import norm

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.experiments import AE_2D, CLASSIFIER, VAE_2D, VAE_16D
from generate.models.vae import kl_divergence
from generate.pipeline.registry import result
from generate.results.autoencoder import autoencoder_layers, paired_reconstructions, plane
from generate.results.common import (
    decoded,
    fcd_ratio,
    fixed_digits,
    history,
    pixels,
    test_codes,
)
from generate.results.common import (
    prior_samples as prior_images,
)
from generate.running import Trained

ACTIVE = 0.01  # a dimension whose posterior mean varies by more than this is active (Burda et al. 2016)


@result(model=VAE_16D)
def architecture(data: Dataset, model: Trained) -> dict[str, object]:
    """The layers of encoder and decoder."""
    return autoencoder_layers(data, model)


@result(model=VAE_16D)
def loss_curves(model: Trained) -> dict[str, object]:
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


@result(model=VAE_2D)
def latent_plane(data: Dataset, model: Trained) -> dict[str, object]:
    """All test means of the 2-D VAE, where they lie, and how wide the posteriors are."""
    network, index = model.model(), torch.arange(len(data.test))
    variances = in_chunks(lambda i: network.posterior(data.test.inputs(i).to(model.device))[1].exp(), index)
    x, y = variances.mean(0).tolist()
    return plane(data, model) | {"mean_variance_x": x, "mean_variance_y": y}


@result(model=VAE_2D)
def latent_morph(model: Trained) -> dict[str, object]:
    """A 20 x 20 grid of the plane decoded at the prior's quantiles; the top row has the largest z2."""
    quantiles = norm.ppf((np.arange(20) + 0.5) / 20)
    z1, z2 = np.meshgrid(quantiles, quantiles[::-1])
    codes = torch.tensor(np.stack([z1, z2], axis=-1), dtype=torch.float32, device=model.device)
    return {"images": decoded(model.model(), codes), "z": quantiles}


@result(ae=AE_2D, vae=VAE_2D)
def latent_evolution(data: Dataset, ae: Trained, vae: Trained) -> dict[str, object]:
    """The codes of the first 2,000 test images at every snapshot of both 2-D models."""
    seen = data.test.first(2_000)
    values: dict[str, object] = {"labels": seen.labels.numpy().astype(np.uint8)}
    for name, run in (("ae", ae), ("vae", vae)):
        moments = [(images, test_codes(model, seen, run.device)) for images, model in run.snapshots()]
        values["images_seen"] = np.array([images for images, _ in moments])
        values[f"{name}_codes"] = (
            torch.stack([codes for _, codes in moments]).cpu().numpy().astype(np.float16)
        )
    return values


@result(model=VAE_16D, plane=VAE_2D, judge=CLASSIFIER)
def prior_samples(data: Dataset, model: Trained, plane: Trained, judge: Trained) -> dict[str, object]:
    """Decodes of N(0, I) by the 16-D and the 2-D model, each measured."""
    values: dict[str, object] = {}
    for name, suffix, run, shown in (("images", "", model, 100), ("plane", "_2d", plane, 50)):
        images = prior_images(run, data)
        values[name] = pixels(images[:shown])
        values[f"fcd_ratio{suffix}"] = fcd_ratio(judge.model(), images, data)
    return values


@result(model=VAE_16D)
def traversals(data: Dataset, model: Trained) -> dict[str, object]:
    """Each dimension swept alone from a test image's mean, ordered by its mean KL over the test set."""
    network = model.model()
    index = torch.arange(len(data.test))
    both = in_chunks(lambda i: torch.stack(network.posterior(data.test.inputs(i).to(model.device)), 1), index)
    mean, log_variance = both.unbind(1)
    kl, variance = kl_divergence(mean, log_variance).mean(0), mean.var(0)
    order, values = kl.argsort(descending=True), (torch.arange(11, device=model.device) - 5) * 0.6
    start = network.encode(fixed_digits(data, model.device)[3:4])
    codes = start.repeat(len(order), len(values), 1)
    for row, dimension in enumerate(order):
        codes[row, :, dimension] = values
    active = variance > ACTIVE
    return {
        "images": decoded(network, codes),
        "values": values.cpu().numpy(),
        "kl": kl[order].cpu().numpy(),
        "variance": variance[order].cpu().numpy(),
        "active": active[order].cpu().numpy(),
        "active_units": int(active.sum()),
        "kl_top": kl.max().item(),
        "kl_total": kl.sum().item(),
    }
