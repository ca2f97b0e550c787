"""A network as plain arrays computes what it computed as a network."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.models.decoder import Decoder, Encoder
from generate.results.parts.export import folded


def computed(arrays: dict[str, Any], value: Tensor) -> Tensor:
    """What a reader without the network makes of its arrays, here with PyTorch's functions."""
    kinds = {
        "linear": lambda x, w, b: functional.linear(x.flatten(1), w, b),
        "conv": lambda x, w, b: functional.conv2d(x, w, b, padding=1),
        "strided": lambda x, w, b: functional.conv2d(x, w, b, stride=2, padding=1),
        "transposed": lambda x, w, b: functional.conv_transpose2d(x, w, b, stride=2, padding=1),
    }
    for place, line in enumerate(arrays["layers"]):
        kind, *words = str(line).split()
        if kind in kinds:
            weight = torch.from_numpy(arrays[f"weight_{place}"]).float() * float(arrays[f"step_{place}"][0])
            value = kinds[kind](value, weight, torch.from_numpy(arrays[f"bias_{place}"]))
            value = value.relu() if "relu" in words else value
        elif kind == "unflatten":
            value = value.unflatten(1, [int(size) for size in words])
        else:
            value = {
                "flatten": lambda x: x.flatten(1),
                "shuffle": lambda x: functional.pixel_shuffle(x, 2),
                "unshuffle": lambda x: functional.pixel_unshuffle(x, 2),
                "sigmoid": torch.sigmoid,
            }[kind](value)
    return value


def used(network: nn.Sequential) -> nn.Sequential:
    """Batch norm with statistics and weights that differ from channel to channel."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.running_mean, module.running_var, module.weight.data, module.bias.data):
                assert tensor is not None
                tensor.copy_(torch.rand(len(tensor)) + 0.5)
    return network.eval()


def test_a_decoder_decodes_the_same() -> None:
    decoder, codes = used(Decoder(5)), torch.randn(3, 5)
    with torch.no_grad():
        assert torch.allclose(
            computed(folded(decoder, "sigmoid"), codes), decoder(codes).sigmoid(), atol=1e-3
        )


def test_an_encoder_encodes_the_same() -> None:
    encoder, images = used(Encoder(4)), torch.rand(3, 1, 28, 28)
    with torch.no_grad():
        expected = encoder(images)
        assert torch.allclose(computed(folded(encoder), images), expected, atol=1e-3 * expected.abs().max())


@pytest.mark.parametrize("layer", [nn.Tanh(), nn.Conv2d(1, 1, 5), nn.PixelShuffle(3)])
def test_what_a_reader_would_not_know_is_refused(layer: nn.Module) -> None:
    with pytest.raises(ValueError, match="cannot be exported"):
        folded(nn.Sequential(layer))
