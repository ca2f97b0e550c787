"""Figures of the comparison and the scoreboard: one decoder, three objectives."""

from generate.figures.compare import families, measures

__all__ = ["families", "measures"]
