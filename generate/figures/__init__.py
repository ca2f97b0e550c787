"""What is drawn: one module or package a chapter, one function a figure."""

from generate.figures import autoencoder, claims, compare, control, cost, data, gan, vae

__all__ = ["autoencoder", "claims", "compare", "control", "cost", "data", "gan", "vae"]
