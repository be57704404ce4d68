"""What every estimator has: settings that can be read and set, rows that are checked, a score.

``__init__`` stores its settings and does nothing else; what is learned ends in an underscore.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np

from models.errors import InputError, NotFittedError
from models.types import Array


class Estimator:
    """The base of all estimators: ``get_params`` and ``set_params`` by the names of ``__init__``."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the settings by name; ``deep`` is there for scikit-learn and changes nothing."""
        return {name: getattr(self, name) for name in self._list_settings()}

    def set_params(self, **params: Any) -> Self:
        """Set settings by name and return the estimator."""
        known = self._list_settings()
        for name, value in params.items():
            if name not in known:
                raise InputError(
                    f"Unknown setting {name!r}",
                    where=type(self).__name__,
                    remedy=f"Known: {', '.join(known)}.",
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({settings})"

    @classmethod
    def _list_settings(cls) -> list[str]:
        return list(inspect.signature(cls).parameters)

    def _check_fitted(self) -> None:
        if not any(name.endswith("_") and not name.startswith("_") for name in vars(self)):
            raise NotFittedError(
                "This model has not learned anything yet", where=type(self).__name__, remedy="Call fit first."
            )


class Classifier(Estimator, ABC):
    """An estimator whose answers are classes."""

    classes_: Array

    @abstractmethod
    def predict_proba(self, x: Any) -> Array:
        """Return the probability of each class, (n_rows, n_classes)."""

    def predict(self, x: Any) -> Array:
        """Return the likeliest class of each row of ``x``."""
        likeliest = self.predict_proba(x).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])

    def score(self, x: Any, y: Any) -> float:
        """Return the share of rows whose class is predicted right."""
        return float(np.mean(self.predict(x) == np.asarray(y)))


def check_rows(x: Any, *, n_features: int | None = None, where: str) -> Array:
    """Return ``x`` as finite float64 rows of ``n_features`` columns, or raise ``InputError``."""
    rows = np.asarray(x, np.float64)
    if rows.ndim != 2 or rows.size == 0:
        raise InputError(
            f"The rows have the shape {rows.shape}", where=where, remedy="Give filled (n_rows, n_features)."
        )
    if n_features is not None and rows.shape[1] != n_features:
        raise InputError(
            f"The rows have {rows.shape[1]} features",
            where=where,
            remedy=f"Give the {n_features} that it was fitted with.",
        )
    if not np.isfinite(rows).all():
        raise InputError("The rows hold NaN or infinity", where=where, remedy="Leave such rows out.")
    return rows


def check_labels(y: Any, n_rows: int, *, where: str) -> tuple[Array, Array]:
    """Return the classes in order and each row's class number; raise ``InputError`` for a bad ``y``."""
    labels = np.asarray(y)
    if labels.shape != (n_rows,):
        raise InputError(
            f"{n_rows} rows have labels of the shape {labels.shape}", where=where, remedy="Give one a row."
        )
    classes, numbers = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise InputError("All labels are one class", where=where, remedy="Give rows of two or more classes.")
    return classes, numbers
