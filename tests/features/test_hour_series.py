"""The hour series: what was known before each hour, and never what came after."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.features.hour_series import NAMES, make_features, make_hour_series
from pipeline.patterns.subject import Subject

N = 24 * 7 * 10
HOURS = np.datetime64("2025-01-06T00") + np.arange(N)  # a Monday


def draw_counts(seed: int) -> NDArray[np.float64]:
    """Ten weeks of counts with a gap of four days."""
    counts = np.random.default_rng(seed).poisson(3, N).astype(float)
    counts[24 * 30 : 24 * 34] = np.nan
    return counts


@given(st.integers(0, 1000), st.integers(1, N - 1), st.sampled_from([0.0, 50.0, np.nan]))
@settings(max_examples=40, deadline=None)
def test_a_changed_future_leaves_every_earlier_row_as_it_was(seed: int, now: int, value: float) -> None:
    counts = draw_counts(seed)
    changed = counts.copy()
    changed[now:] = value
    np.testing.assert_array_equal(
        make_features(HOURS, counts)[: now + 1], make_features(HOURS, changed)[: now + 1]
    )


@given(st.integers(0, 1000), st.integers(1, N))
@settings(max_examples=20, deadline=None)
def test_a_longer_series_has_the_same_bits_in_front(seed: int, n: int) -> None:
    counts = draw_counts(seed)
    np.testing.assert_array_equal(make_features(HOURS[:n], counts[:n]), make_features(HOURS, counts)[:n])


def column(name: str, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return make_features(HOURS, counts)[:, NAMES.index(name)]


def test_the_hours_usual_count_is_a_plain_mean() -> None:
    counts = draw_counts(1)
    values = column("same_hour_8_weeks", counts)
    for now in (168, 24 * 45, N - 1):
        np.testing.assert_allclose(values[now], np.nanmean(counts[now % 168 : now : 168][-8:]), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "earlier"),
    [
        ("root_lag_1", [1]),
        ("root_lag_2", [2]),
        ("root_lag_24", [24]),
        ("root_lag_168", [168]),
        ("root_mean_24", range(1, 25)),
        ("root_mean_168", range(1, 169)),
        ("root_mean_672", range(1, 673)),
        ("root_same_hour_7_days", range(24, 169, 24)),
        ("root_same_hour_8_weeks", range(168, 1345, 168)),
    ],
)
def test_each_column_is_what_its_name_says(name: str, earlier: range) -> None:
    counts = draw_counts(1)
    values = column(name, counts)
    for now in (168, 500, 24 * 45, N - 1):
        known = [np.sqrt(counts[now - lag]) for lag in earlier if now >= lag]
        np.testing.assert_allclose(values[now], np.nanmean(known), rtol=1e-9)


def test_a_row_is_missing_exactly_where_one_of_its_lags_is() -> None:
    counts = draw_counts(2)
    missing = np.isnan(make_features(HOURS, counts)).any(axis=1)
    known = ~np.isnan(counts)
    expected = [now < 168 or not all(known[now - lag] for lag in (1, 2, 24, 168)) for now in range(N)]
    np.testing.assert_array_equal(missing, expected)
    assert np.isnan(make_features(HOURS, counts)[missing]).all()


def test_the_clock_turns_once_a_day_a_week_and_a_year() -> None:
    counts = np.ones(N)
    noon = 24 * 8 + 12  # Tuesday the 14th of January, noon
    np.testing.assert_allclose(column("hour_cos_1", counts)[noon], -1)
    np.testing.assert_allclose(column("hour_cos_2", counts)[noon], 1)
    np.testing.assert_allclose(column("weekday_sin_1", counts)[noon], np.sin(2 * np.pi * 36 / 168))
    two_years = np.datetime64("2023-01-01T00") + np.arange(24 * 731)
    turn = make_features(two_years, np.ones(len(two_years)))[:, NAMES.index("year_sin_1")]
    np.testing.assert_allclose(turn[24 * 90 + 8766], turn[24 * 90], atol=1e-3)  # 365.25 days on
    assert turn[24 * 30 : 24 * 370].max() > 0.999 and turn[24 * 30 : 24 * 370].min() < -0.999


def test_days_that_are_not_covered_are_missing_and_silent_days_are_zero(
    make_subject: Callable[..., Subject],
) -> None:
    days = np.array(["2025-03-28", "2025-03-29", "2025-03-31"], "datetime64[D]")
    counts = np.zeros((3, 24), np.int64)
    counts[0, 5] = 3
    series = make_hour_series(make_subject(days, counts))
    assert (str(series.hours[0]), str(series.hours[-1]), len(series.hours)) == (
        "2025-03-28T00",
        "2025-03-31T23",
        96,
    )
    expected = np.concatenate([counts[0], counts[1], np.full(24, np.nan), counts[2]])
    np.testing.assert_array_equal(series.counts, expected)
    assert series.x.shape == (96, len(NAMES))


def test_an_archive_without_covered_days_has_no_hours(make_subject: Callable[..., Subject]) -> None:
    series = make_hour_series(make_subject(np.array([], "datetime64[D]"), np.zeros((0, 24), np.int64)))
    assert (len(series.hours), series.x.shape) == (0, (0, len(NAMES)))
