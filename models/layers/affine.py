"""The affine map, the layer in every net.

    y = x W + b
        dW = xᵀ dy,  db = Σ dy over the rows,  dx = dy Wᵀ

Shapes: x (batch, n_in), W (n_in, n_out), b (n_out,) → y (batch, n_out).

Reference: M. B. Giles 2008, *Collected Matrix Derivative Results for Forward and Reverse Mode Algorithmic
Differentiation*, sec. 2.2 (the product).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array, Pullback


class Affine(NamedTuple):
    """The parameters of an affine map."""

    weight: Array  # (n_in, n_out)
    bias: Array  # (n_out,)


def affine(p: Affine, x: Array, *, pull_input: bool = True) -> tuple[Array, Pullback]:
    """Return ``x @ weight + bias`` for ``x`` of shape (batch, n_in), in the type of the weight.

    Where ``x`` is data, which nobody moves, ``pull_input=False`` gives None as its gradient.
    """
    x = np.asarray(x, p.weight.dtype)
    y = x @ p.weight
    np.add(y, p.bias, out=y)

    def pull_affine(dy: Array, out: Affine | None = None) -> tuple[Affine, Array | None]:
        dp = Affine(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        np.matmul(x.T, dy, out=dp.weight)  # (n_in, n_out)
        np.add.reduce(dy, axis=0, out=dp.bias)  # (n_out,)
        if not pull_input:
            return dp, None
        # Of one output the product has no sums, and a plain product gives the same bits faster.
        return dp, dy * p.weight.T if p.weight.shape[1] == 1 else dy @ p.weight.T

    return y, pull_affine
