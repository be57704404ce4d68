"""Layers: each one function, with its derivative under its formula."""
