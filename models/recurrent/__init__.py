"""Cells that read a sequence step by step, the scan that runs any of them, and a cell that reads a map."""
