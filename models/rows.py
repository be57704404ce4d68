"""Rows, labels and targets as they come in, checked once at the door of every estimator, and their scale.

Some of the words are those that scikit-learn's suite looks for.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from models.errors import DataConversionWarning, InputError
from models.types import Array, Flags

ROUNDING = 4  # steps of the type between numbers that are meant to be one


def check_rows(x: Any, *, n_features: int | None = None, where: str, keep_float32: bool = False) -> Array:
    """Return ``x`` as finite rows (n_rows, n_features), float64, or raise ``InputError``.

    ``n_features`` is how wide they have to be, if that is known; with ``keep_float32`` float32 rows stay
    so. Raises what NumPy raises for a cell that is not a number.
    """
    if hasattr(x, "toarray"):
        raise InputError(
            "The rows are sparse", where=where, remedy="Sparse data is not taken: use x.toarray()."
        )
    rows = np.asarray(x)
    if rows.dtype.kind == "c":
        raise InputError("Complex data not supported", where=where, remedy="Give real numbers.")
    if not (keep_float32 and rows.dtype == np.float32):
        rows = rows.astype(np.float64, copy=False)
    if rows.ndim != 2 or len(rows) == 0:
        raise InputError(
            f"The rows have the shape {rows.shape}",
            where=where,
            remedy="Reshape your data: filled, (n_rows, n_features).",
        )
    if rows.shape[1] == 0:
        raise InputError(
            f"The rows have 0 feature(s) (shape={rows.shape}) while a minimum of 1 is required",
            where=where,
            remedy="Give at least one column.",
        )
    if n_features is not None and rows.shape[1] != n_features:
        raise InputError(
            f"X has {rows.shape[1]} features, but {where} is expecting {n_features} features as input",
            where=where,
            remedy=f"Give the {n_features} that it was fitted with.",
        )
    if not np.isfinite(rows).all():
        raise InputError("The rows hold NaN or infinity", where=where, remedy="Leave such rows out.")
    return rows


def find_still(rows: Array) -> Flags:
    """Return which columns of ``rows (n_rows, n_features)`` never vary, but for rounding.

    Their computed spread is no test: that of a hundred times 0.1 is 3e-17, and what is divided by it is lost.
    """
    low, high = rows.min(axis=0), rows.max(axis=0)
    step = np.finfo(rows.dtype).eps * np.maximum(np.abs(low), np.abs(high))
    with np.errstate(over="ignore"):
        still: Flags = high - low <= ROUNDING * step
    return still


def find_scale(rows: Array, *, where: str) -> tuple[Array, Array]:
    """Return the mean and the spread of each column; of one that is still, its number and 1.

    Added up in float64, returned in the rows' type. Columns whose squares are too small for float64, below
    about 1e-160, pass for still ones. Raises ``InputError`` for numbers whose squares are beyond it.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        mean = rows.mean(axis=0, dtype=np.float64).astype(rows.dtype)
        spread = rows.std(axis=0, dtype=np.float64).astype(rows.dtype)
    still = find_still(rows) | (spread == 0)
    mean, scale = np.where(still, rows[0], mean), np.where(still, np.ones_like(spread), spread)
    if not (np.isfinite(mean) & np.isfinite(scale)).all():
        raise InputError(
            f"The squares of the numbers are beyond {rows.dtype}",
            where=where,
            remedy="Give the columns in another unit.",
        )
    return mean, scale


def check_labels(y: Any, n_rows: int, *, where: str) -> tuple[Array, Array]:
    """Return the classes in order and each row's class number; raise ``InputError`` for a bad ``y``."""
    labels = check_one_a_row(y, n_rows, "labels", where=where)
    if labels.dtype.kind in "fc" and not (np.isfinite(labels) & (labels == np.round(labels))).all():
        raise InputError("The labels are continuous", where=where, remedy="Give words or whole numbers.")
    try:
        classes, numbers = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise InputError(
            "Unknown label type: they have no order",
            where=where,
            remedy="Give words or whole numbers, not both.",
        ) from error
    if len(classes) < 2:
        raise InputError("All labels are one class", where=where, remedy="Give rows of two or more classes.")
    return classes, numbers


def check_targets(y: Any, n_rows: int, *, where: str) -> Array:
    """Return ``y`` as finite float64 targets (n_rows,), or raise ``InputError``."""
    targets = check_one_a_row(y, n_rows, "targets", where=where).astype(np.float64)
    if not np.isfinite(targets).all():
        raise InputError("The targets hold NaN or infinity", where=where, remedy="Leave such rows out.")
    return targets


def check_one_a_row(y: Any, n_rows: int, what: str, *, where: str) -> Array:
    """Return ``y`` as (n_rows,), a column with a warning, or raise ``InputError``; ``what`` names it."""
    if y is None:
        raise InputError(
            f"{where} requires y to be passed, but the target y is None",
            where=where,
            remedy="Call fit(x, y).",
        )
    values = np.asarray(y)
    if values.shape == (n_rows, 1):
        warnings.warn(
            "A column-vector y was passed when a 1d array was expected. It is taken as one a row.",
            DataConversionWarning,
            stacklevel=6,  # who called fit
        )
        values = values[:, 0]
    if values.shape != (n_rows,):
        raise InputError(
            f"{n_rows} rows have {what} of the shape {values.shape}", where=where, remedy="Give one a row."
        )
    return values
