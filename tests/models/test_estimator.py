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
from models.classifiers.gaussian import GaussianClassifier
from models.classifiers.logistic import LogisticClassifier
from models.classifiers.mlp import MLPClassifier
from models.classifiers.softmax import SoftmaxClassifier
from models.errors import DataConversionWarning, InputError, NotFittedError
from models.estimator import Estimator, Regressor
from models.projections.pca import PCA
from models.projections.whitening import Whitening
from models.regression.descent import DescentRegressor
from models.regression.linear import LinearRegressor
from models.regression.mlp import MLPRegressor
from models.regression.polynomial import PolynomialRegressor
from models.rows import check_labels, check_rows, check_targets, find_scale, find_still
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


STILL = (0.1, 1 / 3, 2015.3)  # a hundred of each add up to something else


def test_the_scale_of_float32_rows_is_added_up_in_float64() -> None:
    """NumPy adds float32 rows one by one in float32; at 10⁴ the spread then came out as 2."""
    rows = (1e4 + np.random.default_rng(0).normal(size=(60_000, 20))).astype(np.float32)
    mean, scale = find_scale(rows, where="here")
    assert {mean.dtype, scale.dtype} == {np.dtype(np.float32)}
    np.testing.assert_allclose(mean, 1e4, atol=0.02)
    np.testing.assert_allclose(scale, 1, atol=0.01)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_column_that_differs_by_rounding_alone_is_still(dtype: Any) -> None:
    columns = [[number] * 100 for number in (*STILL, 0.0, -0.1)]
    columns += [[0.1, np.nextafter(dtype(0.1), dtype(1))] * 50, [0.1, 0.1001] * 50, [0.0, 1e-30] * 50]
    rows = np.array(columns, dtype).T
    assert find_still(rows).tolist() == [True] * 6 + [False] * 2
    mean, scale = find_scale(rows, where="here")
    np.testing.assert_array_equal(mean[:6], rows[0, :6])
    assert scale[:6].tolist() == [1.0] * 6
    np.testing.assert_allclose(scale[6:], [5e-5, 5e-31], rtol=1e-3)


def test_numbers_whose_squares_are_beyond_their_type_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        find_scale(np.array([[1e200], [-1e200]]), where="here")
    assert str(caught.value) == (
        "The squares of the numbers are beyond float64 (here). Give the columns in another unit."
    )


@pytest.mark.parametrize("still", STILL)
@pytest.mark.parametrize(
    "model",
    [
        GaussianClassifier(0.0),
        GaussianClassifier(1.0),
        LogisticClassifier(max_steps=50),
        SoftmaxClassifier(max_steps=50),
        MLPClassifier((4,), epochs=2),
        LinearRegressor(),
        DescentRegressor(n_epochs=20),
        PolynomialRegressor(2),
        MLPRegressor((4,), epochs=2),
        PCA(2),
        PCA(2, standardise=True),
    ],
    ids=repr,
)
def test_a_column_that_was_still_in_training_moves_little_when_it_stirs(model: Any, still: float) -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=100), np.full(100, still), rng.normal(size=100)])
    model.fit(x, (x[:, 0] + 0.3 * rng.normal(size=100) > 0).astype(int))
    ask = next(
        getattr(model, name) for name in ("predict_proba", "predict", "transform") if hasattr(model, name)
    )
    np.testing.assert_allclose(ask(x + np.array([0, 1e-6, 0])), ask(x), atol=1e-5)


def test_a_column_of_labels_is_scored_as_one_a_row() -> None:
    x = np.random.default_rng(0).normal(size=(60, 2))
    y = (x[:, 0] > 0).astype(int)
    model = LogisticClassifier(max_steps=50).fit(x, y)
    with pytest.warns(DataConversionWarning):
        assert model.score(x, y[:, None]) == model.score(x, y) > 0.9
    with pytest.raises(InputError) as caught:
        model.score(x, y[:1])
    assert str(caught.value) == "60 rows have labels of the shape (1,) (LogisticClassifier). Give one a row."


def test_the_warning_of_a_column_names_the_line_that_called_fit() -> None:
    with pytest.warns(DataConversionWarning) as caught:
        LogisticClassifier(max_steps=1).fit(np.eye(2), [[0], [1]])
    assert caught[0].filename == __file__


@pytest.mark.parametrize("still", STILL)
def test_a_constant_target_is_hit_to_rounding(still: float) -> None:
    model, x = Mean(), np.eye(3)
    model.fit(x, [still] * 3)
    assert model.score(x, [still] * 3) == 1.0


@pytest.mark.parametrize(
    ("model", "bad", "rows"),
    [
        (PCA(1), {"n_components": 5}, np.eye(3)),
        (Whitening(), {"groups": 2}, np.eye(3)),
        (GaussianClassifier(), {"pooling": 0.0}, np.eye(3)),
        (LogisticClassifier(max_steps=2), {"rate": np.nan}, np.eye(3)),
        (MLPClassifier((2,), epochs=1), {"activation": "nope"}, np.eye(3)),
        (MLPRegressor((2,), epochs=1), {"rate": 0.0}, np.eye(3)),
        (LinearRegressor(), {"ridge": -1.0}, np.eye(3)),
        (PolynomialRegressor(1), {"ridge": -1.0}, np.eye(3)),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_fit_that_fails_leaves_the_estimator_as_it_was(model: Estimator, bad: Any, rows: Array) -> None:
    fitted: Any = model
    new = type(fitted)(**fitted.get_params() | bad)
    with pytest.raises(InputError):
        new.fit(rows, [0, 1, 1])
    ask = "transform" if hasattr(new, "transform") else "predict"
    with pytest.raises(NotFittedError):
        getattr(new, ask)(rows)
    x = np.random.default_rng(0).normal(size=(12, 4))
    good = {name: fitted.get_params()[name] for name in bad}
    before = dict(vars(fitted.fit(x, [0, 1] * 6)))
    with pytest.raises(InputError):
        fitted.set_params(**bad).fit(rows, [3, 4, 4])
    fitted.set_params(**good)
    assert vars(fitted).keys() == before.keys()
    assert all(vars(fitted)[name] is value for name, value in before.items())
