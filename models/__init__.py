"""Small NumPy models, as values and pullbacks; has never heard of Takeout."""
