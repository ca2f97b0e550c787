"""One decoder for all: what makes the families comparable."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from generate.experiments import AE_2D, AE_16D, CGAN_16D, GAN_2D, GAN_16D, SHARED, VAE_2D, VAE_16D, Run
from generate.models.decoder import Decoder, Encoder

FAMILIES = {2: (AE_2D, VAE_2D, GAN_2D), 16: (AE_16D, VAE_16D, GAN_16D)}


def networks(run: Run) -> dict[str, nn.Module]:
    return dict(run.model.learner(run.optimisation).model.named_children())


def parameters(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


@pytest.mark.parametrize("latent", FAMILIES)
def test_every_family_has_the_same_decoder(latent: int) -> None:
    ae, vae, gan = (networks(run) for run in FAMILIES[latent])
    decoders = [ae["decoder"], vae["decoder"], gan["generator"]]
    assert {type(network) for network in decoders} == {Decoder}
    assert {str(network) for network in decoders} == {str(Decoder(latent))}
    assert {type(network["encoder"]) for network in (ae, vae)} == {Encoder}


def test_every_family_gets_the_same_budget_and_schedule_but_for_rate_and_momentum() -> None:
    settings = {run.optimisation for runs in FAMILIES.values() for run in runs}
    own = {"learning_rate": 1.0, "betas": (0.0, 0.0)}
    assert {replace(setting, **own) for setting in settings} == {replace(SHARED, **own)}


@pytest.mark.parametrize("run", [*FAMILIES[2], *FAMILIES[16], CGAN_16D], ids=lambda run: run.name)
def test_networks_are_small_enough_for_a_browser(run: Run) -> None:
    assert all(parameters(network) < 400_000 for network in networks(run).values())


def test_the_decoder_makes_images_and_the_encoder_reads_them() -> None:
    logits = Decoder(5)(torch.randn(3, 5))
    assert logits.shape == (3, 1, 28, 28)
    assert Encoder(7)(logits.sigmoid()).shape == (3, 7)


@pytest.mark.parametrize("run", FAMILIES[2], ids=lambda run: run.name)
def test_an_image_is_the_decoders_logits_as_probabilities(run: Run) -> None:
    model = run.model.learner(run.optimisation).model.eval()
    decoder, codes = networks(run), torch.randn(3, 2)
    own = model.generator if "generator" in decoder else model.decoder
    torch.testing.assert_close(model.decode(codes), torch.sigmoid(own(codes)))


@pytest.mark.parametrize("network", [Decoder(2), Encoder(2)], ids=["decoder", "encoder"])
def test_no_convolution_runs_above_14_by_14(network: nn.Module) -> None:
    sizes = []
    for layer in network:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.register_forward_hook(lambda _, __, output: sizes.append(output.shape[-1]))
    network(torch.zeros(2, 2) if isinstance(network, Decoder) else torch.zeros(2, 1, 28, 28))
    assert max(sizes) == 14
