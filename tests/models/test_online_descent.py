"""Online descent: the minimum that it goes to, other libraries' steps, and the algebra of its blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import linear_model, optim
from sklearn.linear_model import SGDRegressor

from models.errors import InputError
from models.online.descent import BLOCK_ROWS, OnlineDescent
from models.online.learner import CHUNK_ROWS
from models.types import Array


def make_rows(n_rows: int, n_features: int = 4, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, n_features)) + 0.5
    return x, x @ rng.normal(size=n_features) - 2 + rng.normal(scale=0.3, size=n_rows)


def test_a_step_is_the_rows_own_gradient_and_the_ridge_is_not_in_the_residual() -> None:
    learner = OnlineDescent(2, rate=0.1, ridge=0.5, standardise=False)
    learner.learn_one([1.0, 2.0], 3.0)  # e = −3: w = 0.3 · (1, 1, 2)
    np.testing.assert_allclose(learner.weights, [0.3, 0.3, 0.6], rtol=1e-15)
    assert learner.predict_one([2.0, 1.0]) == pytest.approx(1.5, rel=1e-15)
    learner.learn_one([2.0, 1.0], 0.5)  # e = 1; weights but the constant's shrink by 1 − 0.1 · 0.5
    np.testing.assert_allclose(learner.weights, [0.2, 0.285 - 0.2, 0.57 - 0.1], rtol=1e-14)


@given(
    n_rows=st.sampled_from([BLOCK_ROWS - 1, BLOCK_ROWS, 3 * BLOCK_ROWS + 5, CHUNK_ROWS + BLOCK_ROWS + 1]),
    n_features=st.integers(1, 20),
    rate=st.floats(1e-4, 0.05),
    decay=st.sampled_from([0.0, 0.25, 1.0]),
    ridge=st.sampled_from([0.0, 1e-3, 1.0, 15.0]),
    seed=st.integers(0, 9),
)
@settings(max_examples=12, deadline=None)
def test_blocks_are_the_loop(
    n_rows: int, n_features: int, rate: float, decay: float, ridge: float, seed: int
) -> None:
    x, y = make_rows(n_rows, n_features, seed)
    learner = OnlineDescent(n_features, rate=rate, decay=decay, ridge=ridge, standardise=False)
    z, w, expected = np.column_stack([np.ones(n_rows), x]), np.zeros(n_features + 1), []
    for k in range(n_rows):
        eta = rate / (k + 1) ** decay
        expected.append(z[k] @ w)
        gradient = (z[k] @ w - y[k]) * z[k] + ridge * np.concatenate([[0.0], w[1:]])
        w = w - eta * gradient
    np.testing.assert_allclose(learner.learn_many(x, y), expected, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(learner.weights, w, rtol=1e-10, atol=1e-10)


def test_a_ridge_of_next_to_nothing_is_none() -> None:
    x, y = make_rows(100)
    expected = OnlineDescent(4, rate=0.125).learn_many(x, y)
    np.testing.assert_array_equal(OnlineDescent(4, rate=0.125, ridge=4e-323).learn_many(x, y), expected)


@pytest.mark.parametrize("share", [0.9, 0.99999, 1 - 2**-53])
def test_a_ridge_that_leaves_next_to_nothing_of_the_weights_is_still_the_loop(share: float) -> None:
    x, y = make_rows(300)
    many, single = (OnlineDescent(4, rate=0.125, ridge=8 * share, standardise=False) for _ in range(2))
    expected = []
    for row, target in zip(x, y, strict=True):
        expected.append(single.predict_one(row))
        single.learn_one(row, target)
    np.testing.assert_allclose(many.learn_many(x, y), expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("ridge", [0.0, 0.2])
def test_it_is_rivers_descent_at_half_the_rate_since_its_gradient_is_twice_the_error(ridge: float) -> None:
    x, y = make_rows(300)
    model = linear_model.LinearRegression(
        optimizer=optim.SGD(0.01), intercept_lr=0.01, l2=2 * ridge, clip_gradient=1e12
    )
    expected = []
    for row, target in zip(x.tolist(), y.tolist(), strict=True):
        features = dict(enumerate(row))
        expected.append(model.predict_one(features))
        model.learn_one(features, target)
    learner = OnlineDescent(4, rate=0.02, ridge=ridge, standardise=False)
    np.testing.assert_allclose(learner.learn_many(x, y), expected, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(learner.weights, [model.intercept, *model.weights.values()], rtol=1e-10)


@pytest.mark.parametrize("decay", [0.0, 0.25])
def test_it_is_scikit_learns_descent(decay: float) -> None:
    x, y = make_rows(200)
    schedule = {0.0: "constant", 0.25: "invscaling"}[decay]
    model = SGDRegressor(eta0=0.02, alpha=0.1, learning_rate=schedule, power_t=decay, penalty="l2")
    learner = OnlineDescent(4, rate=0.02, decay=decay, ridge=0.1, standardise=False)
    for row, target in zip(x, y, strict=True):
        model.partial_fit(row[None], [target])
    learner.learn_many(x, y)
    np.testing.assert_allclose(learner.weights, [*model.intercept_, *model.coef_], rtol=1e-10)


def test_with_a_falling_rate_it_goes_to_the_least_squares_line() -> None:
    x, y = make_rows(20_000)
    learner = OnlineDescent(4, rate=0.1, decay=0.6, standardise=False)
    learner.learn_many(x, y)
    exact = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]
    np.testing.assert_allclose(learner.weights, exact, atol=0.02)  # noise 0.3, last rate 0.0003


def test_a_batch_is_one_step_by_the_mean_gradient_and_one_of_a_row_is_that_row() -> None:
    x, y = make_rows(30)
    learner = OnlineDescent(4, rate=0.1, ridge=0.2, standardise=False)
    learner.learn_many(x[:10], y[:10])
    z, w = np.column_stack([np.ones(20), x[10:]]), learner.weights.copy()
    given_back = learner.learn_batch(x[10:], y[10:])
    np.testing.assert_allclose(given_back, z @ w, rtol=1e-12)
    gradient = z.T @ (z @ w - y[10:]) / 20 + 0.2 * np.concatenate([[0.0], w[1:]])
    np.testing.assert_allclose(learner.weights, w - 0.1 * gradient, rtol=1e-12)
    single, batch = OnlineDescent(4), OnlineDescent(4)
    for row, target in zip(x, y, strict=True):
        single.learn_one(row, target)
        batch.learn_batch(row[None], [target])
    np.testing.assert_allclose(batch.weights, single.weights, rtol=1e-12)
    assert learner.learn_batch(np.empty((0, 4)), []).shape == (0,)
    batch.learn_batch(x, y)
    single.scale.learn_many(x)
    np.testing.assert_array_equal(batch.scale.sums.squares, single.scale.sums.squares)


@pytest.mark.parametrize("standardise", [True, False])
@pytest.mark.parametrize("learn", ["learn_one", "learn_many", "learn_batch"])
def test_weights_that_grow_without_bound_are_refused_and_nothing_is_learned(
    learn: str, standardise: bool
) -> None:
    learner = OnlineDescent(1, standardise=standardise)
    learner.learn_many([[1.0], [2.0]], [0.0, 1.0])
    learner.weights[:] = 1.7e308
    before = learner.copy()
    x, y = (np.full(1, 9.0), 1.0) if learn == "learn_one" else (np.full((99, 1), 9.0), np.ones(99))
    with pytest.raises(InputError) as caught:
        getattr(learner, learn)(x, y)
    assert str(caught.value) == (
        "This leads beyond any number (OnlineDescent). "
        "Leave such rows out, standardise them, or lower the rate."
    )
    for name, array in before.list_arrays().items():
        np.testing.assert_array_equal(learner.list_arrays()[name], array)


@pytest.mark.parametrize(
    "wrong", [{"rate": 0}, {"rate": np.inf}, {"decay": -1}, {"ridge": -1}, {"ridge": 100}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    settings = {"rate": 0.01, "decay": 0.0, "ridge": 0.0, **wrong}
    with pytest.raises(InputError) as caught:
        OnlineDescent(2, **settings)
    rate, decay, ridge = settings.values()
    assert str(caught.value) == (
        f"rate is {rate}, decay {decay} and ridge {ridge} (OnlineDescent). "
        "rate lies above 0, decay and ridge do not lie below, and rate · ridge is below 1."
    )
