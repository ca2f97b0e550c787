"""One decoder, three objectives: an autoencoder, a VAE and a GAN, trained, measured, drawn, and to be used.

What is here uses the published models by name. Images: (N, 28, 28) float32 in [0, 1], bright on dark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # PyTorch takes seconds to import; whoever only asks for a name need not wait
    import numpy as np

    from generate.experiments import Run

__all__ = ["decode", "encode", "interpolate", "load", "runs", "sample"]


def runs() -> list[str]:
    """The names of the models whose weights are published."""
    from generate.experiments import RUNS

    return [name for name, run in RUNS.items() if run.published]


def load(name: str) -> Any:
    """A model as a PyTorch module in evaluation mode, on the device that is picked here.

    Raises:
        UnknownName: there is no such run; the message names near ones.
        StoreError: its weights are missing or damaged.
    """
    from generate import inference

    return inference.load(_run(name))


def sample(
    name: str, count: int, seed: int = 0, *, label: int | None = None, prior: str = "own"
) -> np.ndarray:
    """So many images from a model's prior; a conditional model makes one ``label``, or the digits in turn.

    The first images of a seed are the same however many are asked for. ``prior="mixture64"`` draws from 64
    Gaussians fitted to the codes of MNIST's training images instead, which it then needs.
    """
    from generate import inference
    from generate.workspace import open_workspace

    found = inference.sample(open_workspace(), _run(name), count, seed=seed, label=label, prior=prior)
    images: np.ndarray = found["images"]
    return images


def encode(name: str, images: np.ndarray) -> np.ndarray:
    """The codes (N, latent) of images, a VAE's being posterior means; a GAN's are searched for."""
    from generate import inference
    from generate.pictures import expected

    return inference.codes(_run(name), load(name), expected(images))


def decode(name: str, codes: np.ndarray) -> np.ndarray:
    """The images of codes (N, latent)."""
    from generate import inference

    return inference.decoded(load(name), codes)


def interpolate(name: str, start: np.ndarray, end: np.ndarray, steps: int = 8) -> np.ndarray:
    """Images on the way from one code (latent,) to another, both included.

    Along the straight line where codes come from an encoder, else along the great circle (White 2016), as in
    the figures of this site.
    """
    import numpy as np

    from generate import inference

    return inference.walk(load(name), np.stack([start, end]), steps)


def _run(name: str) -> Run:
    from generate.experiments import RUNS
    from generate.pipeline.registry import find

    return find(RUNS, name, "run")
