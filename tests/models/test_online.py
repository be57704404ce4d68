"""Least squares that are solved afresh: exact at every row, and the same bits however the rows arrive."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError, SavedModelError
from models.online.linear import OnlineLinear
from models.types import Array


def make_rows(n_rows: int = 150, n_features: int = 4, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, n_features)) * np.logspace(-1, 1, n_features) + 3
    return x, x @ rng.normal(size=n_features) - 2 + rng.normal(scale=0.3, size=n_rows)


def extend(x: Array) -> Array:
    return np.column_stack([np.ones(len(x)), x])


def test_without_forgetting_and_with_next_to_no_ridge_it_is_numpys_least_squares() -> None:
    x, y = make_rows()
    learner = OnlineLinear(4, ridge=1e-9, standardise=False)
    learner.learn_many(x, y)
    np.testing.assert_allclose(learner.weights, np.linalg.lstsq(extend(x), y, rcond=None)[0], rtol=1e-8)


@pytest.mark.parametrize("forgetting", [1.0, 0.99, 0.9])
def test_after_every_row_it_is_the_minimum_that_it_claims_to_be(forgetting: float) -> None:
    x, y = make_rows(60)
    z, learner = extend(x), OnlineLinear(4, forgetting=forgetting, ridge=0.7, standardise=False)
    for n in range(60):
        w = forgetting ** np.arange(n - 1, -1, -1.0)
        gram = 0.7 * np.eye(5) + (z[:n] * w[:, None]).T @ z[:n]
        best = np.linalg.solve(gram, (z[:n] * w[:, None]).T @ y[:n])
        np.testing.assert_allclose(learner.predict_one(x[n]), z[n] @ best, rtol=1e-9, atol=1e-9)
        learner.learn_one(x[n], y[n])


def test_standing_still_for_long_does_not_wind_it_up() -> None:
    x, y = make_rows(50)
    learner = OnlineLinear(4, forgetting=0.9, ridge=0.5, standardise=False)
    learner.learn_many(x, y)
    learner.learn_many(np.tile(x[-1], (3000, 1)), np.full(3000, y[-1]))
    assert np.linalg.cond(learner.gram) < 1e6
    assert abs(learner.predict_one(x[-1]) - y[-1]) < 0.01


@given(
    st.integers(0, 150),
    st.sampled_from([1.0, 0.97]),
    st.booleans(),
    st.lists(st.integers(0, 150), max_size=4),
)
@settings(max_examples=25, deadline=None)
def test_many_at_once_in_any_pieces_are_one_by_one_to_the_last_bit(
    n_rows: int, forgetting: float, standardise: bool, cuts: list[int]
) -> None:
    x, y = make_rows(n_rows)
    options: dict[str, Any] = {"forgetting": forgetting, "ridge": 2.0, "standardise": standardise}
    single, many = OnlineLinear(4, **options), OnlineLinear(4, **options)
    predictions = []
    for row, target in zip(x, y, strict=True):
        predictions.append(single.predict_one(row))
        single.learn_one(row, target)
    edges = [0, *sorted(min(cut, n_rows) for cut in cuts), n_rows]
    pieces = [many.learn_many(x[a:b], y[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(pieces), predictions)
    for name, array in single.list_arrays().items():
        np.testing.assert_array_equal(many.list_arrays()[name], array)


def test_a_target_cannot_change_the_guess_made_before_it() -> None:
    x, y = make_rows(40)
    changed = y.copy()
    changed[25:] += 1000
    first, other = OnlineLinear(4).learn_many(x, y), OnlineLinear(4).learn_many(x, changed)
    np.testing.assert_array_equal(first[:26], other[:26])
    assert (first[26:] != other[26:]).all()


def test_scale_and_offset_of_a_column_change_nothing_where_rows_are_standardised() -> None:
    x, y = make_rows(100)
    np.testing.assert_allclose(
        OnlineLinear(4).learn_many(x * 50 - 9, y), OnlineLinear(4).learn_many(x, y), rtol=1e-6, atol=1e-8
    )


def test_a_change_is_followed_where_it_forgets() -> None:
    x, y = make_rows(2000)
    y[1000:] = -y[1000:]
    error = {
        forgetting: np.abs(OnlineLinear(4, forgetting=forgetting).learn_many(x, y) - y)[1200:].mean()
        for forgetting in (1.0, 0.98)
    }
    assert error[0.98] < 0.2 * error[1.0]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: OnlineLinear(2, forgetting=0),
            "forgetting is 0 and ridge is 1.0 (OnlineLinear). forgetting lies",
        ),
        (
            lambda: OnlineLinear(2, ridge=0),
            "forgetting is 1.0 and ridge is 0 (OnlineLinear). forgetting lies",
        ),
        (
            lambda: OnlineLinear(2, ridge=np.inf),
            "forgetting is 1.0 and ridge is inf (OnlineLinear). forgetting lies",
        ),
        (
            lambda: OnlineLinear(2).predict_one([1.0]),
            "A row of the shape (1,), or NaN or beyond 1e+140 (OnlineLinear).",
        ),
        (
            lambda: OnlineLinear(1).predict_one([np.nan]),
            "A row of the shape (1,), or NaN or beyond 1e+140 (OnlineLinear).",
        ),
        (lambda: OnlineLinear(1).learn_one([1.0], np.inf), "The target is NaN or infinite (OnlineLinear)."),
        (
            lambda: OnlineLinear(1).learn_many([[1.0]], [1.0, 2.0]),
            "Rows of the shape (1, 1) have targets of the",
        ),
    ],
)
def test_what_cannot_be_learned_is_refused(act: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        act()
    assert str(caught.value).startswith(words)


def test_arrays_of_another_learner_are_refused() -> None:
    with pytest.raises(SavedModelError) as caught:
        OnlineLinear.restore(OnlineLinear(3).list_settings(), OnlineLinear(2).list_arrays())
    assert str(caught.value) == "The settings or the arrays are not its own (OnlineLinear). Make it anew."


@pytest.mark.parametrize("standardise", [True, False])
def test_rows_whose_squares_no_float_holds_are_refused_and_nothing_is_learned(standardise: bool) -> None:
    learner = OnlineLinear(1, standardise=standardise)
    before = learner.list_arrays()
    with pytest.raises(
        InputError, match=r"or NaN or beyond 1e\+140 \(OnlineLinear\). Give 1 numbers below in"
    ):
        learner.learn_many([[1e200], [1e200]], [1.0, 1.0])
    with pytest.raises(InputError, match=r"or NaN or beyond 1e\+140 \(OnlineLinear\). Give 1 numbers below."):
        learner.learn_one([-1e200], 1.0)
    for name, array in before.items():
        np.testing.assert_array_equal(learner.list_arrays()[name], array)


def test_a_ridge_that_is_nothing_beside_the_rows_is_refused_and_nothing_is_learned() -> None:
    learner = OnlineLinear(2, ridge=1e-300, standardise=False)
    before = learner.list_arrays()
    with pytest.raises(InputError) as caught:
        learner.learn_many(np.ones((5, 2)), np.ones(5))
    assert str(caught.value) == (
        "Beside these rows the ridge is nothing (OnlineLinear). Raise it, or standardise the rows."
    )
    for name, array in before.items():
        np.testing.assert_array_equal(learner.list_arrays()[name], array)


def test_a_prediction_that_no_float_holds_is_refused_and_nothing_is_learned() -> None:
    learner = OnlineLinear(1, ridge=1e-200, standardise=False)
    x, y = [[1e-100], [-1e-100], [1e140]], [1e200, -1e200, 0.0]
    with pytest.raises(InputError, match="This leads beyond any number"):
        learner.learn_many(x, y)
    assert learner.moment.tolist() == [0, 0]
    learner.learn_many(x[:2], y[:2])  # a weight of about 1e300
    with pytest.raises(InputError, match="This leads beyond any number"):
        learner.predict_one(x[2])
