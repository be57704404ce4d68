import numpy as np
import pytest

from pipeline.patterns.bootstrap import (
    choose_block_days,
    count_blocks,
    draw_weights,
    find_interval,
    find_top,
    resample_rates,
    say_chance,
    widen,
)

DAY = np.datetime64("2024-01-01")


def days(n: int) -> np.ndarray:
    return DAY + np.arange(n)


@pytest.mark.parametrize("n", [1, 7, 41, 42, 83, 84, 364])
def test_each_resample_draws_as_many_days_as_there_are_blocks_for(rng: np.random.Generator, n: int) -> None:
    weights = draw_weights(days(n), rng, 400)
    length = choose_block_days(n)
    assert weights.shape == (400, n)
    assert (weights >= 0).all() and (weights == weights.round()).all()
    if n % length == 0:
        assert (weights.sum(axis=1) == n).all()
    assert np.abs(weights.mean(axis=0) - 1).max() < 0.3  # none is drawn more often than another


def test_no_days_have_no_weights(rng: np.random.Generator) -> None:
    assert draw_weights(days(0), rng, 5).shape == (5, 0)


def test_the_blocks_grow_with_the_archive_and_six_fit_in_it() -> None:
    assert [choose_block_days(n) for n in (1, 41, 42, 83, 84, 5000)] == [1, 1, 7, 7, 14, 14]


def test_days_of_one_fortnight_are_drawn_together(rng: np.random.Generator) -> None:
    weights = draw_weights(days(364), rng)
    together = [np.corrcoef(weights[:, 100], weights[:, 100 + k])[0, 1] for k in (1, 7, 14, 30)]
    assert together == pytest.approx([13 / 14, 0.5, 0, 0], abs=0.1)
    steps = np.abs(np.diff(weights, axis=1)) > 0
    assert steps.sum(axis=1).max() <= 2 * 26  # a block begins or ends


def test_every_resample_holds_each_weekday_as_often(rng: np.random.Generator) -> None:
    weights = draw_weights(days(364), rng)
    for weekday in range(7):
        assert (weights[:, weekday::7].sum(axis=1) == 52).all()


def test_the_end_joins_the_start_on_the_right_weekday(rng: np.random.Generator) -> None:
    weights = draw_weights(days(366), rng)  # twelve days of the 27th fortnight draw nothing
    assert weights.sum(axis=1).max() <= 378
    across = [np.corrcoef(weights[:, 365], weights[:, k])[0, 1] for k in (0, 1)]
    assert across == pytest.approx([1 / 14, 0], abs=0.1)


def test_a_hole_between_two_archives_keeps_its_place(rng: np.random.Generator) -> None:
    held = np.concatenate([days(70), days(70) + 700])
    weights = draw_weights(held, rng)
    assert np.corrcoef(weights[:, 69], weights[:, 70])[0, 1] == pytest.approx(0, abs=0.1)
    assert weights[:, :70].sum(axis=1).std() > 10


def test_the_same_seed_draws_the_same_days() -> None:
    first, second = (draw_weights(days(30), np.random.default_rng(3), 20) for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize(("n", "t"), [(6, 2.5706), (13, 2.1788), (120, 1.9801)])  # tables of Student's t
def test_few_blocks_are_widened_as_students_t_is(n: int, t: float) -> None:
    factor = widen(np.array([3.0]), 2.0, n)[0] - 2.0
    assert factor == pytest.approx(t / 1.95996 * (n / (n - 1)) ** 0.5, rel=0.01)


def test_blocks_are_counted_in_their_own_length() -> None:
    assert [count_blocks(n) for n in (41, 42, 84, 140)] == [41, 6, 6, 10]


def test_rates_of_the_days_as_they_are_come_from_weights_of_one() -> None:
    rates = resample_rates(np.array([2, 4, 9]), np.array([0, 0, 2]), 3, np.ones((1, 3)))
    assert rates[0, [0, 2]].tolist() == [3.0, 9.0]
    assert np.isnan(rates[0, 1])


def test_an_interval_of_the_mean_agrees_with_the_normal_one(rng: np.random.Generator) -> None:
    totals = rng.poisson(20, 400)
    drawn = resample_rates(totals, np.zeros(400, dtype=int), 1, draw_weights(days(400), rng))
    low, high = find_interval(drawn[:, 0])
    margin = 1.96 * totals.std() / 20
    assert [low, high] == pytest.approx([totals.mean() - margin, totals.mean() + margin], abs=0.2)


def test_an_interval_with_many_undefined_resamples_is_undefined() -> None:
    assert np.isnan(find_interval(np.array([1.0] * 90 + [np.nan] * 10))).all()
    assert np.isnan(find_interval(np.array([]))).all()
    assert find_interval(np.array([1.0] * 99 + [np.nan])) == (1.0, 1.0)


def test_the_top_is_the_highest_and_its_chance_the_share_of_resamples() -> None:
    top = find_top(np.array([1.0, 3.0, np.nan]), np.array([[1.0, 2.0, np.nan], [5.0, 2.0, np.nan]]))
    assert top == (1, 0.5)


def test_a_resample_without_the_tops_days_says_nothing_of_it() -> None:
    assert find_top(np.array([3.0, 1.0]), np.array([[np.nan, 2.0], [3.0, 1.0]])) == (0, 1.0)
    assert find_top(np.array([3.0, 1.0]), np.array([[np.nan, 2.0]])) == (0, 0.0)


def test_chances_are_never_rounded_up_to_certainty() -> None:
    assert [say_chance(c) for c in (1.0, 0.999, 0.97)] == [
        "in every resample", "in over 99\u00a0% of resamples", "in 97\u00a0% of resamples"
    ]  # fmt: skip
