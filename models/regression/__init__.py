"""Regression: numbers from numbers."""
