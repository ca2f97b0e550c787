"""Plugins of MkDocs: what is done to notebooks before, and to finished pages after."""
