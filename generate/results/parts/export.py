"""A trained network as plain arrays, for readers without PyTorch: batch norm folded, 16 bits a weight."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

Arrays = dict[str, np.ndarray]

STEPS = 2**15 - 1  # of a weight's range, either side of zero


def folded(network: nn.Sequential, ending: str = "") -> Arrays:
    """A network in evaluation as a list of layers with their weights and biases.

    ``layers`` (L,) holds one line each: ``linear``, ``conv`` (3 x 3, padded), ``strided`` and ``transposed``
    (4 x 4, stride 2), each with ``relu`` if that follows; ``unflatten C H W``, ``flatten``, ``unshuffle``,
    ``shuffle`` and ``maxpool`` (all by 2); last the ``ending``, such as ``sigmoid``. The i-th layer's weight,
    as PyTorch lays it out, is ``weight_i``, its bias ``bias_i``. Batch norm is part of the layer before it:
    its statistics no longer change, so it is a scale and a shift for each channel.

    Weights are whole numbers of 16 bits, to be multiplied by ``step_i``. As float16 they would take as much
    room and be coarser: a GAN's edges are steep enough to show it.

    Raises:
        ValueError: a layer is of another kind.
    """
    lines: list[str] = []
    weights: dict[int, tuple[Tensor, Tensor]] = {}
    last = -1
    for module in network:
        match module:
            case nn.Linear() | nn.Conv2d() | nn.ConvTranspose2d():
                last = len(lines)
                lines.append(_kind(module))
                weights[last] = module.weight.detach(), _bias(module)
            case nn.BatchNorm2d():
                weights[last] = _normalised(module, *weights[last], transposed="transposed" in lines[last])
            case nn.ReLU():
                lines[last] += " relu"
            case nn.Unflatten():
                lines.append("unflatten " + " ".join(str(size) for size in module.unflattened_size))
            case nn.Flatten():
                lines.append("flatten")
            case nn.PixelUnshuffle(downscale_factor=2):
                lines.append("unshuffle")
            case nn.PixelShuffle(upscale_factor=2):
                lines.append("shuffle")
            case nn.MaxPool2d(kernel_size=2):
                lines.append("maxpool")
            case _:
                raise ValueError(f"{module} cannot be exported")
    arrays: Arrays = {"layers": np.array([*lines, ending] if ending else lines)}
    for place, (weight, bias) in weights.items():
        step = weight.abs().amax() / STEPS
        arrays[f"weight_{place}"] = np.ascontiguousarray(
            (weight / step).round().cpu().numpy().astype(np.int16)
        )
        arrays[f"step_{place}"] = step.view(1).cpu().numpy()
        arrays[f"bias_{place}"] = bias.float().cpu().numpy()
    return arrays


def _kind(module: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> str:
    if isinstance(module, nn.Linear):
        return "linear"
    form = type(module), module.kernel_size, module.stride, module.padding
    kinds = {
        (nn.Conv2d, (3, 3), (1, 1), (1, 1)): "conv",
        (nn.Conv2d, (4, 4), (2, 2), (1, 1)): "strided",
        (nn.ConvTranspose2d, (4, 4), (2, 2), (1, 1)): "transposed",
    }
    if form not in kinds:
        raise ValueError(f"{module} cannot be exported")
    return kinds[form]


def _bias(module: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    outputs = module.out_features if isinstance(module, nn.Linear) else module.out_channels
    return torch.zeros(outputs).to(module.weight) if module.bias is None else module.bias.detach()


def _normalised(
    norm: nn.BatchNorm2d, weight: Tensor, bias: Tensor, *, transposed: bool
) -> tuple[Tensor, Tensor]:
    """The weight and bias that do what the layer and the batch norm after it did."""
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise ValueError("batch norm without statistics cannot be folded")
    scale = norm.weight.detach() / (variance + norm.eps).sqrt()
    shift = norm.bias.detach() - mean * scale
    each = len(bias) // len(scale)  # a linear layer gives each channel several outputs
    scale, shift = scale.repeat_interleave(each), shift.repeat_interleave(each)
    outputs = (1, -1, 1, 1) if transposed else (-1, *[1] * (weight.dim() - 1))
    return weight * scale.view(outputs), bias * scale + shift
