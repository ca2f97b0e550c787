"""Directions found without labels, from what the decoder's first layer does."""

from __future__ import annotations

import torch
from torch import Tensor


def closed_form(weight: Tensor) -> Tensor:
    """Unit directions (d, d), strongest first: those that move the first layer's outputs most.

    Eigenvectors of A^T A for the layer's weight A (outputs, d) (SeFa: Shen & Zhou 2021, eq. 5).
    """
    directions: Tensor = torch.linalg.svd(weight.double(), full_matrices=False).Vh
    return directions.to(weight)


def principal_activations(codes: Tensor, activations: Tensor) -> Tensor:
    """Unit directions (d, d), strongest first: along which typical codes (N, d) vary activations (N, ...).

    The principal components of the activations, each carried back to the latent space by least squares
    (GANSpace: Härkönen et al. 2020, section 2.1).
    """
    centred, hidden = codes - codes.mean(0), activations.flatten(1).double()
    hidden = hidden - hidden.mean(0)
    _, _, components = torch.linalg.svd(hidden, full_matrices=False)
    places = hidden @ components[: codes.shape[1]].T
    back = torch.linalg.lstsq(places / places.std(0).clamp_min(1e-9), centred.double()).solution
    return torch.nn.functional.normalize(back, dim=1).to(codes)
