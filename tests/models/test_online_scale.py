"""The running mean and spread: NumPy's and River's, and the same bits in any pieces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from river.preprocessing import StandardScaler

from models.online.scale import RunningScale


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_running_scale_is_mean_and_standard_deviation(values: list[float]) -> None:
    scale = RunningScale(1)
    for value in values:
        scale.learn_one(np.array([value]))
    np.testing.assert_allclose(scale.mean, np.mean(values), atol=1e-9)
    np.testing.assert_allclose(scale.spread**2, np.var(values), atol=1e-6)


@given(st.integers(0, 40), st.lists(st.integers(0, 40), max_size=4), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_many_rows_in_any_pieces_are_one_by_one_to_the_last_bit(
    n_rows: int, cuts: list[int], seed: int
) -> None:
    x = np.random.default_rng(seed).normal(1e4, 1, size=(n_rows, 3))
    x[:, 2] = 0.1  # never varies
    single, many = RunningScale(3), RunningScale(3)
    expected = [single.learn_one(row) for row in x]
    edges = [0, *sorted(min(cut, n_rows) for cut in cuts), n_rows]
    pieces = [many.learn_many(x[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(pieces), np.reshape(expected, (n_rows, 3)))
    for ours, theirs in zip(many.sums, single.sums, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    if n_rows:  # nothing keeps the rows alive
        assert many.sums.total.base is many.sums.squares.base is None


def test_it_is_rivers_scaler() -> None:
    x = np.random.default_rng(0).normal(5, [1, 100], size=(200, 2))
    river = StandardScaler()
    expected = []
    for row in x.tolist():
        river.learn_one(dict(enumerate(row)))
        expected.append(list(river.transform_one(dict(enumerate(row))).values()))
    np.testing.assert_allclose(RunningScale(2).learn_many(x), expected, rtol=1e-9, atol=1e-12)


def test_far_from_zero_it_keeps_its_digits() -> None:
    x = np.random.default_rng(0).normal(size=(1000, 1))
    near, far = RunningScale(1), RunningScale(1)
    np.testing.assert_allclose(
        far.learn_many(x + 1e8), near.learn_many(x), atol=1e-6
    )  # 1e8 has 8 digits left


def test_a_row_is_standardised_with_itself_included_and_a_constant_column_is_zero() -> None:
    scale = RunningScale(2)
    assert (scale.n_rows, scale.mean.tolist(), scale.spread.tolist()) == (0, [0, 0], [0, 0])
    scale.learn_one(np.array([1.0, 0.1]))
    np.testing.assert_allclose(scale.standardise_one(np.array([3.0, 0.1])), [1.0, 0.0])
    assert (scale.n_rows, scale.mean.tolist()) == (1, [1.0, 0.1])
