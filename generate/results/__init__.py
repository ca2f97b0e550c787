"""What is measured, a file a chapter. Importing this package registers every result."""

from generate.results import autoencoder, compare, cost, data, gan, vae

__all__ = ["autoencoder", "compare", "cost", "data", "gan", "vae"]
