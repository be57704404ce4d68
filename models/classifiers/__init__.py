"""Classifiers: rows in, probabilities of classes out."""
