"""A place in a cycle as sines and cosines, so that its end meets its beginning."""

from __future__ import annotations

import numpy as np

from pipeline.features.arrays import Floats

YEAR_DAYS = 365.2425


def make_waves(phase: Floats, n_harmonics: int) -> list[Floats]:
    """Return sine and cosine of a phase from 0 to 1, once a cycle, then twice, up to ``n_harmonics``."""
    waves = []
    for k in range(1, n_harmonics + 1):
        angle = 2 * np.pi * k * phase
        waves += [np.sin(angle), np.cos(angle)]
    return waves


def name_waves(cycle: str, n_harmonics: int) -> tuple[str, ...]:
    """Return the names of these columns."""
    return tuple(f"{cycle}_{wave}_{k}" for k in range(1, n_harmonics + 1) for wave in ("sin", "cos"))
