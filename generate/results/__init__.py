"""What is measured: one module a chapter, one function a result."""

from generate.results import autoencoder, compare, cost, data, gan, scores, vae

__all__ = ["autoencoder", "compare", "cost", "data", "gan", "scores", "vae"]
