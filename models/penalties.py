"""Penalties on weights, added to a loss."""

from __future__ import annotations

import numpy as np

from models.types import Array, Pullback


def squared_penalty(weight: Array, *, strength: float) -> tuple[Array, Pullback]:
    """Return ½ · strength · Σ weight², the L2 penalty (ridge)."""

    def pull_squared_penalty(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(weight, strength * d_loss, out=out),)

    return 0.5 * strength * np.sum(weight * weight), pull_squared_penalty
