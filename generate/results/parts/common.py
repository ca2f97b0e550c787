"""What results share: the same test digits, the same latents and the same judge everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from generate.data import Dataset, Split, first_of_each
from generate.evaluation.chunks import in_chunks
from generate.evaluation.frechet import Gaussian, frechet_distance, gaussian
from generate.latent.densities import sample_fitted
from generate.latent.inversion import invert
from generate.models.classifier import Classifier
from generate.models.learner import Model
from generate.models.prior import prior_draws
from generate.models.roles import Encoding, Generative
from generate.training.finished import Course, Trained

COMPONENTS = 10  # of the mixture fitted to the AE's codes, the best way known here to sample from it
CANDIDATES = 2_000  # prior samples among which the inversion of a GAN looks for its starts
SEARCHED = 120  # steps from each start


def fixed_digits(data: Dataset, device: str, count: int = 1) -> Tensor:
    """The first ``count`` test images of each digit, digit by digit: (10 * count, 1, 28, 28) in [0, 1]."""
    return data.test.inputs(first_of_each(data.test, count)).to(device)


def fixed_latents(count: int, latent: int, device: str) -> Tensor:
    """The first ``count`` draws of N(0, I) from seed 0: (count, latent), the same on every device."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, latent, generator=generator).to(device)


def pixels(images: Tensor) -> np.ndarray:
    """Images (..., 1, 28, 28) in [0, 1] as uint8 (..., 28, 28)."""
    return images.squeeze(-3).mul(255).round().to(torch.uint8).cpu().numpy()


def decoded(model: Generative, codes: Tensor) -> np.ndarray:
    """The decodes of codes (..., d) as uint8 (..., 28, 28)."""
    flat = in_chunks(model.decode, codes.flatten(0, -2))
    return pixels(flat.view(*codes.shape[:-1], *flat.shape[1:]))


def codes_of(model: Encoding, split: Split, device: str) -> Tensor:
    """The codes (AE) or posterior means (VAE) of a split's images: (N, d)."""
    return in_chunks(lambda index: model.encode(split.inputs(index).to(device)), torch.arange(len(split)))


def posteriors(run: Trained, data: Dataset) -> tuple[Tensor, Tensor]:
    """Means and log-variances of the posteriors of the test images, each (N, latent)."""
    network, index = run.network, torch.arange(len(data.test))
    both = in_chunks(lambda i: torch.stack(network.posterior(data.test.inputs(i).to(run.device)), 1), index)
    return both[:, 0], both[:, 1]


def posteriors_of(run: Trained, split: Split) -> tuple[Tensor, Tensor]:
    """Means and log-variances of the posteriors of a split's images, each (N, latent), in float64."""
    network, index = run.network, torch.arange(len(split))
    both = in_chunks(lambda i: torch.stack(network.posterior(split.inputs(i).to(run.device)), 1), index)
    return both[:, 0].double(), both[:, 1].double()


def rebuilt(model: Encoding, images: Tensor) -> Tensor:
    """Images (N, 1, 28, 28) encoded and decoded; a VAE decodes the posterior mean."""
    return in_chunks(lambda chunk: model.decode(model.encode(chunk)), images)


def pixel_error(images: Tensor, others: Tensor) -> float:
    """Mean squared error a pixel, intensities in [0, 1]."""
    return (images - others).square().mean().item()


def prior_samples(run: Trained, data: Dataset) -> Tensor:
    """As many unpicked decodes of the prior as there are test images: (N, 1, 28, 28) in [0, 1]."""
    network = run.network
    noise = fixed_latents(len(data.test), network.latent, run.device)
    return in_chunks(lambda some: network.decode(prior_draws(network, some)), noise)


def inverted(gan: Trained, images: Tensor) -> Tensor:
    """The latents (N, d) whose images come nearest to given ones (N, 1, 28, 28), as far as a search finds."""
    network = gan.network
    candidates, steps = fixed_latents(gan.some(CANDIDATES), network.latent, gan.device), gan.some(SEARCHED)
    return torch.cat(
        [invert(network.decode, some, candidates, steps=steps) for some in torch.split(images, 100)]
    )


def mixture_samples(run: Trained, data: Dataset, components: int) -> Tensor:
    """As many decodes of a mixture fitted to the codes of the training images as there are test images."""
    network = run.network
    codes = sample_fitted(codes_of(network, data.train, run.device), components, len(data.test))
    return in_chunks(network.decode, codes)


def fcd_ratio(classifier: Classifier, images: Tensor, data: Dataset) -> float:
    """FCD of images to the test set, over the FCD of as many real training images: 1 is as good as real."""
    return feature_ratio(in_chunks(classifier.features, images), reference(classifier, data))


def feature_ratio(features: Tensor, real: Reference) -> float:
    """The same of the classifier's features (N, D) of images."""
    return frechet_distance(gaussian(features.cpu().numpy()), real.test) / real.floor


@dataclass(frozen=True)
class Reference:
    """The classifier's features of the test set, and the distance of as many training images to them."""

    features: Tensor
    test: Gaussian
    floor: float


@cache
def reference(classifier: Classifier, data: Dataset) -> Reference:
    """What samples are compared with."""
    device = next(classifier.parameters()).device
    splits = data.test, data.train.first(len(data.test))
    seen, known = (in_chunks(classifier.features, split.inputs().to(device)) for split in splits)
    test, train = (gaussian(features.cpu().numpy()) for features in (seen, known))
    return Reference(seen, test, frechet_distance(train, test))


def history(trained: Course, table: str = "history") -> dict[str, np.ndarray]:
    """A run's record: ``history`` (training, averaged) or ``held_out``; arrays over images seen."""
    return {name: np.array(values) for name, values in trained.card["record"][table].items()}


def network_layers(
    network: torch.nn.Module, inputs: Tensor | tuple[Tensor, ...], prefix: str
) -> dict[str, object]:
    """Names, output shapes and parameter counts of a network's layers, read from a forward pass.

    Normalisation, activation and reshaping are counted with the layer they follow.
    """
    names, shapes, counts = ["input"], [_shape(inputs)], [0]

    def record(module: torch.nn.Module, _: object, output: Tensor) -> None:
        count = sum(weight.numel() for weight in module.parameters(recurse=False))
        if title := _title(module):
            names.append(title)
            shapes.append(_shape(output))
            counts.append(count)
        else:
            counts[-1] += count
            if isinstance(module, torch.nn.Unflatten):
                shapes[-1] = _shape(output)

    leaves = [module for module in network.modules() if not list(module.children())]
    hooks = [leaf.register_forward_hook(record) for leaf in leaves]
    with torch.no_grad():
        network(*inputs) if isinstance(inputs, tuple) else network(inputs)
    for hook in hooks:
        hook.remove()
    columns = {"layers": np.array(names), "shapes": np.array(shapes), "parameters": np.array(counts)}
    return {f"{prefix}_{name}": column for name, column in columns.items()} | {f"{prefix}_total": sum(counts)}


WORDS = {
    torch.nn.MaxPool2d: "max pooling",
    torch.nn.PixelShuffle: "pixel shuffle",
    torch.nn.PixelUnshuffle: "pixel unshuffle",
}


def _title(module: torch.nn.Module) -> str:
    match module:
        case torch.nn.ConvTranspose2d():
            return f"transposed conv {module.kernel_size[0]}×{module.kernel_size[1]}, {module.out_channels}"
        case torch.nn.Conv2d():
            stride = f", stride {module.stride[0]}" if module.stride[0] > 1 else ""
            return f"conv {module.kernel_size[0]}×{module.kernel_size[1]}, {module.out_channels}{stride}"
        case torch.nn.Linear():
            return f"linear, {module.out_features}"
    return WORDS.get(type(module), "")


def _shape(tensor: Tensor | tuple[Tensor, ...]) -> str:
    first = tensor[0] if isinstance(tensor, tuple) else tensor
    return " x ".join(str(size) for size in first.shape[1:]) or "1"


def parts(model: Model) -> dict[str, torch.nn.Module]:
    """A model's networks by name."""
    return dict(model.named_children())
