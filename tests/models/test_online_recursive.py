"""Recursive least squares: the minimum at every row, symmetric for ever, River's Bayesian regression."""

from __future__ import annotations

import numpy as np
import pytest
from river.linear_model import BayesianLinearRegression

from models.errors import InputError
from models.online.linear import OnlineLinear
from models.online.recursive import RecursiveLeastSquares
from models.types import Array


def make_rows(n_rows: int, n_features: int = 4, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, n_features)) * np.logspace(-1, 1, n_features) + 3
    return x, x @ rng.normal(size=n_features) - 2 + rng.normal(scale=0.3, size=n_rows)


@pytest.mark.parametrize("forgetting", [1.0, 0.99, 0.7])
def test_after_every_row_it_is_the_minimum_that_it_claims_to_be(forgetting: float) -> None:
    x, y = make_rows(60)
    z = np.column_stack([np.ones(60), x])
    guesses = RecursiveLeastSquares(4, forgetting=forgetting, ridge=0.7, standardise=False).learn_many(x, y)
    for n in range(60):
        weight = forgetting ** np.arange(n - 1, -1, -1.0)
        gram = 0.7 * forgetting**n * np.eye(5) + (z[:n] * weight[:, None]).T @ z[:n]
        best = np.linalg.solve(gram, (z[:n] * weight[:, None]).T @ y[:n])
        np.testing.assert_allclose(guesses[n], z[n] @ best, rtol=1e-8, atol=1e-8)


def test_without_forgetting_it_is_the_learner_that_solves_afresh() -> None:
    x, y = make_rows(500)
    fast, afresh = RecursiveLeastSquares(4, ridge=2.0), OnlineLinear(4, ridge=2.0)
    np.testing.assert_allclose(fast.learn_many(x, y), afresh.learn_many(x, y), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fast.weights, afresh.weights, rtol=1e-9)
    np.testing.assert_allclose(fast.covariance, np.linalg.inv(afresh.gram), rtol=1e-7, atol=1e-12)


def test_it_is_rivers_bayesian_regression() -> None:
    x, y = make_rows(100)
    model = BayesianLinearRegression(alpha=0.5, beta=1.0)
    expected = []
    for row, target in zip(x.tolist(), y.tolist(), strict=True):
        features = {str(k): value for k, value in enumerate([1.0, *row])}
        expected.append(model.predict_one(features))
        model.learn_one(features, target)
    guesses = RecursiveLeastSquares(4, ridge=0.5, standardise=False).learn_many(x, y)
    np.testing.assert_allclose(guesses, expected, rtol=1e-8, atol=1e-8)


# Predictions of order one: the two round alike to 1e-13 here, and a block of such rows kept 3 to 9 digits.
@pytest.mark.parametrize("forgetting", [1.0, 0.99])
@pytest.mark.parametrize("offset", [1e3, 1e6])
def test_rows_far_from_zero_are_learned_in_blocks_as_one_by_one(offset: float, forgetting: float) -> None:
    x, y = make_rows(200, 2)
    x[:, 1] += offset
    many, single = (RecursiveLeastSquares(2, forgetting=forgetting, standardise=False) for _ in range(2))
    expected = []
    for row, target in zip(x, y, strict=True):
        expected.append(single.predict_one(row))
        single.learn_one(row, target)
    np.testing.assert_allclose(many.learn_many(x, y), expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("at_once", [True, False])
def test_after_many_rows_it_has_not_drifted_from_the_minimum(at_once: bool) -> None:
    n_rows, forgetting = 3000, 0.9
    x, y = make_rows(n_rows)
    learner = RecursiveLeastSquares(4, forgetting=forgetting, standardise=False)
    if at_once:
        learner.learn_many(x, y)
    else:
        for row, target in zip(x, y, strict=True):
            learner.learn_one(row, target)
    np.testing.assert_array_equal(learner.covariance, learner.covariance.T)
    z, root = np.column_stack([np.ones(n_rows), x]), forgetting ** (np.arange(n_rows)[::-1] / 2)
    exact = np.linalg.lstsq(z[-500:] * root[-500:, None], y[-500:] * root[-500:], rcond=None)[0]
    np.testing.assert_allclose(learner.weights, exact, rtol=1e-8)


def test_standing_still_for_long_winds_it_up_until_it_refuses_and_nothing_is_learned() -> None:
    learner = RecursiveLeastSquares(1, forgetting=0.5, standardise=False)
    learner.learn_many(np.ones((40, 1)), np.ones(40))  # 2^40 > 10^12, in the direction that is never seen
    before = learner.list_arrays()
    with pytest.raises(InputError):
        learner.learn_one([1.0], 1.0)
    with pytest.raises(InputError) as caught:
        learner.learn_many(np.ones((9, 1)), np.ones(9))
    assert str(caught.value) == (
        "What is not known grows without bound (RecursiveLeastSquares). "
        "Forget less, standardise the rows, or use OnlineLinear, whose ridge stays."
    )
    for name, array in before.items():
        np.testing.assert_array_equal(learner.list_arrays()[name], array)


@pytest.mark.parametrize("at_once", [True, False])
def test_large_rows_that_stand_still_are_refused_before_rounding_has_eaten_what_is_known(
    at_once: bool,
) -> None:
    learner = RecursiveLeastSquares(2, forgetting=0.9, standardise=False)
    row, guess = np.full(2, 1e3), 0.0
    with pytest.raises(InputError, match="What is not known grows without bound"):
        for _ in range(300):
            guess = learner.predict_one(row)
            if at_once:
                learner.learn_many(np.tile(row, (9, 1)), np.ones(9))
            else:
                learner.learn_one(row, 1.0)
    assert guess == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("forgetting", "ridge"), [(0.0, 1.0), (1.1, 1.0), (1.0, 0.0), (1.0, np.inf)])
def test_settings_that_cannot_be_are_refused(forgetting: float, ridge: float) -> None:
    with pytest.raises(InputError) as caught:
        RecursiveLeastSquares(2, forgetting=forgetting, ridge=ridge)
    assert str(caught.value) == (
        f"forgetting is {forgetting} and ridge is {ridge} (RecursiveLeastSquares). "
        "forgetting lies in (0, 1], ridge above 0."
    )
