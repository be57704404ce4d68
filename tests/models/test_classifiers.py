"""Logistic and softmax regression: scikit-learn's answer, its manners, and ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from models.classifiers.logistic import LogisticClassifier
from models.classifiers.softmax import SoftmaxClassifier
from models.errors import InputError, NotFittedError
from models.types import Array

BOTH = (LogisticClassifier, SoftmaxClassifier)


def make_rows(n_classes: int, *, seed: int = 0, n_rows: int = 600) -> tuple[Array, Array]:
    """Skewed, correlated columns of unequal scale, one constant; labels that depend on some of them."""
    rng = np.random.default_rng(seed)
    x = rng.gamma(1.0, size=(n_rows, 8)) * np.logspace(-2, 3, 8)
    x[:, 1] += 0.05 * x[:, 2]
    x[:, 5] = 4.0
    scores = (
        (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1) @ rng.normal(size=(8, n_classes))
    )
    return x, np.argmax(scores + rng.gumbel(size=scores.shape), axis=1)


@pytest.mark.parametrize("penalty", [0.001, 0.01, 0.1, 1.0])
@pytest.mark.parametrize(("make", "n_classes"), [(LogisticClassifier, 2), (SoftmaxClassifier, 4)])
def test_probabilities_agree_with_scikit_learn_to_a_hundred_thousandth(
    make: Any, n_classes: int, penalty: float
) -> None:
    x, y = make_rows(n_classes)
    ours = make(penalty).fit(x, y)
    z = (x - ours.mean_) / ours.scale_
    theirs = LogisticRegression(C=1 / (penalty * len(x)), tol=1e-10, max_iter=10_000).fit(z, y)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(z), atol=1e-5)
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(z))


def test_two_classes_by_softmax_are_logistic_regression_with_half_the_penalty() -> None:
    x, y = make_rows(2)
    two, one = SoftmaxClassifier(0.04).fit(x, y), LogisticClassifier(0.02).fit(x, y)
    np.testing.assert_allclose(two.predict_proba(x), one.predict_proba(x), atol=1e-6)
    np.testing.assert_allclose(two.parameters_.weight.sum(axis=1), 0, atol=1e-6)


@pytest.mark.parametrize("make", BOTH)
def test_a_planted_signal_is_found_and_shuffled_labels_are_not(make: Any) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(800, 5))
    y = np.where(x[:, 2] > 0.3, "high", "low")
    assert make(0.01).fit(x[:500], y[:500]).score(x[500:], y[500:]) > 0.93
    shuffled = rng.permutation(y)
    usual = max(np.mean(shuffled[500:] == name) for name in ("high", "low"))
    assert make(0.1).fit(x[:500], shuffled[:500]).score(x[500:], shuffled[500:]) < usual + 0.03


@pytest.mark.parametrize("make", BOTH)
def test_the_same_rows_give_the_same_bytes(make: Any) -> None:
    x, y = make_rows(2)
    first, again = make().fit(x, y), make().fit(x, y)
    assert first.parameters_.weight.tobytes() == again.parameters_.weight.tobytes()


@pytest.mark.parametrize("make", BOTH)
def test_scale_and_offset_of_a_column_change_nothing(make: Any) -> None:
    x, y = make_rows(2)
    np.testing.assert_allclose(
        make().fit(x * 1000 + 7, y).predict_proba(x * 1000 + 7), make().fit(x, y).predict_proba(x), atol=1e-6
    )


@pytest.mark.parametrize("make", BOTH)
def test_fitting_changes_neither_rows_nor_settings_and_labels_may_be_words(make: Any) -> None:
    x, y = make_rows(2)
    before, words = x.copy(), np.array(["workday", "weekend"])[y]
    model = make(penalty=0.5).fit(x, words)
    np.testing.assert_array_equal(x, before)
    assert model.get_params() == {"penalty": 0.5, "rate": 0.1, "max_steps": 2000, "tolerance": 1e-8}
    assert model.classes_.tolist() == ["weekend", "workday"]
    assert set(model.predict(x)) <= {"weekend", "workday"}
    np.testing.assert_allclose(model.predict_proba(x).sum(axis=1), 1)


def test_settings_are_read_and_set_by_name() -> None:
    model = LogisticClassifier().set_params(penalty=0.3, max_steps=5)
    assert repr(model) == "LogisticClassifier(penalty=0.3, rate=0.1, max_steps=5, tolerance=1e-08)"
    with pytest.raises(InputError) as caught:
        model.set_params(peanlty=1)
    assert str(caught.value) == (
        "Unknown setting 'peanlty' (LogisticClassifier). Known: penalty, rate, max_steps, tolerance."
    )


@pytest.mark.parametrize("make", BOTH)
def test_a_model_that_has_learned_nothing_says_so(make: Any) -> None:
    with pytest.raises(NotFittedError) as caught:
        make().predict(np.ones((2, 3)))
    assert str(caught.value) == f"This model has not learned anything yet ({make.__name__}). Call fit first."


SQUARE, LABELS = np.ones((2, 3)), np.array([0, 1])


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (
            np.ones(3),
            LABELS,
            "The rows have the shape (3,) (SoftmaxClassifier). "
            "Reshape your data: filled, (n_rows, n_features).",
        ),
        (
            np.ones((0, 3)),
            [],
            "The rows have the shape (0, 3) (SoftmaxClassifier). "
            "Reshape your data: filled, (n_rows, n_features).",
        ),
        (SQUARE * np.nan, LABELS, "The rows hold NaN or infinity (SoftmaxClassifier). Leave such rows out."),
        (SQUARE, [1], "2 rows have labels of the shape (1,) (SoftmaxClassifier). Give one a row."),
        (SQUARE, [1, 1], "All labels are one class (SoftmaxClassifier). Give rows of two or more classes."),
    ],
)
def test_rows_and_labels_that_cannot_be_learned_are_refused(x: Any, y: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        SoftmaxClassifier().fit(x, y)
    assert str(caught.value) == words


def test_rows_of_another_width_are_refused() -> None:
    model = LogisticClassifier().fit(np.eye(3), [0, 1, 1])
    with pytest.raises(InputError) as caught:
        model.predict(np.eye(4))
    assert str(caught.value) == (
        "X has 4 features, but LogisticClassifier is expecting 3 features as input (LogisticClassifier). "
        "Give the 3 that it was fitted with."
    )


def test_logistic_regression_refuses_three_classes() -> None:
    with pytest.raises(InputError) as caught:
        LogisticClassifier().fit(np.eye(3), [0, 1, 2])
    assert str(caught.value) == (
        "Only binary classification is supported, and the labels are 3 classes (LogisticClassifier). "
        "Use SoftmaxClassifier."
    )


@pytest.mark.parametrize("make", BOTH)
def test_the_rate_falls_and_the_walk_ends_where_it_is_flat_enough(make: Any) -> None:
    """Adam's steps are the rate each, as long as the gradient keeps its sign: 0.1, then half of it."""
    x, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
    two = make(0.0, max_steps=2).fit(x, y).parameters_.weight
    np.testing.assert_allclose(np.abs(two), 0.15, rtol=0.03)
    at_once = make(0.0, max_steps=50, tolerance=1e9).fit(x, y).parameters_.weight
    np.testing.assert_allclose(np.abs(at_once), 0.1, rtol=1e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"penalty": -1.0}, "penalty is -1.0, rate is 0.1, max_steps is 2000"),
        ({"penalty": np.nan}, "penalty is nan, rate is 0.1, max_steps is 2000"),
        ({"rate": np.inf}, "penalty is 0.01, rate is inf, max_steps is 2000"),
        ({"max_steps": 0}, "penalty is 0.01, rate is 0.1, max_steps is 0"),
    ],
)
def test_settings_that_learn_nothing_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        LogisticClassifier(**given).fit(SQUARE, LABELS)
    assert str(caught.value) == (
        f"{words} (LogisticClassifier). "
        "Give a penalty of 0 or more, a finite rate above 0 and at least one step."
    )
