"""What every online regressor has: a row is predicted first and learned then, and all of it can be saved.

``z`` is what the formulas see of a row: the constant 1, then the row, standardised by the running mean
and spread of the rows up to and with itself (a row is known before its target) or as it is.

Shapes: a row x (d,), its target a number, z (d + 1,); many rows x (n, d), y (n,).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from math import inf, isfinite
from typing import Any, ClassVar

import numpy as np

from models.errors import InputError
from models.online.restorable import Restorable
from models.online.scale import LARGEST, RunningScale, Sums
from models.types import Array

CHUNK_ROWS = 1024  # rows that are worked on together: memory does not grow with the rows
NEVER_NEGATIVE = ("n_learned", "squares", "scale_n_rows", "scale_squares")


class OnlineRegressor(Restorable):
    """A regressor that lives across calls; its work is float64, since sums of a lifetime need it."""

    STATE: ClassVar[tuple[str, ...]]  # the attributes that learning changes: arrays, or whole numbers
    LEAST_TARGET: ClassVar[float] = -float(np.finfo(float).max)

    def __init__(self, n_features: int, standardise: bool) -> None:
        self.n_features, self.standardise = n_features, standardise
        self.scale = RunningScale(n_features)

    @abstractmethod
    def _predict(self, z: Array) -> float:
        """Return the prediction for ``z (1 + n_features,)``."""

    @abstractmethod
    def _learn(self, z: Array, y: float) -> None:
        """Learn the target of ``z``; what it has changed where it raises is put back."""

    def _learn_chunk(self, z: Array, y: Array) -> Array:
        """Predict and learn rows ``z (n_rows, 1 + n_features)``; here, one by one."""
        predictions = np.empty(len(z))
        for k, (row, target) in enumerate(zip(z, y.tolist(), strict=True)):
            predictions[k] = self._predict(row)
            self._learn(row, target)
        return predictions

    def predict_one(self, x: Any) -> float:
        """Return the prediction for the row ``x (n_features,)``; nothing changes."""
        row = self._check_row(x)
        with np.errstate(over="ignore", invalid="ignore"):
            z = extend(self.scale.standardise_one(row) if self.standardise else row)
            prediction = self._predict(z)
        self._check_finite(prediction)
        return prediction

    def learn_one(self, x: Any, y: float) -> None:
        """Learn that the row ``x (n_features,)`` had the target ``y``."""
        row, target = self._check_row(x), self._check_target(y)
        with self._all_or_nothing():
            self._learn(extend(self.scale.learn_one(row) if self.standardise else row), target)

    def learn_many(self, x: Any, y: Any) -> Array:
        """Predict each row of ``x (n_rows, n_features)``, then learn it; return the predictions.

        The same as ``predict_one`` and ``learn_one`` row by row, to rounding. Where a row is refused,
        none is learned.
        """
        rows, targets = self._check_many(x, y)
        predictions = np.empty(len(rows))
        with self._all_or_nothing():
            for start in range(0, len(rows), CHUNK_ROWS):
                chunk = slice(start, start + CHUNK_ROWS)
                z = extend(self.scale.learn_many(rows[chunk]) if self.standardise else rows[chunk])
                predictions[chunk] = self._learn_chunk(z, targets[chunk])
            self._check_finite(predictions)
        return predictions

    def list_arrays(self) -> dict[str, Array]:
        """Return all that was learned, by name; copies."""
        scale = self.scale.sums._asdict() if self.standardise else {}
        state = {name: getattr(self, name) for name in self.STATE}
        return {
            **{k: np.array(v) for k, v in state.items()},
            **{f"scale_{k}": np.array(v) for k, v in scale.items()},
        }

    def _set_arrays(self, arrays: Mapping[str, Array]) -> None:
        for name, own in self.list_arrays().items():
            array = arrays[name]
            if array.shape != own.shape or array.dtype != own.dtype or not np.isfinite(array).all():
                raise ValueError(f"{name} is not what this learner has")
            if name in NEVER_NEGATIVE and (array < 0).any():
                raise ValueError(f"{name} is below 0")
        for name in self.STATE:
            whole = isinstance(getattr(self, name), int)
            setattr(self, name, int(arrays[name]) if whole else arrays[name].copy())
        if self.standardise:
            n_rows, *sums = (arrays[f"scale_{name}"] for name in Sums._fields)
            self.scale.sums = Sums(int(n_rows), *(array.copy() for array in sums))

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Learn all that is inside; where it is refused, or leads beyond any number, nothing of it."""
        sums, state = self.scale.sums, {name: copy(getattr(self, name)) for name in self.STATE}
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # what is no longer finite is refused
                yield
                self._check_finite(*(getattr(self, name) for name in self.STATE), *self.scale.sums)
        except BaseException:  # Ctrl-C too
            self.scale.sums = sums
            for name, value in state.items():
                setattr(self, name, value)
            raise

    def _check_finite(self, *parts: Array | float) -> None:
        if not all(_is_finite(part) for part in parts):
            raise self._refuse(
                "This leads beyond any number", "Leave such rows out, standardise them, or lower the rate."
            )

    def _check_row(self, x: Any) -> Array:
        row = np.asarray(x, np.float64)
        if row.shape != (self.n_features,) or not all(
            -LARGEST <= number <= LARGEST for number in row.tolist()
        ):
            raise self._refuse(
                f"A row of the shape {row.shape}, or NaN or beyond {LARGEST:g}",
                f"Give {self.n_features} numbers below.",
            )
        return row

    def _check_many(self, x: Any, y: Any) -> tuple[Array, Array]:
        rows, targets = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if rows.ndim != 2 or targets.shape != rows.shape[:1]:
            raise self._refuse(
                f"Rows of the shape {rows.shape} have targets of the shape {targets.shape}",
                "Give (n_rows, n_features) and (n_rows,).",
            )
        if rows.shape[1] != self.n_features or not (np.abs(rows) <= LARGEST).all():
            raise self._refuse(
                f"Rows of the shape {rows.shape}, or NaN or beyond {LARGEST:g}",
                f"Give {self.n_features} numbers below in each.",
            )
        self._check_targets(targets)
        return rows, targets

    def _check_target(self, y: Any) -> float:
        target = float(y)
        if not self.LEAST_TARGET <= target < inf:
            raise self._refuse_target(isfinite(target))
        return target

    def _check_targets(self, targets: Array) -> None:
        if not ((targets >= self.LEAST_TARGET) & (targets < inf)).all():
            raise self._refuse_target(bool(np.isfinite(targets).all()))

    def _refuse_target(self, finite: bool) -> InputError:
        if finite:
            return self._refuse(f"A target is below {self.LEAST_TARGET:g}", "Leave such rows out.")
        return self._refuse("The target is NaN or infinite", "Leave such rows out.")


def extend(x: Array) -> Array:
    """Put the constant 1 before the row, or before each row, of ``x``; float64, and always a fresh array."""
    z = np.ones((*x.shape[:-1], x.shape[-1] + 1))
    z[..., 1:] = x
    return z


def _is_finite(part: Array | float) -> bool:
    if isinstance(part, float | int):
        return isfinite(part)
    flat = part.ravel()
    return isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())  # the first is quick, and may overflow
