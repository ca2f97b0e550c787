"""What is measured: one module or package a chapter, one function a result."""

from generate.results import autoencoder, compare, control, cost, data, gan, playground, scores, vae

__all__ = ["autoencoder", "compare", "control", "cost", "data", "gan", "playground", "scores", "vae"]
