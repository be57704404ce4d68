"""Conformal intervals: they hold what they promise, on rows in any order and on any series at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError, SavedModelError
from models.online.conformal import AdaptiveInterval


def count_misses(low: Any, high: Any, y: Any) -> int:
    return int(((y < low) | (y > high)).sum())


def test_rows_in_any_order_are_held_as_often_as_promised_before_any_steering() -> None:
    """The chance is ⌈(1 − α)(n + 1)⌉ / (n + 1) exactly, whatever the distribution; 400 tries, 3 sd."""
    rng = np.random.default_rng(0)
    for n, miss in ((19, 0.1), (60, 0.2)):
        promised = np.ceil((1 - miss) * (n + 1)) / (n + 1)
        held = 0
        for _ in range(400):
            y = rng.standard_t(2, size=n + 1)
            interval = AdaptiveInterval(miss=miss, rate=0.0)
            interval.learn_many(np.zeros(n), y[:n])
            low, high = interval.predict_one(0.0)
            held += low <= y[n] <= high
        assert promised >= 1 - miss
        assert abs(held / 400 - promised) < 3 * np.sqrt(promised * (1 - promised) / 400)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300),
    st.sampled_from([0.05, 0.1, 0.5]),
    st.sampled_from([0.005, 0.05, 0.3]),
    st.sampled_from([1, 20, 1000]),
)
@settings(max_examples=60, deadline=None)
def test_on_any_series_the_share_of_misses_keeps_its_bound(
    values: list[float], miss: float, rate: float, n_scores: int
) -> None:
    y = np.array(values)
    guesses = np.concatenate([[0.0], y[:-1]])
    interval = AdaptiveInterval(miss=miss, rate=rate, n_scores=n_scores)
    low, high = interval.learn_many(guesses, y)
    share = count_misses(low, high, y) / len(y)
    assert abs(share - miss) <= (max(miss, 1 - miss) + rate) / (rate * len(y)) + 1e-9
    assert -rate <= interval.steered <= 1 + rate


@pytest.mark.parametrize("seed", range(3))
def test_where_the_spread_grows_fivefold_it_still_covers_and_one_that_is_not_steered_does_not(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    y = rng.normal(size=4000) * np.linspace(1, 5, 4000)
    steered = AdaptiveInterval(miss=0.1, rate=0.02, n_scores=4000)
    fixed = AdaptiveInterval(miss=0.1, rate=0.0, n_scores=4000)
    misses = [count_misses(*one.learn_many(np.zeros(4000), y), y) / 4000 for one in (steered, fixed)]
    assert abs(misses[0] - 0.1) < 0.01  # the bound is (0.9 + 0.02) / (0.02 · 4000) = 0.0115
    assert misses[1] > 0.13


def test_a_size_of_its_own_makes_each_row_as_wide_as_it_needs() -> None:
    rng = np.random.default_rng(0)
    size = np.where(np.arange(4000) % 2, 10.0, 1.0)
    y = rng.normal(size=4000) * size
    low, high = AdaptiveInterval().learn_many(np.zeros(4000), y, size)
    for part in (size == 1, size == 10):
        assert abs(count_misses(low[part], high[part], y[part]) / part.sum() - 0.1) < 0.02
    np.testing.assert_allclose((high - low)[-2:] / size[-2:], 2 * 1.645, rtol=0.1)


def test_it_is_everything_before_it_knows_enough_and_nothing_where_it_covered_too_often() -> None:
    interval = AdaptiveInterval(miss=0.25, rate=0.0)
    interval.learn_many([0.0, 0.0], [1.0, 2.0])
    assert interval.predict_one(5.0) == (-np.inf, np.inf)  # the ⌈0.75 · 3⌉ = 3rd of 2
    interval.learn_one(0.0, -3.0)
    assert interval.predict_one(5.0, 2.0) == (-1.0, 11.0)  # the ⌈0.75 · 4⌉ = 3rd of 1, 2, 3
    interval.steered = 1.0
    assert interval.predict_one(5.0) == (np.inf, -np.inf)


def test_a_target_as_far_off_as_the_reach_is_held() -> None:
    interval = AdaptiveInterval(miss=0.5, rate=0.1)
    interval.learn_many([0.0, 0.0], [2.0, 2.0])  # both beyond knowing, so that none missed
    interval.learn_one(0.0, -2.0)
    assert interval.steered == pytest.approx(0.65)  # three times 0.1 · 0.5


def test_a_target_beyond_any_number_of_sizes_off_is_a_score_that_is_saved() -> None:
    interval = AdaptiveInterval(miss=0.5, rate=0.0)
    interval.learn_one(0.0, 1e10, 1e-300)
    interval.learn_one(0.0, 1.0)
    assert interval.copy().list_arrays()["scores"].tolist() == [np.inf, 1.0]
    assert interval.predict_one(0.0) == (-np.inf, np.inf)


def test_it_forgets_the_oldest_score_first_and_does_not_grow() -> None:
    interval = AdaptiveInterval(miss=0.5, rate=0.0, n_scores=3)
    interval.learn_many(np.zeros(5), [9.0, 8.0, 3.0, 1.0, 2.0])
    assert interval.list_arrays()["scores"].tolist() == [3.0, 1.0, 2.0]
    assert interval.predict_one(0.0) == (-2.0, 2.0)


def test_one_by_one_is_many_a_prediction_changes_nothing_and_a_restored_one_goes_on() -> None:
    rng = np.random.default_rng(0)
    guesses, y, size = rng.normal(size=500), rng.normal(size=500), rng.gamma(2, size=500)
    single, many = (AdaptiveInterval(rate=0.05, n_scores=100) for _ in range(2))
    expected = []
    for guess, target, unit in zip(guesses, y, size, strict=True):
        expected.append(single.predict_one(guess, unit))
        assert single.predict_one(guess, unit) == expected[-1]
        single.learn_one(guess, target, unit)
    first = many.learn_many(guesses[:222], y[:222], size[:222])
    arrays = many.list_arrays()
    before = {name: array.copy() for name, array in arrays.items()}
    other, copy = AdaptiveInterval.restore(many.list_settings(), arrays), many.copy()
    rest = other.learn_many(guesses[222:], y[222:], size[222:])
    assert np.concatenate([first, rest], axis=1).T.tolist() == [list(pair) for pair in expected]
    assert np.array_equal(copy.learn_many(guesses[222:], y[222:], size[222:]), rest)
    for name, array in before.items():
        np.testing.assert_array_equal(arrays[name], array)
        np.testing.assert_array_equal(many.list_arrays()[name], array)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: AdaptiveInterval(miss=1),
            "miss is 1, rate 0.01 and n_scores 1000 (AdaptiveInterval). miss lies",
        ),
        (
            lambda: AdaptiveInterval(rate=-1),
            "miss is 0.1, rate -1 and n_scores 1000 (AdaptiveInterval). miss lie",
        ),
        (
            lambda: AdaptiveInterval(n_scores=0),
            "miss is 0.1, rate 0.01 and n_scores 0 (AdaptiveInterval). miss l",
        ),
        (
            lambda: AdaptiveInterval().predict_one(np.nan),
            "A prediction, a target or a size is NaN or infinite (A",
        ),
        (
            lambda: AdaptiveInterval().learn_one(0, np.inf),
            "A prediction, a target or a size is NaN or infinite (",
        ),
        (
            lambda: AdaptiveInterval().learn_many([[0]], [1]),
            "Rows of the shape (1, 1) (AdaptiveInterval). Give them in a row.",
        ),
        (
            lambda: AdaptiveInterval().learn_many([0], [1], [0]),
            "A size is not above 0 (AdaptiveInterval). Give h",
        ),
    ],
)
def test_what_it_cannot_take_is_refused(act: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        act()
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    "arrays",
    [
        {"steered": np.array(0.1)},
        {"scores": np.zeros(3)},
        {"scores": np.zeros((3, 1)), "steered": np.array(0.1)},
        {"scores": np.zeros(2000), "steered": np.array(0.1)},
        {"scores": np.array([-1.0]), "steered": np.array(0.1)},
        {"scores": np.array([np.nan]), "steered": np.array(0.1)},
        {"scores": np.zeros(3), "steered": np.array(np.nan)},
    ],
)
def test_arrays_of_something_else_are_refused(arrays: Any) -> None:
    with pytest.raises(SavedModelError) as caught:
        AdaptiveInterval.restore(AdaptiveInterval().list_settings(), arrays)
    assert str(caught.value) == (
        "The settings or the arrays are not its own (AdaptiveInterval). Make it anew."
    )
