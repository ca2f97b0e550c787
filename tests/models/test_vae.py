"""The VAE: the analytic KL, the sampling, the bound."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from generate.models import vae
from generate.models.configs import VAEConfig
from generate.models.optimisation import Optimisation
from generate.models.prior import log_normal
from generate.models.vae import VAE, reparameterise


def posteriors() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    mean = 2 * torch.randn(50, 4, generator=generator)
    return mean, 2 * torch.randn(50, 4, generator=generator)


def test_kl_is_that_of_torch_distributions() -> None:
    mean, log_variance = posteriors()
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(vae.kl_divergence(mean, log_variance), expected)


def test_kl_is_zero_at_the_prior_and_positive_elsewhere() -> None:
    assert vae.kl_divergence(torch.zeros(3), torch.zeros(3)).tolist() == [0, 0, 0]
    assert (vae.kl_divergence(*posteriors()) > 0).all()


def test_a_posterior_that_is_nearly_the_prior_has_no_negative_kl() -> None:
    assert (vae.kl_divergence(torch.zeros(100), torch.linspace(-1e-4, 1e-4, 100)) >= 0).all()


def test_samples_have_the_posteriors_mean_and_spread() -> None:
    mean, log_variance = torch.tensor([1.0, -2.0]), torch.tensor([0.0, 1.5])
    noise = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(0))
    samples = reparameterise(mean, log_variance, noise)
    torch.testing.assert_close(samples.mean(0), mean, atol=0.05, rtol=0)
    torch.testing.assert_close(samples.std(0), (log_variance / 2).exp(), atol=0.05, rtol=0)


def test_gradients_reach_mean_and_variance() -> None:
    mean, log_variance = (torch.zeros(16, 2, requires_grad=True) for _ in range(2))
    noise = torch.randn(16, 2, generator=torch.Generator().manual_seed(0))
    reparameterise(mean, log_variance, noise).square().sum().backward()
    assert mean.grad is not None
    assert log_variance.grad is not None
    assert mean.grad.abs().min() > 0
    assert log_variance.grad.abs().min() > 0


@pytest.mark.parametrize("beta", [1.0, 4.0])
def test_the_bound_is_reconstruction_plus_weighted_kl(make_batch, beta: float) -> None:
    losses = VAE(2, beta).losses(make_batch())
    assert next(iter(losses)) == "bound"
    torch.testing.assert_close(losses["bound"], losses["reconstruction"] + beta * losses["kl"])


def test_the_kl_is_summed_over_dimensions_and_averaged_over_images(make_batch) -> None:
    model, batch = VAE(3, 1.0).eval(), make_batch()
    expected = vae.kl_divergence(*model.posterior(batch.images)).sum() / len(batch.images)
    torch.testing.assert_close(model.losses(batch)["kl"], expected)


def test_binary_pixels_are_drawn_anew_and_a_grey_target_is_never_seen(
    make_batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []
    model, batch = VAE(2, binarise=True), make_batch()
    monkeypatch.setattr(model.encoder, "forward", lambda images: seen.append(images) or torch.zeros(16, 4))
    model.losses(batch)
    model.losses(batch)
    assert all(images.unique().tolist() == [0, 1] for images in seen)
    assert not torch.equal(*seen)


@pytest.mark.parametrize("couplings", [0, 2])
def test_weights_average_to_the_elbo(make_batch, couplings: int) -> None:
    model, images = VAE(2, couplings=couplings, channels=8).eval(), make_batch().images
    mean, log_variance = model.posterior(images)
    codes = reparameterise(mean, log_variance, torch.randn(500, 16, 2))
    weights = model.log_weights(images, codes, mean, log_variance)
    assert weights.shape == (500, 16)
    elbo = torch.stack([model.losses(make_batch(seed=seed))["bound"] for seed in range(20)]).mean()
    torch.testing.assert_close(-weights.mean(), elbo, rtol=2e-3, atol=0)


def test_the_sampled_divergence_averages_to_the_analytic_kl() -> None:
    mean, log_variance = (0.5 * parameters for parameters in posteriors())
    noise = torch.randn(20_000, 50, 4, generator=torch.Generator().manual_seed(2))
    found = VAE(4).divergence(reparameterise(mean, log_variance, noise), mean, log_variance).mean(0)
    torch.testing.assert_close(found, vae.kl_divergence(mean, log_variance).sum(1), rtol=0.02, atol=0.05)


def test_a_learned_prior_learns_to_expect_the_codes(make_batch) -> None:
    learner = VAEConfig(2, couplings=2).learner(Optimisation(images_seen=64, learning_rate=1e-2))
    for step in range(20):
        learner.step(make_batch(step=step))
    codes = learner.model.eval().encode(make_batch().images)
    assert learner.model.prior.log_density(codes).mean() > log_normal(codes).mean()


def test_a_code_is_the_posterior_mean(make_batch) -> None:
    model, images = VAE(3, 1.0).eval(), make_batch(4).images
    mean, log_variance = model.posterior(images)
    assert mean.shape == log_variance.shape == (4, 3)
    assert torch.equal(model.encode(images), mean)
    assert model.decode(mean).shape == images.shape


def test_steps_lower_the_bound(make_batch) -> None:
    learner = VAEConfig(2).learner(Optimisation(images_seen=64, precision="float32"))
    losses = [learner.step(make_batch())["bound"].item() for _ in range(4)]
    assert losses[-1] < losses[0] - 5
