"""What the variational autoencoder learned."""

from generate.results.vae import model, space, sweeps

__all__ = ["model", "space", "sweeps"]
