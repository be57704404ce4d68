"""Rows that are nearly all zero, as three arrays: columns, values, and where each row begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.features.arrays import Ints


@dataclass(frozen=True, slots=True)
class SparseRows:
    """The compressed rows of a matrix (n, n_columns): row k is ``index`` and ``value`` from ``offset[k]``."""

    index: NDArray[np.int32]  # (n_filled,) columns, ascending within a row, each once
    value: NDArray[np.float32]  # (n_filled,)
    offset: Ints  # (n + 1,) from 0 to n_filled
    n_columns: int

    @property
    def n_rows(self) -> int:
        """The number of rows, empty ones among them."""
        return len(self.offset) - 1

    def take(self, rows: slice | Ints) -> SparseRows:
        """Return these rows in this order: a span of them, or places (k,), from which a batch is made."""
        if isinstance(rows, slice):
            start, stop, step = rows.indices(self.n_rows)
            if step == 1:
                offset = self.offset[start : max(start, stop) + 1]
                filled = slice(int(offset[0]), int(offset[-1]))
                return SparseRows(self.index[filled], self.value[filled], offset - offset[0], self.n_columns)
            rows = np.arange(start, stop, step)
        offset = self.offset
        if len(self.index) < 2**31:  # both of one type, or SciPy copies all of the columns
            offset = offset.astype(self.index.dtype)
        whole = csr_array((self.value, self.index, offset), shape=(self.n_rows, self.n_columns))
        part = whole[np.asarray(rows, np.int64)]
        index, offset = part.indices.astype(np.int32, copy=False), part.indptr.astype(np.int64, copy=False)
        return SparseRows(index, part.data, offset, self.n_columns)

    def fill(self) -> NDArray[np.float32]:
        """Return the whole matrix (n, n_columns), zeros written out: for a few rows only."""
        dense = np.zeros((self.n_rows, self.n_columns), np.float32)
        dense[np.repeat(np.arange(self.n_rows), np.diff(self.offset)), self.index] = self.value
        return dense
