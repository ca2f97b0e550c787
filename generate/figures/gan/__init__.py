"""Figures of the chapter on the generative adversarial network."""

from generate.figures.gan import games, model, paths

__all__ = ["games", "model", "paths"]
