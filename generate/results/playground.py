"""What the playground computes with in the reader's browser: networks, test digits, orders of dimensions."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.classes import class_probabilities
from generate.experiments import AE_2D, AE_16D, CLASSIFIER, GAN_2D, GAN_16D, VAE_2D, VAE_16D
from generate.models.line import (
    BATCH,
    BETA,
    DATA,
    GAMMA,
    MLP,
    SIGMA,
    LineAE,
    LineGAN,
    LineVAE,
    discriminator_losses,
    generator_loss,
)
from generate.models.small import (
    LATENT,
    LEVELS,
    SIDE,
    ae_loss,
    nats,
    packed,
    perceptron,
    shrunk,
    vae_losses,
)
from generate.pipeline.registry import result
from generate.results.parts.common import fixed_digits, fixed_latents, inverted, pixels
from generate.results.parts.export import Arrays, folded
from generate.training.finished import Course, Trained

PROBES = 2  # inputs whose outputs come with a network, so that whoever computes it can check itself
PICKED = 5  # test images of each digit to choose from
REACH = 1.0  # how far a dimension is moved either way to see how much it matters
MOVED = 500  # latents in which it is moved
DOTS = 2_000  # of the GAN's plane in training, as many as there are codes of the others
SMALL = 5_000  # training images that the browser learns from, or shows
SHOWN = 0.12  # the share of them that it shows, and does not learn from
EDGE = 1e-4  # how near to none or full a mean pixel may be: where no digit has had ink, another may
NARROW = 12  # units of a hidden layer where only gradients are compared


@result(model=AE_2D)
def ae_2d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 2-D autoencoder."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=VAE_2D)
def vae_2d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 2-D VAE."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=GAN_2D)
def gan_2d(model: Trained) -> Arrays:
    """The generator of the 2-D GAN."""
    return _decoder(model.network.generator, fixed_latents(PROBES, 2, model.device))


@result(model=AE_16D)
def ae_16d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 16-D autoencoder."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=VAE_16D)
def vae_16d(data: Dataset, model: Trained) -> Arrays:
    """The decoder of the 16-D VAE."""
    return _decoder(model.network.decoder, _codes(model, data))


@result(model=GAN_16D)
def gan_16d(model: Trained) -> Arrays:
    """The generator of the 16-D GAN."""
    return _decoder(model.network.generator, fixed_latents(PROBES, 16, model.device))


@result(model=AE_2D)
def ae_2d_encoder(data: Dataset, model: Trained) -> Arrays:
    """The encoder of the 2-D autoencoder."""
    return _checked(model.network.encoder, _images(data, model))


@result(model=VAE_2D)
def vae_2d_encoder(data: Dataset, model: Trained) -> Arrays:
    """The encoder of the 2-D VAE: two means, then two log-variances."""
    return _checked(model.network.encoder, _images(data, model))


@result(model=AE_16D)
def ae_16d_encoder(data: Dataset, model: Trained) -> Arrays:
    """The encoder of the 16-D autoencoder."""
    return _checked(model.network.encoder, _images(data, model))


@result(model=VAE_16D)
def vae_16d_encoder(data: Dataset, model: Trained) -> Arrays:
    """The encoder of the 16-D VAE: 16 means, then 16 log-variances."""
    return _checked(model.network.encoder, _images(data, model))


@result(model=CLASSIFIER)
def classifier(data: Dataset, model: Trained) -> Arrays:
    """The digit classifier, up to its probabilities."""
    network = model.network
    return _checked(nn.Sequential(*network.body, network.head), _images(data, model), "softmax")


@result(ae_2d=AE_2D, vae_2d=VAE_2D, ae_16d=AE_16D, vae_16d=VAE_16D, gan_16d=GAN_16D)
def digits(data: Dataset, **models: Trained) -> dict[str, object]:
    """The first test images of each digit and their codes in every model; the GAN's are found by search."""
    images = fixed_digits(data, "cpu", PICKED)
    values: dict[str, object] = {
        "images": pixels(images),
        "labels": np.repeat(np.arange(10, dtype=np.uint8), PICKED),
    }
    for name, run in models.items():
        network, given = run.network, images.to(run.device)
        with torch.no_grad():
            codes = network.encode(given) if hasattr(network, "encode") else None
        values[name] = (inverted(run, given) if codes is None else codes).cpu().numpy()
    return values


@result(vae=VAE_16D, gan=GAN_16D)
def dimensions(**models: Trained) -> dict[str, object]:
    """How much each dimension matters: the squared difference of images that moving it makes."""
    values: dict[str, object] = {}
    for name, run in models.items():
        network = run.network
        latents = fixed_latents(run.some(MOVED), network.latent, run.device)
        steps = REACH * torch.eye(network.latent, device=run.device)
        ends = ([in_chunks(network.decode, latents + by * step) for by in (-1, 1)] for step in steps)
        values[name] = np.array([(b - a).square().sum((1, 2, 3)).mean().item() for a, b in ends])
    return values


@result(gan=GAN_2D, judge=CLASSIFIER)
def gan_training(gan: Course, judge: Trained) -> dict[str, object]:
    """What fixed latents of the 2-D GAN are read as at every snapshot of its training."""
    latents = fixed_latents(DOTS, 2, gan.device)
    moments = [
        (seen, class_probabilities(judge.network, in_chunks(network.decode, latents)).argmax(1))
        for seen, network in gan.snapshots()
    ]
    return {
        "latents": latents.cpu().numpy().astype(np.float16),
        "images_seen": np.array([seen for seen, _ in moments]),
        "labels": torch.stack([read for _, read in moments]).cpu().numpy().astype(np.uint8),
    }


@result()
def line_gradients() -> dict[str, object]:
    """What PyTorch's gradients are for the toy of ``generate.models.line``, to compare others with.

    Four networks as they begin, float32: ``ae_encoder`` (2 -> 64 -> 64 -> 1), ``vae_encoder`` (2 -> 64 -> 64
    -> 2: mean, log-variance), ``decoder`` (1 -> 64 -> 64 -> 2; both autoencoders' and the generator) and
    ``discriminator`` (2 -> 64 -> 64 -> 1: a logit). Layers i = 0, 1, 2, ReLU after 0 and 1:
    ``<network>_weight_<i>`` (out, in) and ``<network>_bias_<i>`` (out,).

    Inputs: ``points`` (128, 2) of the two moons; ``noise`` (128, 1), the VAE's epsilon; ``latents`` (128, 1),
    the generator's. Scalars ``sigma``, ``beta``, ``gamma``.

    Losses, a scalar ``<case>_loss`` each, and gradients of every weight of the networks that move,
    ``<case>_<network>_weight_<i>`` and ``<case>_<network>_bias_<i>``, shaped like the weights:

    - ``ae`` (ae_encoder, decoder): mean of |x - x_hat|^2 / (2 sigma^2);
    - ``vae`` (vae_encoder, decoder): the same from mean + exp(log_variance / 2) * noise, plus beta * KL;
      ``vae_reconstruction`` and ``vae_kl`` are its parts;
    - ``told`` (discriminator): mean softplus(-D(points)) + mean softplus(D(made)), made = decoder(latents);
    - ``penalty`` (discriminator): gamma / 2 * (mean |dD/dx|^2 at points + the same at made);
    - ``discriminator`` (discriminator): the sum of these two, which is what it descends;
    - ``generator`` (decoder): mean softplus(-D(decoder(latents))), by the discriminator as it begins;
    - ``saturating`` (decoder): mean -softplus(D(decoder(latents))) = mean log(1 - sigmoid(D)).

    Computed in float64 from the float32 numbers stored, so that errors are the other side's.
    """
    chance = torch.Generator().manual_seed(0)
    points = DATA["moons"].draw(BATCH, chance)[None].double()
    noise, latents = (torch.randn(1, BATCH, 1, generator=chance).double() for _ in range(2))
    ae, vae, gan = LineAE(1).double(), LineVAE(1).double(), LineGAN(1).double()
    # All three begin with the same decoder: the first weights drawn of the same seed.
    decoder, discriminator = gan.decoder, gan.discriminator
    reconstruction, kl = vae.losses(points, noise)
    told, slopes = discriminator_losses(discriminator, points, decoder(latents).detach())
    penalty = 0.5 * GAMMA * slopes
    logits = discriminator(decoder(latents))
    cases: dict[str, tuple[Tensor, dict[str, MLP]]] = {
        "ae": (ae.loss(points), {"ae_encoder": ae.encoder, "decoder": ae.decoder}),
        "vae": (reconstruction + BETA * kl, {"vae_encoder": vae.encoder, "decoder": vae.decoder}),
        "told": (told, {"discriminator": discriminator}),
        "penalty": (penalty, {"discriminator": discriminator}),
        "discriminator": (told + penalty, {"discriminator": discriminator}),
        "generator": (generator_loss(logits, saturating=False), {"decoder": decoder}),
        "saturating": (generator_loss(logits, saturating=True), {"decoder": decoder}),
    }
    values: dict[str, object] = {"sigma": SIGMA, "beta": BETA, "gamma": GAMMA}
    values |= {"vae_reconstruction": reconstruction.item(), "vae_kl": kl.item()}
    for name, given in (("points", points), ("noise", noise), ("latents", latents)):
        values[name] = _single(given)
    for case, (loss, networks) in cases.items():
        values[f"{case}_loss"] = loss.item()
        for network, mlp in networks.items():
            named = _named(mlp)
            slopes_of = torch.autograd.grad(
                loss.sum(), [*named.values()], retain_graph=True, allow_unused=True
            )
            for (part, weight), slope in zip(named.items(), slopes_of, strict=True):
                values[f"{network}_{part}"] = _single(weight)
                # A penalty on slopes does not move the last bias, nor anything that only shifts the logit.
                values[f"{case}_{network}_{part}"] = _single(
                    torch.zeros_like(weight) if slope is None else slope
                )
    return values


@result()
def small_digits(data: Dataset) -> dict[str, object]:
    """Training digits of 14 x 14 pixels, from which the browser trains an autoencoder and a VAE.

    ``pixels`` (98, N) uint8: a row for each pair of pixels, the first in the upper four bits, each a level of
    ink from 0 to ``levels``, the rounded mean of 2 x 2 pixels. ``labels`` (N,). ``side``: 14; ``digits``: N;
    ``held``: how many of them, the last, are shown and not learnt from. What these cost in nats a digit:
    ``mean_nats`` if the mean of all others is the answer, ``grey_nats`` if they are themselves.
    """
    split = data.train.first(SMALL)
    levels = shrunk(split.images)
    held = round(SHOWN * len(split))
    learnt, shown = torch.split(levels.double() / LEVELS, [len(split) - held, held])
    return {
        "pixels": packed(levels),
        "labels": split.labels.numpy().astype(np.uint8),
        "digits": len(split),
        "held": held,
        "levels": LEVELS,
        "side": SIDE,
        "mean_nats": nats(shown, learnt.mean(0).clamp(EDGE, 1 - EDGE)),
        "grey_nats": nats(shown, shown),
    }


@result()
def small_gradients() -> dict[str, object]:
    """What PyTorch's gradients are for the losses of ``generate.models.small``, to compare others with.

    Three narrow networks as they begin, float32: ``ae_encoder`` (196 -> 12 -> 12 -> 2), ``vae_encoder`` (196
    -> 12 -> 12 -> 4: means, log-variances) and ``decoder`` (2 -> 12 -> 12 -> 196: logits) of both. Layers i =
    0, 1, 2, ReLU after 0 and 1: ``<network>_weight_<i>`` (out, in) and ``<network>_bias_<i>`` (out,).

    Inputs: ``images`` (12, 196), grey by chance in [0, 1]; ``noise`` (12, 2), the VAE's epsilon; ``beta``.

    Losses in nats an image, a scalar ``<case>_loss`` each, and gradients ``<case>_<network>_weight_<i>`` and
    ``<case>_<network>_bias_<i>``, shaped like the weights:

    - ``ae`` (ae_encoder, decoder): the cross-entropy of the pixels;
    - ``vae`` (vae_encoder, decoder): the same from mean + exp(log_variance / 2) * noise, plus beta * KL;
      ``vae_reconstruction`` and ``vae_kl`` are its parts.

    Computed in float64 from the float32 numbers stored, so that errors are the other side's.
    """
    chance = torch.Generator().manual_seed(0)
    pixels, hidden = SIDE * SIDE, (NARROW, NARROW)
    images, noise = torch.rand(12, pixels, generator=chance), torch.randn(12, LATENT, generator=chance)
    networks = {
        "ae_encoder": perceptron((pixels, *hidden, LATENT), chance).double(),
        "vae_encoder": perceptron((pixels, *hidden, 2 * LATENT), chance).double(),
        "decoder": perceptron((LATENT, *hidden, pixels), chance).double(),
    }
    ae_encoder, vae_encoder, decoder = networks.values()
    beta = 0.5  # neither nothing nor one, at which a factor that is missing would not be felt
    reconstruction, kl = vae_losses(vae_encoder, decoder, images.double(), noise.double())
    losses = {"ae": ae_loss(ae_encoder, decoder, images.double()), "vae": reconstruction + beta * kl}
    values: dict[str, object] = {"images": images.numpy(), "noise": noise.numpy(), "beta": beta}
    values |= {"vae_reconstruction": reconstruction.item(), "vae_kl": kl.item()}
    for name, network in networks.items():
        values |= {f"{name}_{part}": weight for part, weight in _floats(_layers(network)).items()}
    for case, loss in losses.items():
        values[f"{case}_loss"] = loss.item()
        for name in (f"{case}_encoder", "decoder"):
            weights = _layers(networks[name])
            slopes = torch.autograd.grad(loss, [*weights.values()], retain_graph=True)
            named = _floats(dict(zip(weights, slopes, strict=True)))
            values |= {f"{case}_{name}_{part}": slope for part, slope in named.items()}
    return values


def _layers(network: nn.Sequential) -> dict[str, Tensor]:
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    return {
        f"{part}_{place}": getattr(layer, part)
        for place, layer in enumerate(linear)
        for part in ("weight", "bias")
    }


def _floats(tensors: dict[str, Tensor]) -> Arrays:
    return {name: tensor.detach().float().numpy() for name, tensor in tensors.items()}


def _named(mlp: MLP) -> dict[str, Tensor]:
    kinds = {"weight": mlp.weights, "bias": mlp.biases}
    return {f"{kind}_{place}": weight for kind, kept in kinds.items() for place, weight in enumerate(kept)}


def _single(stacked: Tensor) -> np.ndarray:
    """The only member's numbers, (1, ...) to (...)."""
    return np.asarray(stacked[0].detach().float().numpy())


def _images(data: Dataset, model: Trained) -> Tensor:
    return fixed_digits(data, model.device)[:PROBES]


def _codes(model: Trained, data: Dataset) -> Tensor:
    with torch.no_grad():
        codes: Tensor = model.network.encode(_images(data, model))
    return codes


def _decoder(network: nn.Sequential, codes: Tensor) -> Arrays:
    return _checked(network, codes, "sigmoid")


def _checked(network: nn.Sequential, inputs: Tensor, ending: str = "") -> Arrays:
    """The network's arrays, with ``inputs`` (N, ...) and the ``outputs`` (N, ...) PyTorch has for them."""
    with torch.no_grad():
        outputs: Tensor = network(inputs).float()
    if ending:
        outputs = outputs.sigmoid() if ending == "sigmoid" else outputs.softmax(1)
    return folded(network, ending) | {
        "inputs": inputs.cpu().numpy().astype(np.float32),
        "outputs": outputs.cpu().numpy().astype(np.float32),
    }
