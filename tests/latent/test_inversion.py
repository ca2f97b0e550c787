"""Finding the latent of an image."""

from __future__ import annotations

import torch

from generate.latent.inversion import invert


def decoder(latent: int = 3):
    mixing = torch.randn(latent, 784, generator=torch.Generator().manual_seed(1)) / latent
    return lambda codes: (codes @ mixing).view(-1, 1, 28, 28).sigmoid()


def test_the_latent_of_an_image_is_found_again() -> None:
    generator = torch.Generator().manual_seed(0)
    decode, latents = decoder(), torch.randn(4, 3, generator=generator)
    candidates = torch.randn(200, 3, generator=generator)
    found = invert(decode, decode(latents), candidates)
    torch.testing.assert_close(found, latents, atol=0.02, rtol=0)
    assert not found.requires_grad


def test_the_best_candidate_is_kept_without_any_step() -> None:
    decode, candidates = decoder(), torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    found = invert(decode, decode(candidates[[7, 31]]), candidates, steps=0)
    assert torch.equal(found, candidates[[7, 31]])


def test_steps_bring_the_decode_nearer() -> None:
    generator = torch.Generator().manual_seed(0)
    decode, images = decoder(), torch.rand(3, 1, 28, 28, generator=generator)
    candidates = torch.randn(20, 3, generator=generator)
    errors = [(decode(invert(decode, images, candidates, steps=n)) - images).square().mean() for n in (0, 20)]
    assert errors[1] < errors[0]
