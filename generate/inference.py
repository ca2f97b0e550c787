"""Using trained models: samples from their prior, codes of the test set."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy.stats import norm
from sklearn.mixture import GaussianMixture

from generate.build.freshness import read_manifest, run_fault
from generate.data import Split
from generate.device import measuring_device
from generate.evaluation.chunks import in_chunks
from generate.experiments import RUNS, Run
from generate.latent.interpolation import linear, spherical
from generate.latent.inversion import invert
from generate.models.prior import prior_draws
from generate.models.roles import Conditional, Encoding, Generative
from generate.pipeline.errors import UserError
from generate.pipeline.files import StoreError
from generate.pipeline.memory import free
from generate.pipeline.values import Values
from generate.training.finished import finished, published
from generate.workspace import Workspace, open_workspace

SHAPE = (28, 28)
AT_ONCE = 500  # images that are drawn together
REACH = 2.0  # deviations of N(0, I) that a dimension is moved either way
CANDIDATES = 2_000  # latents among which the search for an image's begins


class Unable(UserError):
    """A model cannot do what was asked; the message names those that can."""


def sample(
    workspace: Workspace,
    run: Run,
    count: int,
    *,
    seed: int,
    label: int | None = None,
    prior: str = "own",
) -> Values:
    """``images`` (count, 28, 28) float32 in [0, 1]; of a conditional model also the ``labels`` asked for.

    The first images of a seed are the same however many are asked for, here and on any other machine within
    the tolerance of its floating point. A conditional model makes ``label``, or the digits in turn. ``prior``
    is a model's own, or ``mixtureK``: K Gaussians fitted to the codes of the training images.

    Raises:
        Unable: the model cannot do what is asked, or so many images do not fit into memory.
        DataError: a mixture is asked for, and there are no training images.
        StoreError: it is not trained here, and its published weights are missing or damaged.
    """
    _refuse_what_does_not_fit(count)
    model = _drawing(run, load(run, workspace))
    classes = model.classes if isinstance(model, Conditional) else 0
    if label is not None and not classes:
        raise Unable(f"{run.name} cannot be asked for a digit; a model that can: {', '.join(_asked())}")
    if label is not None and label >= classes:
        raise Unable(f"{run.name} makes 0 to {classes - 1}, and no {label}")
    noise = np.random.default_rng(seed).standard_normal((count, model.latent + (prior != "own")))
    if prior == "own":
        codes, mapped = torch.as_tensor(noise, dtype=torch.float32), True
    else:
        codes, mapped = _mixture(workspace, _encoder(run, model), noise, _components(prior)), False
    labels = None
    if classes:
        labels = torch.arange(count) % classes if label is None else torch.full((count,), label)
    images = _drawn(model, codes, labels, measuring_device(workspace.device), mapped)
    return Values({"images": images} if labels is None else {"labels": _array(labels), "images": images})


def encode(workspace: Workspace, run: Run) -> Values:
    """The test set's ``codes`` (N, latent), a VAE's being posterior means, and its ``labels`` (N,).

    Raises:
        Unable: the model has no encoder.
        DataError: there is no test set to encode.
        StoreError: it is not trained here, and its published weights are missing or damaged.
    """
    model = _encoder(run, load(run, workspace))
    test = workspace.dataset_images.test
    return Values({"codes": _array(_codes_of(workspace, model, test)), "labels": _array(test.labels)})


def codes(run: Run, model: Any, images: np.ndarray) -> np.ndarray:
    """The codes (N, latent) of images (N, 28, 28), a VAE's being posterior means; a GAN's are searched for.

    Raises:
        Unable: the model makes no images, or is asked for digits, so that no search knows which.
    """
    if isinstance(model, Encoding):
        return apply(model, "encode", images[:, None])
    if not isinstance(model, Generative) or (isinstance(model, Conditional) and model.classes):
        raise Unable(f"no codes can be found for {run.name}; for these they can: {', '.join(_searched())}")
    starts = np.random.default_rng(0).standard_normal((CANDIDATES, model.latent))
    given, candidates = (torch.as_tensor(at).float().to(_place(model)) for at in (images[:, None], starts))
    return _array(invert(model.decode, given, candidates))


def decoded(model: Any, codes: np.ndarray) -> np.ndarray:
    """The images (N, 28, 28) of codes (N, latent).

    Raises:
        Unable: the model makes no images.
    """
    return apply(model, "decode", codes)[:, 0]


def walk(model: Any, ends: np.ndarray, steps: int) -> np.ndarray:
    """Images (steps, 28, 28) on the way between the codes (2, latent), both ends included.

    Along the straight line where codes come from an encoder, else along the great circle (White 2016), as in
    the figures of this site.
    """
    way = linear if isinstance(model, Encoding) else spherical
    start, end = torch.as_tensor(ends, dtype=torch.float32)
    return decoded(model, _array(way(start, end, torch.linspace(0, 1, steps))))


def traversal(run: Run, model: Any, code: np.ndarray | None, seed: int, steps: int) -> np.ndarray:
    """What each dimension does alone, others as in ``code`` (latent,) or a draw: (latent, steps, 28, 28).

    Raises:
        Unable: the model makes no images.
    """
    latent = _drawing(run, model).latent
    at = np.random.default_rng(seed).standard_normal(latent) if code is None else code
    moved = np.tile(at, (latent, steps, 1))
    for dimension in range(latent):
        moved[dimension, :, dimension] = np.linspace(-REACH, REACH, steps)
    return decoded(model, moved.reshape(-1, latent)).reshape(latent, steps, *SHAPE)


def load(run: Run, workspace: Workspace | None = None) -> Any:
    """A run's model, ready to use: with the published weights, else with those trained here.

    Raises:
        StoreError: its published weights are missing or damaged, and it is not trained here.
    """
    workspace = workspace or open_workspace()
    manifest = read_manifest(workspace)
    fault = run_fault(workspace, manifest, run)
    if run.published and not fault:
        return published(workspace, run, manifest.runs[run.name]["weights"]["sha256"]).network
    if done := finished(workspace, run):
        return done.network
    if not run.published:
        command = f"python -m generate train {run.name}"
        raise StoreError(f"the weights of {run.name} are not published. Train it here with `{command}`.")
    raise StoreError(f"no weights for {run.name}: {fault}. Train it with `make figures`.")


def _refuse_what_does_not_fit(count: int) -> None:
    """Images are held as they are, and once more as they go into the file: packed they are hardly smaller."""
    each = 2 * np.dtype(np.float32).itemsize * math.prod(SHAPE)
    if count * each <= (here := free()):
        return
    fits = max(1, here // each)
    fits -= fits % 10 ** (len(str(fits)) - 1)  # a round number, and a margin
    needed, left = (f"{size / 1e9:,.1f} GB" for size in (count * each, here))
    raise Unable(
        f"{count:,} images would take {needed} of memory, and {left} are free. "
        f"Ask for fewer, such as --count {fits}, and again with another --seed"
    )


def _drawing(run: Run, model: Any) -> Any:
    if not isinstance(model, Generative):
        raise Unable(f"{run.name} draws no images; a model that does: {', '.join(_able(Generative))}")
    return model


def _encoder(run: Run, model: Any) -> Any:
    if not isinstance(model, Encoding):
        raise Unable(f"{run.name} has no encoder; a model that has: {', '.join(_able(Encoding))}")
    return model


def _codes_of(workspace: Workspace, model: Encoding, split: Split) -> torch.Tensor:
    device = measuring_device(workspace.device)
    return in_chunks(lambda i: model.encode(split.inputs(i).to(device)), torch.arange(len(split)))


def _components(prior: str) -> int:
    found = re.fullmatch(r"mixture([1-9]\d{0,3})", prior)
    if not found:
        raise Unable(f"the prior is own, or mixture64 for 64 Gaussians, and not {prior!r}")
    return int(found[1])


def _mixture(workspace: Workspace, model: Any, noise: np.ndarray, components: int) -> torch.Tensor:
    """Draws of a mixture fitted to the codes of training images; the first of each row chooses a Gaussian."""
    codes = _array(_codes_of(workspace, model, workspace.dataset_images.train).double())
    fitted = GaussianMixture(components, random_state=0, reg_covar=1e-5).fit(codes)
    chosen = np.searchsorted(np.cumsum(fitted.weights_)[:-1], norm.cdf(noise[:, 0]))
    spread = np.linalg.cholesky(fitted.covariances_)
    moved = np.einsum("nij,nj->ni", spread[chosen], noise[:, 1:])
    return torch.as_tensor(fitted.means_[chosen] + moved, dtype=torch.float32)


@torch.no_grad()
def _drawn(
    model: Any, latents: torch.Tensor, labels: torch.Tensor | None, device: str, mapped: bool
) -> np.ndarray:
    """Images (N, 28, 28), each put in its place as soon as it is there; latents may be ``mapped`` before."""
    images = np.empty((len(latents), *SHAPE), np.float32)
    for start in range(0, len(latents), AT_ONCE):
        places = slice(start, start + AT_ONCE)
        codes = latents[places].to(device)
        codes = prior_draws(model, codes) if mapped else codes
        asked = () if labels is None else (labels[places].to(device),)
        images[places] = _array(model.decode(codes, *asked).squeeze(1))
    return images


def _built() -> Iterator[tuple[str, Any]]:
    return ((name, run.model.learner(run.optimisation).model) for name, run in RUNS.items() if run.published)


def _able(role: type) -> list[str]:
    return [name for name, model in _built() if isinstance(model, role)]


def _asked() -> list[str]:
    return [name for name, model in _built() if isinstance(model, Conditional) and model.classes]


def _searched() -> list[str]:
    return [name for name in _able(Generative) if name not in _asked()]


def _place(model: Any) -> torch.device:
    device: torch.device = next(model.parameters()).device
    return device


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.cpu().numpy()


@torch.no_grad()
def apply(model: Any, method: str, given: np.ndarray) -> np.ndarray:
    """What ``encode`` or ``decode`` makes of an array, in chunks.

    Raises:
        Unable: the model has no such method.
    """
    role = {"encode": Encoding, "decode": Generative}[method]
    if not isinstance(model, role):
        raise Unable(f"this model cannot {method}; one that can: {', '.join(_able(role))}")
    return _array(
        in_chunks(lambda some: getattr(model, method)(some.to(_place(model))), torch.as_tensor(given).float())
    )
