"""Figures of the chapter on the variational autoencoder."""

from generate.figures.vae import model, space, sweeps

__all__ = ["model", "space", "sweeps"]
