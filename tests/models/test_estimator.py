"""What all estimators share: settings, checked rows, labels and targets, scores."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pytest
import sklearn.exceptions
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from models.classifiers.feature_maps import RadiusMap
from models.classifiers.logistic import LogisticClassifier
from models.errors import DataConversionWarning, InputError, NotFittedError
from models.estimator import Regressor
from models.rows import check_labels, check_rows, check_targets
from models.types import Array


class Mean(Regressor):
    """The mean of all targets, however a row looks."""

    def fit(self, x: Any, y: Any) -> Self:
        _, targets = self._begin(x, y)
        self.mean_ = targets.mean()
        return self

    def predict(self, x: Any) -> Array:
        return np.full(len(self._check_rows(x)), self.mean_)


class Sparse:
    def toarray(self) -> Array:
        return np.eye(2)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.ones(3), "The rows have the shape (3,) (here). Reshape your data: filled, (n_rows, n_features)."),
        (
            np.ones((0, 3)),
            "The rows have the shape (0, 3) (here). Reshape your data: filled, (n_rows, n_features).",
        ),
        (
            np.ones((3, 0)),
            "The rows have 0 feature(s) (shape=(3, 0)) while a minimum of 1 is required (here). "
            "Give at least one column.",
        ),
        ([[np.nan]], "The rows hold NaN or infinity (here). Leave such rows out."),
        ([[np.inf]], "The rows hold NaN or infinity (here). Leave such rows out."),
        ([[1j]], "Complex data not supported (here). Give real numbers."),
        (Sparse(), "The rows are sparse (here). Sparse data is not taken: use x.toarray()."),
        (
            np.ones((2, 4)),
            "X has 4 features, but here is expecting 3 features as input (here). "
            "Give the 3 that it was fitted with.",
        ),
    ],
)
def test_rows_that_cannot_be_read_are_refused(x: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        check_rows(x, n_features=3 if np.shape(x) == (2, 4) else None, where="here")
    assert str(caught.value) == words


def test_rows_become_float64_unless_float32_is_kept() -> None:
    x = np.ones((2, 2), np.float32)
    assert check_rows(x, where="here").dtype == np.float64
    assert check_rows(x, where="here", keep_float32=True) is x
    assert check_rows(np.eye(2, dtype=int), where="here", keep_float32=True).dtype == np.float64


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (None, "here requires y to be passed, but the target y is None (here). Call fit(x, y)."),
        ([1], "2 rows have labels of the shape (1,) (here). Give one a row."),
        ([1, 1], "All labels are one class (here). Give rows of two or more classes."),
        ([0.5, 1.0], "The labels are continuous (here). Give words or whole numbers."),
        ([np.nan, 1.0], "The labels are continuous (here). Give words or whole numbers."),
        (
            np.array(["a", 1], object),
            "Unknown label type: they have no order (here). Give words or whole numbers, not both.",
        ),
    ],
)
def test_labels_that_cannot_be_learned_are_refused(y: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        check_labels(y, 2, where="here")
    assert str(caught.value) == words


def test_targets_that_cannot_be_learned_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        check_targets([1.0, np.inf], 2, where="here")
    assert str(caught.value) == "The targets hold NaN or infinity (here). Leave such rows out."
    with pytest.raises(InputError) as caught:
        check_targets([[1.0, 2.0]], 2, where="here")
    assert str(caught.value) == "2 rows have targets of the shape (1, 2) (here). Give one a row."


def test_a_column_of_targets_is_taken_with_a_warning() -> None:
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed"):
        assert check_targets([[1], [2]], 2, where="here").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("y", [[1.0, 2.0, 4.0], [5.0, 7.0, 7.0]])
def test_the_score_of_a_regressor_is_scikit_learns(y: list[float]) -> None:
    model = Mean().fit(np.eye(3), [1.0, 2.0, 9.0])
    assert model.score(np.eye(3), y) == pytest.approx(r2_score(y, [4.0] * 3), rel=1e-12)


def test_where_all_targets_are_one_the_score_is_all_or_nothing() -> None:
    model = Mean().fit(np.eye(2), [3.0, 3.0])
    assert (model.score(np.eye(2), [3.0, 3.0]), model.score(np.eye(2), [2.0, 2.0])) == (1.0, 0.0)


def test_our_not_fitted_error_is_scikit_learns_too() -> None:
    with pytest.raises(sklearn.exceptions.NotFittedError) as caught:
        Mean().predict(np.eye(2))
    assert isinstance(caught.value, NotFittedError)
    assert str(caught.value) == "This model has not learned anything yet (Mean). Call fit first."


def test_settings_are_searched_and_chained_by_scikit_learns_tools() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 2))
    y = np.where(np.hypot(*x.T) > 1.1, "out", "in")
    chain = make_pipeline(RadiusMap(), LogisticClassifier(max_steps=100))
    search = GridSearchCV(chain, {"logisticclassifier__penalty": [10.0, 0.01]}, cv=3).fit(x, y)
    assert search.best_params_ == {"logisticclassifier__penalty": 0.01}
    assert search.score(x, y) > 0.95


def test_only_who_learns_from_labels_or_targets_asks_for_them() -> None:
    required = [
        m.__sklearn_tags__().target_tags.required for m in (RadiusMap(), LogisticClassifier(), Mean())
    ]
    assert required == [False, True, True]
