"""Gradients kept within bounds, in place, before the optimizer sees them.

``train(…, clip=partial(clip_by_norm, limit=1.0))`` clips the whole flat gradient at each step.

Reference: R. Pascanu, T. Mikolov & Y. Bengio 2013, *On the Difficulty of Training Recurrent Neural Networks*,
arXiv 1211.5063, algorithm 1.
"""

from __future__ import annotations

import math

import numpy as np

from models.types import Array


def clip_by_norm(gradient: Array, *, limit: float) -> None:
    """Shorten ``gradient`` to the length ``limit`` if it is longer; its direction stays.

    One that holds NaN or infinity has no direction: it stays, or turns to NaN.
    """
    norm = math.sqrt(np.vdot(gradient, gradient))
    if norm == math.inf:  # its square is beyond the type, it is not: measured in units of its largest part
        unit = float(max(gradient.max(), -gradient.min()))
        np.divide(gradient, unit, out=gradient)
        norm = math.sqrt(np.vdot(gradient, gradient))
        np.multiply(gradient, min(unit, limit / norm), out=gradient)
    elif norm > limit:
        np.multiply(gradient, limit / norm, out=gradient)


def clip_by_value(gradient: Array, *, limit: float) -> None:
    """Bring every part of ``gradient`` between −``limit`` and ``limit``; its direction may turn."""
    np.clip(gradient, -limit, limit, out=gradient)
