"""The steps of a run as plain functions: paths in, paths and counts out."""
