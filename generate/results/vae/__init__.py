"""What the variational autoencoder learned."""

from generate.results.vae import model, space, split, sweeps

__all__ = ["model", "space", "split", "sweeps"]
