"""Linear and polynomial regression: least squares as NumPy and scikit-learn find it, and each way there."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.preprocessing import PolynomialFeatures

from models.batches import iter_batches
from models.check import check_pullback
from models.errors import InputError
from models.layers.affine import Affine
from models.regression.descent import (
    ALL_ROWS,
    DescentRegressor,
    descend,
    find_smoothness,
    search_neighbours,
)
from models.regression.linear import LinearRegressor, lose_squares, solve_normal_equations
from models.regression.polynomial import PolynomialRegressor, expand_powers, list_exponents
from models.schedules import keep_constant
from models.tree import pack
from models.types import Array


def make_rows(seed: int, n: int, d: int, *, n_out: int = 1) -> tuple[Array, Array]:
    """Correlated columns away from zero, and targets that depend on them with noise."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    x = rng.normal(size=(n, d)) * np.linspace(0.5, 2, d) @ turn + rng.normal(size=d)
    return x, x @ rng.normal(size=(d, n_out)) + 3 + 0.1 * rng.normal(size=(n, n_out))


def solve_by_lstsq(x: Array, y: Array) -> Affine:
    solution = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)[0]
    return Affine(solution[:-1], solution[-1])


def standardise(x: Array) -> Array:
    z: Array = (x - x.mean(axis=0)) / x.std(axis=0)
    return z


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 3), st.floats(0, 2))
@settings(max_examples=20, deadline=None)
def test_the_loss_pulls_back(seed: int, n_in: int, n_out: int, ridge: float) -> None:
    rng = np.random.default_rng(seed)
    p = Affine(rng.normal(size=(n_in, n_out)), rng.normal(size=n_out))
    x, y = rng.normal(size=(5, n_in)), rng.normal(size=(5, n_out))
    check_pullback(partial(lose_squares, x=x, y=y, ridge=ridge), p, rng=rng)


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_the_normal_equations_find_numpys_least_squares(seed: int, d: int, n_out: int) -> None:
    x, y = make_rows(seed, 40, d, n_out=n_out)
    ours, theirs = solve_normal_equations(x, y), solve_by_lstsq(x, y)
    # Products square the condition of the columns, which is about 4 here.
    np.testing.assert_allclose(ours.weight, theirs.weight, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.bias, theirs.bias, rtol=1e-9, atol=1e-12)


def test_columns_that_leave_the_weights_open_give_the_shortest() -> None:
    x, y = make_rows(0, 20, 2)
    doubled = np.column_stack([x, x])
    np.testing.assert_allclose(
        solve_normal_equations(doubled, y).weight, np.tile(solve_normal_equations(x, y).weight / 2, (2, 1))
    )


@pytest.mark.parametrize("ridge", [0.0, 0.01, 1.0])
def test_the_gradient_is_zero_at_the_solution(ridge: float) -> None:
    x, y = make_rows(1, 50, 3, n_out=2)
    _, pullback = lose_squares(solve_normal_equations(x, y, ridge=ridge), x=x, y=y, ridge=ridge)
    (dp,) = pullback(1.0)
    np.testing.assert_allclose(np.concatenate([dp.weight.ravel(), dp.bias]), 0, atol=1e-10)


@pytest.mark.parametrize("ridge", [0.0, 0.05, 3.0])
@pytest.mark.parametrize("make", [LinearRegressor, partial(DescentRegressor, n_epochs=3000)])
def test_regressors_agree_with_scikit_learn(make: Any, ridge: float) -> None:
    x, y = make_rows(2, 80, 4)
    ours = make(ridge).fit(x, y[:, 0])
    z = standardise(x)
    theirs = Ridge(alpha=ridge * len(x), tol=1e-12).fit(z, y[:, 0])
    np.testing.assert_allclose(ours.predict(x), theirs.predict(z), atol=1e-7)
    np.testing.assert_allclose(ours.parameters_.weight[:, 0], theirs.coef_ / x.std(axis=0), atol=1e-7)


@pytest.mark.parametrize("batch_size", [1, 10])
def test_small_batches_end_near_the_least_and_repeat_themselves(batch_size: int) -> None:
    x, y = make_rows(3, 100, 3)
    by_rows = DescentRegressor(batch_size=batch_size, rate=0.5, n_epochs=60, seed=4).fit(x, y[:, 0])
    again = DescentRegressor(batch_size=batch_size, rate=0.5, n_epochs=60, seed=4).fit(x, y[:, 0])
    assert by_rows.parameters_.weight.tobytes() == again.parameters_.weight.tobytes()
    exact = LinearRegressor().fit(x, y[:, 0])
    assert exact.score(x, y[:, 0]) - by_rows.score(x, y[:, 0]) < 1e-4


def test_one_flat_batch_does_not_end_a_walk_by_batches() -> None:
    x, y = make_rows(3, 20, 2)
    kept = DescentRegressor(batch_size=1, n_epochs=3).fit(x, y[:, 0])
    loose = DescentRegressor(batch_size=1, n_epochs=3, tolerance=1e9).fit(x, y[:, 0])
    np.testing.assert_array_equal(loose.parameters_.weight, kept.parameters_.weight)


def walk(x: Array, y: Array, batches: Any, rate: float, ridge: float = 0.0) -> tuple[Affine, list[float]]:
    flat, p = pack(Affine(np.zeros((x.shape[1], 1)), np.zeros(1)))
    steps = descend(flat, p, x, y, batches=batches, schedule=keep_constant(rate), ridge=ridge)
    return p, [step.loss for step in steps]


def test_batches_of_all_rows_walk_as_batch_descent_does() -> None:
    x, y = make_rows(4, 30, 2)
    rng = np.random.default_rng(0)
    whole, _ = walk(x, y, repeat(ALL_ROWS, 50), 0.01, 0.1)
    shuffled, _ = walk(x, y, iter_batches(30, 30, rng=rng, n_epochs=50), 0.01, 0.1)
    np.testing.assert_allclose(whole.weight, shuffled.weight, rtol=1e-12)


def test_one_step_is_the_rate_times_the_gradient_by_hand() -> None:
    x, y = np.array([[2.0]]), np.array([[3.0]])
    flat, p = pack(Affine(np.array([[0.5]]), np.array([1.0])))
    (step,) = descend(flat, p, x, y, batches=[ALL_ROWS], schedule=keep_constant(0.1), ridge=0.4)
    # e = 0.5·2 + 1 − 3 = −1; the course's (e + ρw)·x would move the weight by 0.1·(−0.8)·2 instead.
    assert step.loss == pytest.approx(0.5 + 0.5 * 0.4 * 0.25)
    assert (p.weight[0, 0], p.bias[0]) == pytest.approx((0.5 - 0.1 * (-2 + 0.4 * 0.5), 1.1))


@pytest.mark.parametrize("batch_size", [1, 5, 40])
def test_descent_is_stable_just_below_the_rate_that_smoothness_allows(batch_size: int) -> None:
    x, y = make_rows(5, 40, 3)
    rate = 1 / find_smoothness(x, batch_size)
    batches = iter_batches(40, batch_size, rng=np.random.default_rng(1), n_epochs=30)
    _, losses = walk(x, y, batches, rate)
    assert max(losses[-10:]) < losses[0]
    if batch_size == 40:  # the bound on the rate is 2 / λ, and sharp
        assert walk(x, y, repeat(ALL_ROWS, 400), 2.02 * rate)[1][-1] > losses[0]
        assert walk(x, y, repeat(ALL_ROWS, 400), 1.98 * rate)[1][-1] < losses[0]


def test_smoothness_of_one_and_of_all_rows_are_their_definitions() -> None:
    x = np.array([[3.0], [0.0]])
    assert find_smoothness(x, 1) == 10.0
    assert find_smoothness(x, 2) == pytest.approx(np.linalg.eigvalsh([[4.5, 1.5], [1.5, 1.0]])[1])
    assert find_smoothness(np.array([[2.0]]), 1) == 5.0


def measure_bowl(places: Array) -> Array:
    loss: Array = ((places - [1.02, -0.009]) ** 2).sum(axis=1)
    return loss


def test_the_search_moves_to_the_best_of_nine_until_none_is_better() -> None:
    path = list(search_neighbours(measure_bowl, (-4.0, 4.0), steps=(0.5, 0.001)))
    np.testing.assert_allclose(path[:3], [[-4, 4], [-3.5, 3.5], [-3, 3]])
    np.testing.assert_allclose(path[-1], [1.02, -0.009], atol=1e-12)
    assert len(path) == 1 + 10 + 20
    losses = measure_bowl(np.array(path))
    assert (np.diff(losses) < 0).all()


def test_the_search_can_be_bounded() -> None:
    assert len(list(search_neighbours(measure_bowl, (-4.0, 4.0), steps=(0.001,), max_moves=7))) == 8


@given(st.integers(1, 3), st.integers(1, 4))
@settings(max_examples=12, deadline=None)
def test_products_of_powers_are_scikit_learns(d: int, degree: int) -> None:
    x = np.random.default_rng(d).normal(size=(5, d))
    theirs = PolynomialFeatures(degree, include_bias=False).fit_transform(x)
    np.testing.assert_allclose(expand_powers(x, list_exponents(d, degree)), theirs, rtol=1e-12)


def test_polynomial_regression_is_numpys_fit() -> None:
    rng = np.random.default_rng(6)
    x = 2000 + 10 * rng.random(60)
    y = np.cos(x) + 0.1 * rng.normal(size=60)
    ours = PolynomialRegressor(5).fit(x[:, None], y)
    theirs = np.polynomial.Polynomial.fit(x, y, 5)  # on its own scaled window
    np.testing.assert_allclose(ours.predict(x[:, None]), theirs(x), atol=1e-9)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (LinearRegressor(-0.1), "ridge is -0.1 (LinearRegressor). Give 0 or more."),
        (
            DescentRegressor(rate=0.0, batch_size=5),
            "rate is 0.0, n_epochs is 1000, batch_size is 5 (DescentRegressor). "
            "Give a finite rate above 0, and at least one epoch and one row a batch.",
        ),
        (
            DescentRegressor(rate=np.inf),
            "rate is inf, n_epochs is 1000, batch_size is None (DescentRegressor). "
            "Give a finite rate above 0, and at least one epoch and one row a batch.",
        ),
        (
            DescentRegressor(batch_size=0),
            "rate is 1.0, n_epochs is 1000, batch_size is 0 (DescentRegressor). "
            "Give a finite rate above 0, and at least one epoch and one row a batch.",
        ),
    ],
)
def test_settings_that_lead_nowhere_are_refused(model: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        model.fit(np.eye(3), [1, 2, 3])
    assert str(caught.value) == words


def test_the_loss_keeps_float32() -> None:
    x, y = (part.astype(np.float32) for part in make_rows(7, 6, 2))
    p = solve_normal_equations(x, y, ridge=0.1)
    loss, pullback = lose_squares(p, x=x, y=y, ridge=0.1)
    (dp,) = pullback(1.0)
    assert {p.weight.dtype, p.bias.dtype, loss.dtype, dp.weight.dtype, dp.bias.dtype} == {
        np.dtype(np.float32)
    }


def test_a_polynomial_of_no_degree_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        PolynomialRegressor(0).fit(np.eye(3), [1, 2, 3])
    assert str(caught.value) == "The degree is 0 (PolynomialRegressor). Give 1 or more."


def test_the_ridge_of_a_polynomial_is_scikit_learns_on_standardised_powers() -> None:
    x, y = make_rows(8, 60, 2)
    powers = standardise(PolynomialFeatures(2, include_bias=False).fit_transform(standardise(x)))
    theirs = Ridge(alpha=0.5 * len(x)).fit(powers, y[:, 0])
    ours = PolynomialRegressor(2, ridge=0.5).fit(x, y[:, 0])
    np.testing.assert_allclose(ours.predict(x), theirs.predict(powers), atol=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("rate", "batch_size"), [(3.0, None), (30.0, None), (1e30, 10)])
def test_a_walk_that_runs_away_is_refused(rate: float, batch_size: int | None) -> None:
    x, y = make_rows(0, 60, 3)
    with pytest.raises(
        InputError, match=r"^The walk runs away at the rate .* Give a lower rate; 1 is safe\.$"
    ):
        DescentRegressor(rate=rate, batch_size=batch_size).fit(x, y[:, 0])
