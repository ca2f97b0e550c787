"""The distribution a VAE expects its codes to have: N(0, I), or one that is learned."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Prior(nn.Module):
    """p(z): standard normal noise sent through ``couplings`` invertible layers; without any, N(0, I).

    Each coupling shifts and scales half of the dimensions as the other half says, and lets the halves
    change places (real NVP: Dinh et al. 2017, eq. 7 and 8). Learned together with the VAE (Chen et al.
    2017), the chain moves the prior to where the posteriors are.
    """

    def __init__(self, latent: int, couplings: int = 0) -> None:
        super().__init__()
        self.given = latent // 2
        self.couplings = nn.ModuleList(_conditioner(latent) for _ in range(couplings))

    def forward(self, noise: Tensor) -> Tensor:
        """Draws of N(0, I) (..., latent) as draws of p(z), same shape."""
        for conditioner in list(self.couplings)[::-1]:
            given, changed = self._halves(noise.roll(-self.given, -1))
            shift, log_scale = _affine(conditioner(given))
            noise = torch.cat([given, changed * (-log_scale).exp() - shift], dim=-1)
        return noise

    def log_density(self, codes: Tensor) -> Tensor:
        """Log p(z) of codes (..., latent), in nats: (...)."""
        stretched = torch.zeros(codes.shape[:-1], device=codes.device)
        for conditioner in self.couplings:
            given, changed = self._halves(codes)
            shift, log_scale = _affine(conditioner(given))
            codes = torch.cat([given, (changed + shift) * log_scale.exp()], dim=-1).roll(self.given, -1)
            stretched = stretched + log_scale.sum(-1)
        return log_normal(codes) + stretched

    def _halves(self, values: Tensor) -> tuple[Tensor, Tensor]:
        return values[..., : self.given], values[..., self.given :]


def prior_draws(model: nn.Module, noise: Tensor) -> Tensor:
    """Draws of N(0, I) as draws of the prior that a model learned; the same noise if it learned none."""
    prior = getattr(model, "prior", None)
    return prior(noise) if isinstance(prior, Prior) and prior.couplings else noise


def _conditioner(latent: int, width: int = 128) -> nn.Sequential:
    """What reads one half of the dimensions and moves the other; at first not at all."""
    last = nn.Linear(width, 2 * (latent - latent // 2))
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(latent // 2, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), last)


def _affine(chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Shift and log-scale, the latter kept within two nats: an outlier must not blow up the density."""
    shift, log_scale = chosen.float().chunk(2, dim=-1)
    return shift, 2 * torch.tanh(log_scale / 2)


def log_normal(values: Tensor) -> Tensor:
    """Log-density of N(0, I) at values (..., d), in nats: (...)."""
    return -0.5 * (values.square().sum(-1) + values.shape[-1] * math.log(2 * math.pi))
