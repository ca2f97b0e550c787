"""Figures of the chapter "On a line"."""
