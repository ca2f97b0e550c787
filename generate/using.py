"""What each verb does that uses trained models: draw, encode, walk, compare."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from generate import inference, pictures
from generate.experiments import AE_16D, GAN_16D, VAE_16D
from generate.pictures import Pictures
from generate.pipeline.errors import UserError
from generate.pipeline.store import write_values
from generate.pipeline.values import Values
from generate.workspace import open_workspace

THREE = (("AE", "ae", AE_16D), ("VAE", "vae", VAE_16D), ("GAN, by search", "gan", GAN_16D))


class Missing(UserError):
    """The command is told too little; the message says what."""


def sample(options: Namespace) -> int:
    """Draw samples; conditional models also write the labels they were asked for."""
    run = options.run
    found = inference.sample(
        open_workspace(), run, options.count, seed=options.seed, label=options.label, prior=options.prior
    )
    if options.out.suffix == ".npz":
        write_values(options.out, found)
    elif options.out.suffix == ".png":
        pictures.write_grid(options.out, found.images)
    else:
        pictures.write_each(options.out, found.images, found.get("labels"))
    print(f"{_images(options.count)} by {run.name} in {options.out}")
    return 0


def encode(options: Namespace) -> int:
    """Write the codes of images (a VAE's are posterior means), or those of the test set with labels."""
    run = options.run
    if not options.out and not options.rebuild:
        raise Missing("where to? --out FILE.npz for the codes, or --rebuild FILE.png for what they make")
    if options.rebuild and not options.images:
        raise Missing("--rebuild draws the images of --images; none were named")
    workspace = open_workspace()
    if not options.images:
        values = inference.encode(workspace, run)
    else:
        read = _read(options.images, options.ink)
        model = inference.load(run, workspace)
        values = Values({"codes": inference.codes(run, model, read.images), "names": np.array(read.names)})
    if options.rebuild:
        pictures.write_pairs(options.rebuild, read.images, inference.decoded(model, values.codes))
        print(f"{_images(len(read.images))} over what {run.name} rebuilds of them in {options.rebuild}")
    if options.out:
        write_values(options.out, values)
        print(f"{len(values.codes)} codes by {run.name} in {options.out}")
    return 0


def interpolate(options: Namespace) -> int:
    """Walk from one image to another through a model's latent space."""
    run = options.run
    ends = np.concatenate([_read([end], options.ink).images[:1] for end in (options.start, options.end)])
    model = inference.load(run, open_workspace())
    images = inference.walk(model, inference.codes(run, model, ends), options.steps)
    if options.out.suffix == ".gif":
        pictures.write_film(options.out, images)
    elif options.out.suffix == ".png":
        pictures.write_grid(options.out, images, columns=len(images))
    else:
        pictures.write_each(options.out, images)
    print(f"{options.steps} images by {run.name} in {options.out}")
    return 0


def traverse(options: Namespace) -> int:
    """Draw what each dimension does alone: a row each, the others as in an image's code, or a draw."""
    run = options.run
    image = _read([options.image], options.ink).images[:1] if options.image else None
    model = inference.load(run, open_workspace())
    code = None if image is None else inference.codes(run, model, image)[0]
    rows = inference.traversal(run, model, code, options.seed, options.steps)
    pictures.write_grid(options.out, rows.reshape(-1, *rows.shape[2:]), columns=options.steps)
    far = inference.REACH
    print(f"{len(rows)} dimensions of {run.name}, each from -{far:g} to {far:g}, in {options.out}")
    return 0


def compare(options: Namespace) -> int:
    """Draw images and what the autoencoder, the VAE and the GAN, each of 16 numbers, rebuild of them."""
    workspace = open_workspace()
    read = _read(options.images, options.ink)
    rows = {"as the models see it": ("real", read.images)}
    for title, role, run in THREE:
        model = inference.load(run, workspace)
        rebuilt = inference.decoded(model, inference.codes(run, model, read.images))
        rows[f"{title}: MSE {np.square(rebuilt - read.images).mean():.4f}"] = (role, rebuilt)
    pictures.write_rows(options.out, rows)
    print(f"{_images(len(read.images))} through all three in {options.out}")
    return 0


def export(options: Namespace) -> int:
    """Write a model for those who have none of this code: ONNX, a state dict, its loader, a model card."""
    workspace = open_workspace()
    from generate import handover

    files = handover.write(workspace, options.run, inference.load(options.run, workspace), options.out)
    print(f"{', '.join(files)} of {options.run.name} in {options.out}")
    return 0


def _read(files: Sequence[Path], ink: str) -> Pictures:
    """The images that were named, and a word on those that were dark on bright."""
    found = pictures.read(files, ink)
    if found.dark:
        print(f"dark on bright, and turned round: {', '.join(found.dark)} (--ink bright if it is not so)")
    return found


def _images(count: int) -> str:
    return f"{count} image{'s' * (count != 1)}"
