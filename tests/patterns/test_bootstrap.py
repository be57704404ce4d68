import numpy as np
import pytest

from pipeline.patterns.bootstrap import draw_weights, find_interval, find_top, resample_rates, say_chance


def test_each_resample_draws_as_many_days_as_there_are(rng: np.random.Generator) -> None:
    weights = draw_weights(7, rng, 50)
    assert weights.shape == (50, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert draw_weights(0, rng, 5).shape == (5, 0)


def test_the_same_seed_draws_the_same_days() -> None:
    first, second = (draw_weights(30, np.random.default_rng(3), 20) for _ in range(2))
    assert (first == second).all()


def test_rates_of_the_days_as_they_are_come_from_weights_of_one() -> None:
    rates = resample_rates(np.array([2, 4, 9]), np.array([0, 0, 2]), 3, np.ones((1, 3)))
    assert rates[0, [0, 2]].tolist() == [3.0, 9.0]
    assert np.isnan(rates[0, 1])


def test_an_interval_of_the_mean_agrees_with_the_normal_one(rng: np.random.Generator) -> None:
    totals = rng.poisson(20, 400)
    drawn = resample_rates(totals, np.zeros(400, dtype=int), 1, draw_weights(400, rng))
    low, high = find_interval(drawn[:, 0])
    margin = 1.96 * totals.std() / 20
    assert [low, high] == pytest.approx([totals.mean() - margin, totals.mean() + margin], abs=0.06)


def test_an_interval_with_many_undefined_resamples_is_undefined() -> None:
    assert np.isnan(find_interval(np.array([1.0] * 90 + [np.nan] * 10))).all()
    assert np.isnan(find_interval(np.array([]))).all()
    assert find_interval(np.array([1.0] * 99 + [np.nan])) == (1.0, 1.0)


def test_the_top_is_the_highest_and_its_chance_the_share_of_resamples() -> None:
    top = find_top(np.array([1.0, 3.0, np.nan]), np.array([[1.0, 2.0, np.nan], [5.0, 2.0, np.nan]]))
    assert top == (1, 0.5)


def test_chances_are_never_rounded_up_to_certainty() -> None:
    assert [say_chance(c) for c in (1.0, 0.999, 0.97)] == [
        "in every resample", "in over 99\u00a0% of resamples", "in 97\u00a0% of resamples"
    ]  # fmt: skip
