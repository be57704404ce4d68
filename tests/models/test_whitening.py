"""ZCA whitening: what it makes of rows, its derivative also where eigenvalues meet, running moments."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.errors import InputError
from models.projections.moments import JointMoments, RunningCovariance, split_groups
from models.projections.whitening import Whitening, find_loewner, zca, zca_by_example
from models.projections.whitening_svd import find_slopes, zca_by_svd
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "whitening_oracle.npz"
# Both sides compute in float64, in different orders, with eigenvalues two orders apart.
CLOSE = {"rtol": 1e-9, "atol": 1e-11}
BOTH = (zca, zca_by_svd)


def make_rows(seed: int, n: int, d: int, *, variances: Any = None) -> Array:
    """Rows that are correlated, or whose covariance has exactly these eigenvalues."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)
    if variances is None:
        return rows
    left = np.linalg.qr(rows - rows.mean(axis=0))[0]
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    made: Array = left * np.sqrt(n * np.array(variances)) @ turn.T + 3.0
    return made


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


@pytest.mark.parametrize("whiten", BOTH)
def test_whitened_columns_are_uncorrelated_with_variance_one_and_mean_zero(whiten: Any) -> None:
    y, _ = whiten(make_rows(0, 50, 6), epsilon=1e-12)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.T @ y / 50, np.eye(6), atol=1e-9)


def test_of_all_whitenings_it_is_the_symmetric_one_that_moves_rows_least() -> None:
    x = make_rows(1, 40, 4)
    c, (y, _) = x - x.mean(axis=0), zca(x, epsilon=1e-12)
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(4, 4)))[0]
    assert np.sum((y - c) ** 2) < np.sum((y @ turn - c) ** 2)
    whitener = np.linalg.lstsq(c, y, rcond=None)[0]
    np.testing.assert_allclose(whitener, whitener.T, atol=1e-9)


def test_by_example_rows_are_uncorrelated() -> None:
    y, _ = zca_by_example(make_rows(2, 5, 40), epsilon=1e-12)
    np.testing.assert_allclose(y @ y.T / 40, np.eye(5), atol=1e-8)
    x = make_rows(2, 6, 40)
    together, _ = zca_by_example(x, groups=2)
    np.testing.assert_allclose(together, np.concatenate([zca_by_example(x[k : k + 3])[0] for k in (0, 3)]))


def test_a_group_is_whitened_as_if_it_were_alone() -> None:
    x = make_rows(3, 30, 6)
    for whiten in BOTH:
        together, _ = whiten(x, groups=2, epsilon=1e-4)
        apart = [whiten(half, epsilon=1e-4)[0] for half in (x[:, :3], x[:, 3:])]
        np.testing.assert_allclose(together, np.concatenate(apart, axis=1), rtol=1e-12)


@pytest.mark.parametrize("variances", [None, [4, 3, 2, 1], [2, 2, 2, 2], [5, 5, 1e-9, 1e-9]])
@pytest.mark.parametrize("n", [9, 40])
def test_both_ways_give_one_value_and_one_gradient(variances: Any, n: int) -> None:
    x = make_rows(4, n, 4, variances=variances)
    weights = np.random.default_rng(5).normal(size=x.shape)
    (one, pull_one), (other, pull_other) = (whiten(x, epsilon=1e-4) for whiten in BOTH)
    np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(pull_one(weights)[0], pull_other(weights)[0], rtol=1e-7, atol=1e-8)


CASES: dict[str, Any] = {
    "zca": partial(zca, epsilon=1e-2),
    "groups": partial(zca, groups=2, epsilon=1e-2),
    "svd": partial(zca_by_svd, epsilon=1e-2),
    "svd in groups": partial(zca_by_svd, groups=2, epsilon=1e-2),
    "example": partial(zca_by_example, epsilon=1e-2),
    "example in groups": partial(zca_by_example, groups=3, epsilon=1e-2),
}
RUNNING = JointMoments(np.full((2, 1, 2), 0.4), np.array([np.diag([1.0, 2.0]), [[1.0, 0.3], [0.3, 0.7]]]))
CASES["running"] = partial(zca, groups=2, epsilon=1e-2, running=RUNNING, share=0.3)
CASES["in use"] = partial(zca, groups=2, epsilon=1e-2, running=RUNNING, share=0.0)


@pytest.mark.parametrize("case", CASES)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_whitening_pulls_back(case: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    check_pullback(CASES[case], rng.normal(size=(6, 4)), rng=rng)


@pytest.mark.parametrize("case", ["zca", "groups", "svd", "svd in groups"])
@pytest.mark.parametrize("variances", [[2, 2, 2, 2], [2, 2, 0.5, 0.5], [1, 1 + 1e-13, 1 + 1e-8, 0.7]])
def test_it_pulls_back_where_eigenvalues_meet(case: str, variances: list[float]) -> None:
    check_pullback(CASES[case], make_rows(6, 11, 4, variances=variances), rng=np.random.default_rng(7))


@pytest.mark.parametrize("case", ["zca", "svd", "example"])
def test_it_pulls_back_where_rows_have_fewer_directions_than_columns(case: str) -> None:
    rng = np.random.default_rng(8)
    check_pullback(CASES[case], rng.normal(size=(3, 6)), rng=rng)
    check_pullback(CASES[case], np.tile(rng.normal(size=4), (3, 1)), rng=rng)  # no direction at all


def test_the_slopes_are_their_difference_quotients_and_their_limits() -> None:
    epsilon, s = 0.3, np.array([2.0, 0.7, 0.0])
    r = np.sqrt(s * s / 5 + epsilon)
    evenly, oddly = find_slopes(s, r, epsilon)
    g = s / r
    off = ~np.eye(3, dtype=bool)
    difference, apart = g[:, None] - g, s[:, None] - s
    np.testing.assert_allclose(evenly[off], (difference[off] / apart[off]))
    np.testing.assert_allclose(np.diag(evenly), epsilon / r**3)  # dg/ds
    np.testing.assert_allclose(oddly[off], ((g[:, None] + g)[off] / (s[:, None] + s)[off]))
    np.testing.assert_allclose(np.diag(oddly), 1 / r)
    a = np.array([4.0, 1.0, 0.25])
    quotient = (a[:, None] ** -0.5 - a**-0.5)[off] / (a[:, None] - a)[off]
    np.testing.assert_allclose(find_loewner(np.sqrt(a))[off], quotient)
    np.testing.assert_allclose(np.diag(find_loewner(np.sqrt(a))), -0.5 * a**-1.5)


ORACLE_CASES: dict[str, Any] = {
    "zca": partial(zca, epsilon=1e-3),
    "svd": partial(zca_by_svd, epsilon=1e-3),
    "groups": partial(zca, groups=2, epsilon=1e-2),
    "example": partial(zca_by_example, epsilon=1e-2),
    "meeting": partial(zca, epsilon=1e-3),
    "nearly_meeting": partial(zca, epsilon=1e-3),
}


@pytest.mark.parametrize("case", ORACLE_CASES)
def test_value_and_gradient_are_pytorchs(case: str, oracle: dict[str, Any]) -> None:
    value, pullback = ORACLE_CASES[case](oracle[f"{case}.x"])
    np.testing.assert_allclose(value, oracle[f"{case}.value"], **CLOSE)
    np.testing.assert_allclose(pullback(oracle[f"{case}.weights"])[0], oracle[f"{case}.d_x"], **CLOSE)


@pytest.mark.parametrize("case", ["meeting", "nearly_meeting"])
def test_through_singular_values_they_are_the_same_where_eigenvalues_meet(
    case: str, oracle: dict[str, Any]
) -> None:
    value, pullback = zca_by_svd(oracle[f"{case}.x"], epsilon=1e-3)
    np.testing.assert_allclose(value, oracle[f"{case}.value"], **CLOSE)
    np.testing.assert_allclose(pullback(oracle[f"{case}.weights"])[0], oracle[f"{case}.d_x"], **CLOSE)


def test_with_running_moments_they_are_pytorchs(oracle: dict[str, Any]) -> None:
    running = JointMoments(oracle["running.mean"][None, None], oracle["running.covariance"][None])
    value, pullback = zca(oracle["running.x"], epsilon=1e-3, running=running, share=0.3)
    np.testing.assert_allclose(value, oracle["running.value"], **CLOSE)
    np.testing.assert_allclose(pullback(oracle["running.weights"])[0], oracle["running.d_x"], **CLOSE)


@pytest.mark.parametrize("whiten", [*BOTH, zca_by_example])
def test_whitening_keeps_float32(whiten: Any) -> None:
    value, pullback = whiten(make_rows(9, 8, 4).astype(np.float32))
    assert (value.dtype, pullback(np.ones_like(value))[0].dtype) == (np.float32, np.float32)
    running = RunningCovariance(4, keep=0.9)
    value, pullback = zca(value, running=running.moments, share=0.5)
    assert (value.dtype, pullback(value)[0].dtype) == (np.float32, np.float32)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 7), min_size=1, max_size=5))
@settings(max_examples=15, deadline=None)
def test_any_batches_give_the_moments_of_all_rows(seed: int, sizes: list[int]) -> None:
    rows = make_rows(seed, sum(sizes), 4)
    running = RunningCovariance(4, groups=2)
    for batch in np.split(rows, np.cumsum(sizes)[:-1]):
        running.learn(batch)
    assert running.n_rows == len(rows)
    np.testing.assert_allclose(running.moments.mean.ravel(), rows.mean(axis=0), atol=1e-9)
    whole = np.cov(rows.T, bias=True)
    expected = np.array([whole[:2, :2], whole[2:, 2:]])
    np.testing.assert_allclose(running.moments.covariance, expected, rtol=1e-9, atol=1e-9)


def test_running_moments_begin_as_the_identity_and_forget_it() -> None:
    running = RunningCovariance(3, keep=0.5)
    np.testing.assert_array_equal(running.moments.covariance, np.eye(3)[None])
    rows = make_rows(10, 20, 3)
    for _ in range(60):
        running.learn(rows)
    np.testing.assert_allclose(running.moments.covariance[0], np.cov(rows.T, bias=True), rtol=1e-12)


def test_the_transformer_whitens_and_goes_back_and_learns_batch_by_batch() -> None:
    x = make_rows(11, 60, 6)
    at_once = Whitening(groups=3, epsilon=1e-9).fit(x)
    np.testing.assert_allclose(at_once.transform(x), zca(x, groups=3, epsilon=1e-9)[0], rtol=1e-9)
    np.testing.assert_allclose(at_once.inverse_transform(at_once.transform(x)), x, rtol=1e-9)
    in_two = Whitening(groups=3, epsilon=1e-9).partial_fit(x[:25]).partial_fit(x[25:])
    np.testing.assert_allclose(in_two.transform(x), at_once.transform(x), rtol=1e-9, atol=1e-12)
    before = at_once.transform(x)
    np.testing.assert_array_equal(at_once.set_params(groups=2).transform(x), before)  # until it is fitted


def test_what_cannot_be_whitened_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        zca(np.ones((3, 5)), groups=2)
    assert str(caught.value) == (
        "5 columns cannot be split into 2 equal groups (whitening). "
        "Give a number of groups that divides them."
    )
    for whiten in (zca, zca_by_svd, zca_by_example):
        with pytest.raises(InputError) as caught:
            whiten(np.ones((3, 4)), epsilon=0.0)
        assert str(caught.value) == "epsilon is 0.0 (whitening). Give a number above 0."


def test_groups_are_neighbouring_columns() -> None:
    np.testing.assert_array_equal(
        split_groups(np.arange(8).reshape(2, 4), 2), [[[0, 1], [4, 5]], [[2, 3], [6, 7]]]
    )


@pytest.mark.parametrize("whiten", [zca, zca_by_svd])
def test_no_rows_cannot_be_whitened(whiten: Any) -> None:
    with pytest.raises(InputError) as caught:
        whiten(np.empty((0, 3)))
    assert str(caught.value) == "There are no rows (whitening). Give at least one."


def test_variances_that_rounding_makes_negative_are_none() -> None:
    """Six columns that are one: five eigenvalues of 10¹² are 0, give or take 10⁻⁴."""
    x = np.outer(np.random.default_rng(0).normal(size=40), 1e6 * np.linspace(0.3, 1.1, 6))
    assert np.isfinite(zca(x, epsilon=1e-12)[0]).all()
    assert np.isfinite(Whitening(epsilon=1e-12).fit(x).whitener_).all()


@pytest.mark.parametrize("bad", [[[1e200, 0.0], [-1e200, 1.0]], [[np.inf, 0.0], [1.0, 1.0]]])
def test_a_batch_that_would_make_the_moments_infinite_changes_nothing(bad: Any) -> None:
    running = RunningCovariance(2)
    running.learn(np.eye(2))
    before = running.moments
    with pytest.raises(InputError) as caught:
        running.learn(np.array(bad))
    assert running.moments is before and running.n_rows == 2
    assert str(caught.value) == (
        "The squares of the numbers are beyond float64 (whitening). Give the columns in another unit."
    )
