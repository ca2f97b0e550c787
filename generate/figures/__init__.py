"""What is drawn: one module or package a chapter, one function a figure."""

from generate.figures import autoencoder, compare, cost, data, gan, vae

__all__ = ["autoencoder", "compare", "cost", "data", "gan", "vae"]
