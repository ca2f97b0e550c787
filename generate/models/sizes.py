"""Sizes that every family shares."""

CHANNELS = 64  # feature maps of the widest layers
