"""The Gaussian classifier: scikit-learn's discriminant analyses, its limits, and its refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis

from models.classifiers.gaussian import GaussianClassifier
from models.errors import InputError
from models.types import Array


def make_rows(n_classes: int, *, seed: int = 0, n_rows: int = 400) -> tuple[Array, Array]:
    """Classes of unequal size, each with its own mean, scale and correlations."""
    rng = np.random.default_rng(seed)
    y = np.minimum(rng.geometric(0.4, n_rows) - 1, n_classes - 1)
    mixing = rng.normal(size=(n_classes, 4, 4)) + np.eye(4)
    x = rng.normal(size=(n_classes, 4))[y] + np.einsum("ni,nij->nj", rng.normal(size=(n_rows, 4)), mixing[y])
    return x, y


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    ("pooling", "theirs"),
    [
        (1.0, LinearDiscriminantAnalysis(solver="lsqr")),
        (1.0, LinearDiscriminantAnalysis()),
        (0.0, QuadraticDiscriminantAnalysis()),
    ],
)
def test_probabilities_are_scikit_learns_to_rounding(pooling: float, theirs: Any, n_classes: int) -> None:
    """1e-9: both compute in float64, theirs by singular values or least squares, ours by Cholesky's root."""
    x, y = make_rows(n_classes)
    ours = GaussianClassifier(pooling, shrinkage=0.0).fit(x, y)
    theirs.fit(x, y)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), atol=1e-9)
    np.testing.assert_allclose(*(center(m.decision_function(x)) for m in (ours, theirs)), atol=1e-8)
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(x))


def center(scores: Array) -> Array:
    """Scores of three classes and more mean something only beside each other."""
    return scores if scores.ndim == 1 else scores - scores.mean(axis=1, keepdims=True)


def test_between_shared_and_own_it_is_bayes_rule_on_mixed_covariances() -> None:
    x, y = make_rows(3)
    model = GaussianClassifier(0.3, shrinkage=0.1).fit(x, y)
    own = np.array([np.cov(x[y == k].T, ddof=0) for k in range(3)])
    mixed = 0.7 * own + 0.3 * np.tensordot(np.bincount(y) / len(y), own, axes=1)
    mixed = np.where(np.eye(4, dtype=bool), mixed, 0.9 * mixed)
    means = [x[y == k].mean(axis=0) for k in range(3)]
    densities = [multivariate_normal(m, c).pdf(x) for m, c in zip(means, mixed, strict=True)]
    joint = np.stack(densities, axis=1) * np.bincount(y)
    np.testing.assert_allclose(
        model.predict_proba(x), joint / joint.sum(axis=1, keepdims=True), rtol=1e-8, atol=1e-12
    )


@pytest.mark.parametrize("pooling", [0.0, 1.0])
def test_scale_and_offset_of_a_column_and_a_still_column_change_nothing(pooling: float) -> None:
    x, y = make_rows(3)
    first = GaussianClassifier(pooling).fit(x, y).predict_proba(x)
    other = np.concatenate([x * [1e3, 1e-3, 1, 1] + 7, np.full((len(x), 1), 5.0)], axis=1)
    np.testing.assert_allclose(
        GaussianClassifier(pooling).fit(other, y).predict_proba(other), first, atol=1e-9
    )


def test_a_planted_difference_of_spread_is_found_only_with_own_covariances() -> None:
    rng = np.random.default_rng(3)
    y = np.arange(1000) % 2
    x = rng.normal(size=(1000, 2)) * np.array([1.0, 4.0])[y][:, None]
    own, shared = (GaussianClassifier(p).fit(x[:500], y[:500]).score(x[500:], y[500:]) for p in (0.0, 1.0))
    assert own > 0.85 and shared < 0.6


def test_a_class_of_one_row_needs_pooling() -> None:
    x, y = np.array([[0.0, 0.0], [1.0, 0.2], [0.3, 1.0], [5.0, 5.0]]), np.array(["a", "a", "a", "b"])
    with pytest.raises(InputError) as caught:
        GaussianClassifier(0.0).fit(x, y)
    assert str(caught.value) == (
        "The covariance of the class b has no inverse (GaussianClassifier). "
        "Raise pooling or shrinkage, or leave out columns that follow from others."
    )
    assert GaussianClassifier(1.0).fit(x, y).predict([[5.0, 4.0]]).tolist() == ["b"]


@pytest.mark.parametrize("settings", [{"pooling": -0.1}, {"pooling": 1.1}, {"shrinkage": 2.0}])
def test_settings_outside_zero_and_one_are_refused(settings: dict[str, float]) -> None:
    model = GaussianClassifier(**settings)
    with pytest.raises(InputError) as caught:
        model.fit(np.eye(2), [0, 1])
    assert str(caught.value) == (
        f"pooling is {model.pooling} and shrinkage is {model.shrinkage} (GaussianClassifier). "
        "Both lie in [0, 1]."
    )


def test_a_column_that_is_still_in_one_class_has_no_inverse_there_whatever_its_number() -> None:
    """0.1 a hundred times has a computed variance of 2e-34, by which the other class was ruled out."""
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=200), np.where(np.arange(200) < 100, 0.1, rng.normal(size=200))])
    y = np.arange(200) // 100
    with pytest.raises(InputError, match="The covariance of the class 0 has no inverse"):
        GaussianClassifier(0.0).fit(x, y)
    assert GaussianClassifier(1.0).fit(x, y).covariances_[0, 1, 1] > 0.1


def test_numbers_whose_squares_are_beyond_float64_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        GaussianClassifier().fit(np.eye(3) * 1e200, [0, 1, 1])
    assert str(caught.value) == (
        "The squares of the numbers are beyond float64 (GaussianClassifier). "
        "Give the columns in another unit."
    )


@pytest.mark.parametrize("pooling", [0.0, 1.0])
def test_a_column_that_never_varied_adds_nothing_to_any_class_however_far_it_moves(pooling: float) -> None:
    x, labels = make_rows(3)
    model = GaussianClassifier(pooling).fit(np.column_stack([x, np.full(len(x), 7.0)]), labels)
    plain = GaussianClassifier(pooling).fit(x, labels)
    for number in (7.0, 1e10, -1e200):
        rows = np.column_stack([x, np.full(len(x), number)])
        np.testing.assert_allclose(model.predict_proba(rows), plain.predict_proba(x), rtol=1e-9, atol=1e-12)


@pytest.mark.filterwarnings("error")
def test_a_row_that_lies_beyond_float64_from_every_class_is_refused() -> None:
    x, labels = make_rows(2)
    model = GaussianClassifier().fit(x, labels)
    with pytest.raises(InputError, match=r"^A row is beyond float64 from every class \(GaussianClassifier\)"):
        model.predict_proba(np.full((1, x.shape[1]), 1e160))
