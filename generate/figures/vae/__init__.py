"""Figures of the chapter on the variational autoencoder."""

from generate.figures.vae import codes, model, space, sweeps

__all__ = ["codes", "model", "space", "sweeps"]
