"""Baselines, splits and comparisons."""

from __future__ import annotations

import numpy as np
import pytest

from models.baselines import (
    MajorityClass,
    guess_mean_of_periods,
    guess_mean_so_far,
    guess_same_place,
)
from models.comparison import Avoided, compare_errors
from models.errors import InputError
from models.validation import Split, choose_lowest, split_by_time

NAN = np.nan
SERIES = np.array([1.0, 2.0, NAN, 4.0, 5.0, 6.0])


def test_the_majority_is_said_for_every_row() -> None:
    model = MajorityClass().fit(np.ones((5, 2)), ["b", "a", "b", "a", "b"])
    assert model.predict(np.ones((3, 2))).tolist() == ["b", "b", "b"]
    np.testing.assert_array_equal(model.predict_proba(np.ones((1, 2))), [[0.4, 0.6]])
    assert model.score(np.ones((4, 2)), ["b", "b", "a", "b"]) == 0.75


def test_of_equally_common_classes_the_first_in_order_wins() -> None:
    assert MajorityClass().fit(np.ones((2, 1)), [2, 1]).predict(np.ones((1, 1))).tolist() == [1]


def test_the_simple_guesses_of_a_series_by_hand() -> None:
    np.testing.assert_array_equal(guess_same_place(SERIES, 2), [NAN, NAN, 1, 2, NAN, 4])
    np.testing.assert_array_equal(guess_mean_of_periods(SERIES, 2, 2), [NAN, NAN, 1, 2, 1, 3])
    np.testing.assert_array_equal(guess_same_place(SERIES, 9), [NAN] * 6)
    np.testing.assert_array_equal(guess_mean_so_far(np.array([NAN, 2, NAN, 4, 9])), [NAN, NAN, 2, 2, 3])


def test_no_guess_looks_ahead() -> None:
    rng = np.random.default_rng(0)
    series = rng.normal(size=40)
    changed = np.concatenate([series[:25], rng.normal(size=15)])
    for guess in (
        lambda s: guess_same_place(s, 7),
        lambda s: guess_mean_of_periods(s, 7, 3),
        guess_mean_so_far,
    ):
        np.testing.assert_array_equal(guess(series)[:26], guess(changed)[:26])


def test_the_last_fifth_is_the_test_and_the_fifth_before_it_the_validation() -> None:
    split = split_by_time(11)
    assert split == Split(slice(0, 7), slice(7, 9), slice(9, 11))
    assert split.before_test == slice(0, 9)


def test_the_lowest_measure_is_chosen_the_first_of_equals() -> None:
    assert choose_lowest(["aaa", "b", "c"], len) == "b"


def test_a_candidate_without_a_measure_is_never_chosen() -> None:
    assert choose_lowest([NAN, 2.0, NAN, 1.0], float) == 1.0
    with pytest.raises(InputError, match=r"None of 2 candidates has a measure to choose by \(validation\)"):
        choose_lowest([NAN, NAN], float)


def test_the_share_of_errors_avoided_by_hand() -> None:
    model, baseline = np.array([1.0, 1, 1, 1]), np.array([2.0, 2, 2, 2])
    avoided = compare_errors(model, baseline, np.arange(4), rng=np.random.default_rng(0))
    assert avoided == Avoided(0.5, 0.5, 0.5)


def test_a_baseline_without_errors_cannot_be_beaten() -> None:
    assert compare_errors(np.ones(3), np.zeros(3), np.arange(3), rng=np.random.default_rng(0)) == (0, 0, 0)


def test_the_same_seed_gives_the_same_interval() -> None:
    rng = np.random.default_rng(5)
    errors = rng.exponential(size=(2, 300))
    first, again = (
        compare_errors(*errors, np.arange(300) // 7, rng=np.random.default_rng(1)) for _ in range(2)
    )
    assert first == again


def test_errors_that_come_in_blocks_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    blocks = np.repeat(np.arange(30), 10)
    model, baseline = (np.repeat(rng.exponential(size=30), 10) for _ in range(2))
    alone = compare_errors(model, baseline, np.arange(300), rng=rng)
    whole = compare_errors(model, baseline, blocks, rng=rng)
    assert whole.high - whole.low > 2 * (alone.high - alone.low)


def test_the_interval_widens_with_the_number_of_models_tried() -> None:
    errors = np.random.default_rng(3).exponential(size=(2, 200))
    one, ten = (
        compare_errors(*errors, np.arange(200), rng=np.random.default_rng(0), n_tried=n) for n in (1, 10)
    )
    assert ten.low < one.low < one.share < one.high < ten.high


@pytest.mark.parametrize("n_blocks", [11, 48])
def test_where_neither_is_better_the_interval_holds_zero_about_19_times_in_20(n_blocks: int) -> None:
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        level = rng.exponential(size=(2, n_blocks))
        errors = rng.exponential(np.repeat(level, 7, axis=1))
        avoided = compare_errors(*errors, np.repeat(np.arange(n_blocks), 7), rng=rng)
        held += avoided.low <= 0 <= avoided.high
    assert held >= 178
