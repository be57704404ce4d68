"""The affine map, the layer in every net."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array, Pullback


class Affine(NamedTuple):
    """The parameters of an affine map."""

    weight: Array  # (n_in, n_out)
    bias: Array  # (n_out,)


def affine(p: Affine, x: Array) -> tuple[Array, Pullback]:
    """Return ``x @ weight + bias`` for ``x`` of shape (batch, n_in)."""

    def pull_affine(dy: Array, out: Affine | None = None) -> tuple[Affine, Array]:
        dp = Affine(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        np.matmul(x.T, dy, out=dp.weight)  # (n_in, n_out)
        np.sum(dy, axis=0, out=dp.bias)  # (n_out,)
        return dp, dy @ p.weight.T

    return x @ p.weight + p.bias, pull_affine
