"""Using trained models: samples from their prior, codes of the test set."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from generate.build.freshness import read_manifest, run_fault
from generate.device import measuring_device
from generate.evaluation.chunks import in_chunks
from generate.experiments import RUNS, Run
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


class Unable(UserError):
    """A model cannot do what was asked; the message names those that can."""


def sample(workspace: Workspace, run: Run, count: int, seed: int) -> Values:
    """``images`` (count, 28, 28) float32 in [0, 1]; of a conditional model also the ``labels`` asked for.

    Raises:
        Unable: the model draws nothing, or so many images do not fit into memory.
        StoreError: it is not trained here, and its published weights are missing or damaged.
    """
    _refuse_what_does_not_fit(count)
    model = load(run, workspace)
    if not isinstance(model, Generative):
        raise Unable(f"{run.name} draws no images; a model that does: {', '.join(_able(Generative))}")
    latents = torch.randn(count, model.latent, generator=torch.Generator().manual_seed(seed))
    labels = torch.arange(count) % model.classes if isinstance(model, Conditional) and model.classes else None
    images = _drawn(model, latents, labels, measuring_device(workspace.device))
    return Values({"images": images} if labels is None else {"labels": _array(labels), "images": images})


def encode(workspace: Workspace, run: Run) -> Values:
    """The test set's ``codes`` (N, latent), a VAE's being posterior means, and its ``labels`` (N,).

    Raises:
        Unable: the model has no encoder.
        DataError: there is no test set to encode.
        StoreError: it is not trained here, and its published weights are missing or damaged.
    """
    model = load(run, workspace)
    if not isinstance(model, Encoding):
        raise Unable(f"{run.name} has no encoder; a model that has: {', '.join(_able(Encoding))}")
    test, device = workspace.dataset_images.test, measuring_device(workspace.device)
    codes = in_chunks(lambda i: model.encode(test.inputs(i).to(device)), torch.arange(len(test)))
    return Values({"codes": _array(codes), "labels": _array(test.labels)})


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


@torch.no_grad()
def _drawn(model: Any, latents: torch.Tensor, labels: torch.Tensor | None, device: str) -> np.ndarray:
    """Images (N, 28, 28) of draws of N(0, I), each put in its place as soon as it is there."""
    images = np.empty((len(latents), *SHAPE), np.float32)
    for start in range(0, len(latents), AT_ONCE):
        places = slice(start, start + AT_ONCE)
        codes = prior_draws(model, latents[places].to(device))
        asked = () if labels is None else (labels[places].to(device),)
        images[places] = _array(model.decode(codes, *asked).squeeze(1))
    return images


def _able(role: type) -> list[str]:
    built = ((name, run.model.learner(run.optimisation).model) for name, run in RUNS.items())
    return [name for name, model in built if isinstance(model, role)]


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.cpu().numpy()


@torch.no_grad()
def apply(model: torch.nn.Module, method: str, given: np.ndarray) -> np.ndarray:
    """What ``encode`` or ``decode`` makes of an array, in chunks.

    Raises:
        Unable: the model has no such method.
    """
    role = {"encode": Encoding, "decode": Generative}[method]
    device = next(model.parameters()).device
    if not isinstance(model, role):
        raise Unable(f"this model cannot {method}; one that can: {', '.join(_able(role))}")
    return _array(
        in_chunks(lambda some: getattr(model, method)(some.to(device)), torch.as_tensor(given).float())
    )
