"""A series drawn on keeps its season and its level; forecasts are charged for what they said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InputError
from models.forecasting.backtest import SHARES, Backtest, pinball_loss, roll_origin
from models.forecasting.block_bootstrap import draw_same_places, draw_seasons

SEASON = np.array([1.1, 1.0, 1.2, 1.0, 0.9, 1.0, 0.7, 0.5, 1.0, 1.2, 1.3, 1.1])


def draw_series(seed: int, n: int, noise: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 30 * SEASON[np.arange(n) % 12] * (1 + noise * rng.standard_normal(n))


def test_a_series_that_repeats_itself_is_drawn_on_as_it_is() -> None:
    series = np.tile(30 * SEASON, 4)[:-2]
    drawn = draw_seasons(series, 14, rng=np.random.default_rng(0), n_draws=20)
    expected = 30 * SEASON[(len(series) + np.arange(14)) % 12]
    np.testing.assert_allclose(drawn, np.tile(expected, (20, 1)), rtol=1e-12)


def test_a_series_that_grows_goes_on_growing() -> None:
    growth = 30 * 1.02 ** np.arange(70.0)
    drawn = draw_seasons(growth[:50], 20, rng=np.random.default_rng(0), n_draws=5)
    np.testing.assert_allclose(drawn, np.tile(growth[50:], (5, 1)), rtol=1e-12)


def test_a_gap_in_the_past_changes_nothing_of_a_series_that_repeats_itself() -> None:
    series = np.tile(30 * SEASON, 5)
    series[[3, 17, 40]] = np.nan
    drawn = draw_seasons(series, 3, rng=np.random.default_rng(0), n_draws=20)
    # A level without one of its months is a little off, and so is the season: by the gap's own part of it.
    assert np.abs(drawn / (30 * SEASON[:3]) - 1).max() < 0.06


def test_what_is_drawn_is_in_proportion_to_the_series() -> None:
    series = draw_series(1, 70)
    once = draw_seasons(series, 5, rng=np.random.default_rng(4), n_draws=50)
    tenfold = draw_seasons(10 * series, 5, rng=np.random.default_rng(4), n_draws=50)
    np.testing.assert_allclose(tenfold, 10 * once, rtol=1e-12)
    assert (once >= 0).all()


def test_bands_hold_what_came_about_as_often_as_they_say() -> None:
    held = []
    for seed in range(200):
        series = draw_series(seed, 75)
        drawn = draw_seasons(series[:72], 3, rng=np.random.default_rng(seed), n_draws=400)
        low, high = np.quantile(drawn.sum(axis=1), [0.1, 0.9])
        held.append(low <= series[72:].sum() <= high)
    assert 0.70 <= np.mean(held) <= 0.92  # 200 tries: three standard errors are 0.085


def test_errors_come_from_around_the_same_place_of_the_period() -> None:
    rng = np.random.default_rng(0)
    series = 30 * (1 + np.where(np.arange(79) % 12 < 6, 0.001, 0.3) * rng.standard_normal(79))
    quiet, loud = (draw_seasons(series[:n], 3, rng=rng, n_draws=400) for n in (73, 79))
    assert (quiet.std(axis=0) < 0.1 * quiet.mean(axis=0)).all()  # the level alone is not quiet
    assert (loud.std(axis=0) > 0.2 * loud.mean(axis=0)).all()


def test_nothing_is_drawn_below_zero() -> None:
    series = np.tile(30 * SEASON, 6)
    series[11::12] = [0, 0, 0, 0, 0, 200]
    drawn = draw_seasons(series, 12, rng=np.random.default_rng(0), n_draws=100)
    assert drawn.min() == 0


def test_a_level_needs_three_quarters_of_its_period() -> None:
    series = draw_series(0, 72)
    series[60:63] = np.nan
    draw_seasons(series, 3, rng=np.random.default_rng(0), n_draws=2)
    series[63] = np.nan
    with pytest.raises(InputError, match="The last period is mostly unknown, or empty"):
        draw_seasons(series, 3, rng=np.random.default_rng(0), n_draws=2)


def test_a_place_that_was_seen_once_has_no_error_to_draw() -> None:
    series = draw_series(3, 36)
    series[13] = np.nan  # of the two Februaries after a year
    drawn = draw_seasons(series, 1, rng=np.random.default_rng(0), n_draws=400)
    assert len(np.unique(drawn)) == 4  # the errors of two Januaries and two Decembers


def test_the_plain_bootstrap_gives_octobers_for_octobers() -> None:
    series = np.arange(30.0)
    drawn = draw_same_places(series, 4, rng=np.random.default_rng(0), n_draws=500)
    assert [set(column.tolist()) for column in drawn.T] == [
        {6.0, 18.0},
        {7.0, 19.0},
        {8.0, 20.0},
        {9.0, 21.0},
    ]


def test_too_short_a_past_is_refused() -> None:
    rng = np.random.default_rng(0)
    for n in (0, 11, 24, 35):
        with pytest.raises(InputError, match="not seen in two periods"):
            draw_seasons(draw_series(0, n), 3, rng=rng)
    with pytest.raises(InputError, match=r"was never seen .*Give more years of it"):
        draw_same_places(np.arange(5.0), 8, rng=rng)
    for draw in (draw_seasons, draw_same_places):
        with pytest.raises(
            InputError, match=r"The series is not a row of numbers .*Give finite ones, and NaN"
        ):
            draw(np.append(draw_series(0, 71), np.inf), 3, rng=rng)
    silent = np.concatenate([draw_series(0, 60), np.zeros(12)])
    with pytest.raises(InputError, match="The last period is mostly unknown, or empty"):
        draw_seasons(silent, 3, rng=rng)


def test_where_no_stretch_is_whole_it_says_so() -> None:
    series = draw_series(0, 72)
    series[1::2] = np.nan
    with pytest.raises(InputError):
        draw_seasons(series, 3, rng=np.random.default_rng(0))


@settings(max_examples=50, deadline=None)
@given(st.floats(0.01, 0.99), st.lists(st.floats(-100, 100), min_size=1, max_size=40))
def test_no_number_costs_less_than_the_samples_own_quantile(share: float, values: list[float]) -> None:
    sample = np.array(values)
    own = np.quantile(sample, share, method="inverted_cdf")
    least = pinball_loss(own, np.array(share), sample).mean()
    for other in (*values, own - 1, own + 1, 0.0):
        assert pinball_loss(np.array(other), np.array(share), sample).mean() >= least - 1e-9


def test_a_loss_is_what_its_formula_says() -> None:
    loss = pinball_loss(np.array([10.0, 10.0]), np.array([0.9, 0.9]), np.array([14.0, 8.0]))
    np.testing.assert_allclose(loss, [3.6, 0.2])
    tries = Backtest(np.array([[1.0, 3.0], [4.0, 6.0]]), np.array([2.0, 9.0]), shares=(0.1, 0.9))
    np.testing.assert_allclose(tries.losses, [0.1, (0.5 + 2.7) / 2])
    assert tries.hold().tolist() == [True, False]
    with pytest.raises(InputError, match=r"There is no quantile for 0.2 or 0.9 .*Known: 0.1, 0.9"):
        tries.hold(0.2)


def test_forecasts_are_made_from_each_origin_and_set_beside_what_came() -> None:
    series = np.arange(20.0)
    seen: list[int] = []

    def draw(origin: int) -> np.ndarray:
        seen.append(origin)
        return np.linspace(0, origin, 101)

    tries = roll_origin([4, 8], draw, lambda origin: float(series[origin]))
    assert seen == [4, 8]
    assert tries.truth.tolist() == [4.0, 8.0]
    np.testing.assert_allclose(tries.quantiles, np.outer([4.0, 8.0], SHARES))
    assert roll_origin([], draw, lambda origin: 0.0).losses.shape == (0,)
