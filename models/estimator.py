"""What every estimator has: settings that can be read and set, rows that are checked, a score.

``__init__`` stores its settings and does nothing else; what is learned ends in an underscore. The classes
pass scikit-learn's own ``check_estimator`` as they are, and so work in its pipelines and searches; it is
imported only where its tools ask, and nothing here needs it.

References: L. Buitinck et al. 2013, *API design for machine learning software*, arXiv 1309.0238.
"""

from __future__ import annotations

import inspect
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Self, TypeVar, cast

import numpy as np

from models.errors import InputError, NotFittedError
from models.rows import check_labels, check_one_a_row, check_rows, check_targets
from models.types import Array

__all__ = [
    "Classifier",
    "Estimator",
    "Regressor",
    "Transformer",
    "check_labels",
    "check_rows",
    "check_targets",
]


Fit = TypeVar("Fit", bound=Callable[..., Any])


def all_or_nothing(fit: Fit) -> Fit:
    """Return ``fit`` so that an estimator is what it was before where it fails."""

    @wraps(fit)
    def fit_or_put_back(self: Estimator, *args: Any, **kwargs: Any) -> Any:
        before = dict(vars(self))
        try:
            return fit(self, *args, **kwargs)
        except BaseException:  # Ctrl-C too
            vars(self).clear()
            vars(self).update(before)
            raise

    return cast(Fit, fit_or_put_back)


class Estimator:
    """The base of all estimators: ``get_params`` and ``set_params`` by the names of ``__init__``."""

    kind: ClassVar[str]  # "classifier", "regressor" or "transformer"
    only_two_classes: ClassVar[bool] = False
    learns_from_rows: ClassVar[bool] = True  # a baseline does not: its score may be poor
    keeps_float32: ClassVar[bool] = False  # whether float32 rows are computed with as they are

    n_features_in_: int

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

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn's tools want to know of an estimator before they use it."""
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags, TransformerTags

        poor = not self.learns_from_rows
        tags = Tags(
            estimator_type=self.kind,
            target_tags=TargetTags(required=self.kind != "transformer"),
        )
        if self.kind == "classifier":
            tags.classifier_tags = ClassifierTags(poor_score=poor, multi_class=not self.only_two_classes)
        elif self.kind == "regressor":
            tags.regressor_tags = RegressorTags(poor_score=poor)
        else:
            tags.transformer_tags = TransformerTags()
        return tags

    @classmethod
    def _list_settings(cls) -> list[str]:
        return list(inspect.signature(cls).parameters)

    def _check_fitted(self) -> None:
        if not any(name.endswith("_") and not name.startswith("_") for name in vars(self)):
            raise _make_not_fitted_error(type(self).__name__)

    def _begin_rows(self, x: Any) -> Array:
        """Return the rows ``x`` that ``fit`` was given, checked, and remember how wide they are."""
        rows = check_rows(x, where=type(self).__name__, keep_float32=self.keeps_float32)
        self.n_features_in_ = rows.shape[1]
        return rows

    def _check_rows(self, x: Any) -> Array:
        """Return rows that a fitted estimator is asked about, checked, as wide as those of ``fit``."""
        self._check_fitted()
        return check_rows(
            x,
            n_features=self.n_features_in_,
            where=type(self).__name__,
            keep_float32=self.keeps_float32,
        )


class Classifier(Estimator, ABC):
    """An estimator whose answers are classes."""

    kind = "classifier"
    classes_: Array

    @abstractmethod
    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their labels ``y (n_rows,)``."""

    @abstractmethod
    def predict_proba(self, x: Any) -> Array:
        """Return the probability of each class, (n_rows, n_classes)."""

    def predict(self, x: Any) -> Array:
        """Return the likeliest class of each row of ``x``."""
        likeliest = self.predict_proba(x).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])

    def score(self, x: Any, y: Any) -> float:
        """Return the share of rows whose class is predicted right."""
        predictions = self.predict(x)
        labels = check_one_a_row(y, len(predictions), "labels", where=type(self).__name__)
        return float(np.mean(predictions == labels))

    def _begin(self, x: Any, y: Any) -> tuple[Array, Array]:
        """Return what ``fit`` was given as checked rows and class numbers, and remember the classes."""
        where = type(self).__name__
        rows = check_rows(x, where=where, keep_float32=self.keeps_float32)
        classes, numbers = check_labels(y, len(rows), where=where)
        if self.only_two_classes and len(classes) > 2:
            raise InputError(
                f"Only binary classification is supported, and the labels are {len(classes)} classes",
                where=where,
                remedy="Use SoftmaxClassifier.",
            )
        self.n_features_in_, self.classes_ = rows.shape[1], classes
        return rows, numbers


class Regressor(Estimator, ABC):
    """An estimator whose answers are numbers."""

    kind = "regressor"

    @abstractmethod
    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their targets ``y (n_rows,)``."""

    @abstractmethod
    def predict(self, x: Any) -> Array:
        """Return the prediction for each row of ``x``, (n_rows,)."""

    def score(self, x: Any, y: Any) -> float:
        """Return R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)²; where all targets are one: 1 if all are hit, else 0.

        A target is hit by what differs from it by rounding alone.
        """
        predictions = self.predict(x)
        targets = check_targets(y, len(predictions), where=type(self).__name__)
        spread = float(np.sum((targets - targets.mean()) ** 2))
        if spread == 0 or targets.min() == targets.max():
            return float(np.allclose(predictions, targets, rtol=1e-12, atol=0))
        return 1 - float(np.sum((targets - predictions) ** 2)) / spread

    def _begin(self, x: Any, y: Any) -> tuple[Array, Array]:
        """Return what ``fit`` was given as checked rows and targets, and remember the rows' width."""
        where = type(self).__name__
        rows = check_rows(x, where=where, keep_float32=self.keeps_float32)
        targets = check_targets(y, len(rows), where=where)
        self.n_features_in_ = rows.shape[1]
        return rows, targets


class Transformer(Estimator, ABC):
    """An estimator whose answers are other rows."""

    kind = "transformer"

    @abstractmethod
    def fit(self, x: Any, y: Any = None) -> Self:
        """Learn from rows ``x (n_rows, n_features)``; ``y`` is there for scikit-learn and ignored."""

    @abstractmethod
    def transform(self, x: Any) -> Array:
        """Return a new row for each row of ``x``."""

    def fit_transform(self, x: Any, y: Any = None) -> Array:
        """Learn from rows ``x`` and return what they become."""
        return self.fit(x, y).transform(x)


def _make_not_fitted_error(where: str) -> NotFittedError:
    """Return our error, which is scikit-learn's own too where that is in use: its tools catch no other."""
    what, remedy = "This model has not learned anything yet", "Call fit first."
    if "sklearn" not in sys.modules:
        return NotFittedError(what, where=where, remedy=remedy)
    from sklearn.exceptions import NotFittedError as Theirs

    both = type("NotFittedError", (NotFittedError, Theirs), {"__module__": NotFittedError.__module__})
    error: NotFittedError = both(what, where=where, remedy=remedy)
    return error
