"""Projections: rows seen along the directions in which they differ."""
