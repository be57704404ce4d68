"""The types of the arrays that features hand to models, and how a column says what it holds."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Dates: TypeAlias = NDArray[np.datetime64]
Ints: TypeAlias = NDArray[np.int64]


class Column(NamedTuple):
    """One column, or several that differ only by a number in their names, and what they hold."""

    names: tuple[str, ...]
    meaning: str


def list_names(columns: tuple[Column, ...]) -> list[str]:
    """Return the names of all columns in order."""
    return [name for column in columns for name in column.names]
