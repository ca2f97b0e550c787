"""Using trained models: samples from their prior, codes of the test set."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from generate.evaluation.chunks import in_chunks
from generate.experiments import RUNS, Run
from generate.freshness import read_manifest, run_fault
from generate.models.prior import drawn
from generate.pipeline.errors import UserError
from generate.pipeline.files import StoreError
from generate.pipeline.values import Values
from generate.running import load_model, trained
from generate.workspace import Workspace, open_workspace


class Unable(UserError):
    """A model cannot do what was asked; the message names those that can."""


def sample(workspace: Workspace, run: Run, count: int, seed: int) -> Values:
    """``images`` (count, 28, 28) float32 in [0, 1]; of a conditional model also the ``labels`` asked for.

    Raises:
        Unable: the model draws nothing.
        StoreError: it is not trained here, and its published weights are missing or damaged.
    """
    model, device = load(run, workspace), workspace.device
    if not hasattr(model, "decode"):
        raise Unable(f"{run.name} draws no images; a model that does: {', '.join(_able('decode'))}")
    generator = torch.Generator().manual_seed(seed)
    latents = torch.randn(count, model.latent, generator=generator).to(device)
    latents = in_chunks(partial(drawn, model), latents)
    if not getattr(model, "classes", 0):
        return Values({"images": _array(in_chunks(model.decode, latents).squeeze(1))})
    labels = torch.arange(count, device=device) % model.classes
    images = in_chunks(lambda i: model.decode(latents[i], labels[i]), torch.arange(count))
    return Values({"labels": _array(labels), "images": _array(images.squeeze(1))})


def encode(workspace: Workspace, run: Run) -> Values:
    """The test set's ``codes`` (N, latent), a VAE's being posterior means, and its ``labels`` (N,).

    Raises:
        Unable: the model has no encoder.
        DataError: there is no test set to encode.
        StoreError: it is not trained here, and its published weights are missing or damaged.
    """
    model = load(run, workspace)
    if not hasattr(model, "encode"):
        raise Unable(f"{run.name} has no encoder; a model that has: {', '.join(_able('encode'))}")
    test = workspace.dataset_images.test
    codes = in_chunks(lambda i: model.encode(test.inputs(i).to(workspace.device)), torch.arange(len(test)))
    return Values({"codes": _array(codes), "labels": _array(test.labels)})


def load(run: Run, workspace: Workspace | None = None) -> Any:
    """A run's model, ready to use: the one trained here, else the one with the published weights.

    Raises:
        StoreError: it is not trained here, and its published weights are missing or damaged.
    """
    workspace = workspace or open_workspace()
    if done := trained(workspace, run):
        return done.model()
    if not run.published:
        command = f"python -m generate train {run.name}"
        raise StoreError(f"the weights of {run.name} are not published. Train it here with `{command}`.")
    manifest = read_manifest(workspace)
    if fault := run_fault(workspace, manifest, run):
        raise StoreError(f"no weights for {run.name}: {fault}. Train it with `make figures`.")
    expected = manifest["runs"][run.name]["weights"]["sha256"]
    return load_model(workspace.run(run), workspace.weights(run), workspace.device, expected)


def _able(method: str) -> list[str]:
    return [name for name, run in RUNS.items() if hasattr(run.model.learner(run.optimisation).model, method)]


def _array(tensor: torch.Tensor) -> Any:
    return tensor.cpu().numpy()
