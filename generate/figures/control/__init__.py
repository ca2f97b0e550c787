"""Figures of the chapter on control of the latent space."""

from generate.figures.control import directions, walks

__all__ = ["directions", "walks"]
