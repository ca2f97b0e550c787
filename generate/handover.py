"""A trained model for those without this code: ONNX, a state dict, what loads it, and a model card.

The card follows Mitchell et al. (2019), "Model cards for model reporting".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import nn

from generate.build.freshness import read_manifest
from generate.build.numbers import numbers
from generate.experiments import EXPECTED, Run
from generate.models.classifier import Classifier
from generate.models.gan import GAN
from generate.models.vae import VAE
from generate.pipeline.errors import UserError
from generate.pipeline.files import write_bytes
from generate.workspace import Workspace

SHAPE = (1, 28, 28)
CARD = Path(__file__).with_name("model_card.md")


class NoOnnx(UserError):
    """What writes ONNX is not installed."""


def parts(model: nn.Module) -> dict[str, nn.Sequential]:
    """A model's networks by name, each from what goes in to what is meant: images, codes, probabilities."""
    if isinstance(model, Classifier):
        return {"classifier": nn.Sequential(*model.body, model.head, nn.Softmax(dim=1))}
    if isinstance(model, GAN):
        return {"generator": nn.Sequential(*model.generator, nn.Sigmoid())}
    both: Any = model
    return {"encoder": nn.Sequential(*both.encoder), "decoder": nn.Sequential(*both.decoder, nn.Sigmoid())}


def write(workspace: Workspace, run: Run, model: nn.Module, folder: Path) -> list[str]:
    """Write everything into a folder; returns the names of the files.

    Raises:
        NoOnnx: the packages that write it are missing.
    """
    files: dict[str, bytes] = {}
    networks = {name: network.cpu().eval() for name, network in parts(model).items()}
    for name, network in networks.items():
        files[f"{name}.onnx"] = onnx(network)
        files[f"{name}.pt"] = _saved(network)
    files["load.py"] = loader(networks).encode()
    files["README.md"] = card(workspace, run, model, networks).encode()
    for file, content in files.items():
        write_bytes(folder / file, content)
    return list(files)


def onnx(network: nn.Sequential) -> bytes:
    """The network as ONNX: ``input`` (N, ...), any N, to ``output``."""
    names: dict[str, Any] = {"input_names": ["input"], "output_names": ["output"]}
    try:
        program: Any = torch.onnx.export(
            network, (_example(network),), dynamic_shapes=({0: "N"},), dynamo=True, verbose=False, **names
        )
        written: bytes = program.model_proto.SerializeToString()
    except ImportError as error:
        raise NoOnnx(f"ONNX needs more packages ({error}): `pip install onnx onnxscript`") from None
    return written


def loader(networks: Mapping[str, nn.Sequential]) -> str:
    """Python that builds the networks and loads their weights, with PyTorch and nothing else."""
    lines = ["import torch", "from torch.nn import *  # noqa: F403", ""]
    for name, network in networks.items():
        layers = "".join(f"    {_written(layer)},\n" for layer in network.children())
        lines += [f"{name} = Sequential(\n{layers}).eval()"]
        lines += [f'{name}.load_state_dict(torch.load("{name}.pt", weights_only=True))', ""]
    return "\n".join(lines)


def card(workspace: Workspace, run: Run, model: nn.Module, networks: Mapping[str, nn.Sequential]) -> str:
    """What the model is, what it was made of, what was measured of it, and what it is not for."""
    manifest = read_manifest(workspace)
    about: Any = manifest.runs[run.name]
    made, optimisation = about["provenance"], about["config"]["optimisation"]
    settings = {name: value for name, value in about["config"]["model"].items() if value and name != "type"}
    known = numbers(workspace, manifest)
    expected: Any = EXPECTED.get(run, ())
    measured = [f"- `{name}`: {known[name]:.4g}" for name in expected]
    sizes = {
        name: sum(weight.numel() for weight in network.parameters()) for name, network in networks.items()
    }
    return CARD.read_text("utf-8").format(
        name=run.name,
        settings=", ".join(f"{name} {value}" for name, value in settings.items()) or "none",
        sizes=", ".join(f"{name} {size:,}" for name, size in sizes.items()),
        images=optimisation["images_seen"],
        batch=optimisation["batch_size"],
        rate=optimisation["learning_rate"],
        seed=optimisation["seed"],
        key=about["key"],
        measured="\n".join(measured) or "Nothing of this run alone.",
        interface=_interface(model),
        **{name: made[name] for name in ("dataset", "device", "torch", "finished")},
    )


def _interface(model: nn.Module) -> str:
    if isinstance(model, Classifier):
        return "`classifier`: images (N, 1, 28, 28) in [0, 1], bright on dark, to probabilities (N, 10)."
    made = "images (N, 1, 28, 28) in [0, 1], bright on dark."
    if isinstance(model, GAN):
        asked = f", then the digit as one of {model.classes} (one-hot)" if model.classes else ""
        return f"`generator`: {model.latent} draws of N(0, 1) a row{asked}, to {made}"
    codes: Any = model
    learned = isinstance(model, VAE) and len(model.prior.couplings) > 0
    found = "means, then the logs of as many variances," if isinstance(model, VAE) else "codes"
    prior = "\nIts learned prior is not part of this; N(0, I) decodes to worse images." if learned else ""
    return (
        f"`encoder`: images (N, 1, 28, 28) in [0, 1], bright on dark, to {codes.latent} {found} a row.\n"
        f"`decoder`: {codes.latent} numbers a row to {made}{prior}"
    )


def _example(network: nn.Sequential) -> torch.Tensor:
    """Two inputs; the exporter takes a size of one for a constant."""
    first = network[0]
    return torch.rand(2, first.in_features) if isinstance(first, nn.Linear) else torch.rand(2, *SHAPE)


def _saved(network: nn.Sequential) -> bytes:
    buffer = BytesIO()
    torch.save(network.state_dict(), buffer)
    return buffer.getvalue()


def _written(layer: nn.Module) -> str:
    """A layer as Python; older versions of PyTorch know fewer of batch norm's settings."""
    return re.sub(r"^(BatchNorm2d)\((\d+).*\)$", r"\1(\2)", repr(layer))
