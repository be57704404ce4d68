"""The affine map of sparse rows: a bag of the weights' rows, each times its value, summed.

A text of ten words has ten columns out of thousands; y = x W + b touches only those. The rows are given as
the three arrays of a compressed matrix and are constants: a gradient of them would cost as much as all the
rest, and nothing stands before the data.

Shapes: index and value (n_entries,), offset (batch + 1,), W (n_columns, n_out) → y (batch, n_out).

Reference: A. Joulin, E. Grave, P. Bojanowski & T. Mikolov 2017, *Bag of Tricks for Efficient Text
Classification*, arXiv 1607.01759 (texts as bags of their words' rows).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from models.layers.affine import Affine
from models.types import Array, Pullback


def bag(p: Affine, *, index: Array, value: Array, offset: Array) -> tuple[Array, Pullback]:
    """Return ``x @ weight + bias``, (batch, n_out), for sparse rows ``x`` of ``len(weight)`` columns.

    Row k holds ``value`` in the columns ``index``, both from ``offset[k]`` to ``offset[k + 1]``; a column
    that comes twice counts twice; ``offset`` is (batch + 1,). Values take the parameters' dtype.
    """
    filled = value.astype(p.weight.dtype, copy=False)
    x = csr_array((filled, index, offset), shape=(len(offset) - 1, len(p.weight)))

    def pull_bag(dy: Array, out: Affine | None = None) -> tuple[Affine]:
        dp = Affine(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        np.copyto(dp.weight, x.T @ dy)  # (n_in, n_out); columns that no row holds get 0
        np.sum(dy, axis=0, out=dp.bias)  # (n_out,)
        return (dp,)

    return x @ p.weight + p.bias, pull_bag
