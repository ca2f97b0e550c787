"""Figures of the chapter on the variational autoencoder."""

from generate.figures.vae import codes, model, space, split, sweeps

__all__ = ["codes", "model", "space", "split", "sweeps"]
