"""The day series: what is known on the evening before, and what the day and its week then brought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.features.day_series import NAMES, DaySeries, make_day_series, sum_weeks
from pipeline.patterns.subject import Subject
from pipeline.settings import FreeSpan

MakeSubject = Callable[..., Subject]
N = 800
DAYS = np.datetime64("2022-06-06") + np.arange(N)  # a Monday
GAP = slice(300, 310)


@pytest.fixture(scope="module")
def series(make_subject: MakeSubject) -> DaySeries:
    """Two years with a gap of ten days, and three free days."""
    counts = np.random.default_rng(0).poisson(0.5, (N, 24))
    keep = np.ones(N, bool)
    keep[GAP] = False
    free = (FreeSpan(date(2022, 12, 24), date(2022, 12, 26)),)
    return make_day_series(replace(make_subject(DAYS[keep], counts[keep]), free_days=free))


def column(series: DaySeries, name: str) -> NDArray[np.float64]:
    return series.x[:, NAMES.index(name)]


def test_silent_days_are_zero_and_days_that_are_not_covered_are_missing(series: DaySeries) -> None:
    counts = np.random.default_rng(0).poisson(0.5, (N, 24)).sum(axis=1).astype(float)
    counts[GAP] = np.nan
    np.testing.assert_array_equal(series.days, DAYS)
    np.testing.assert_array_equal(series.counts, counts)


def test_a_week_is_the_day_and_the_six_after_it_if_all_are_known(series: DaySeries) -> None:
    expected = [series.counts[k : k + 7].sum() if k + 7 <= N else np.nan for k in range(N)]
    np.testing.assert_array_equal(series.week_counts, expected)
    assert np.isnan(series.week_counts[294:310]).all() and np.isfinite(series.week_counts[[293, 310]]).all()
    assert np.isnan(sum_weeks(np.ones(6))).all() and sum_weeks(np.ones(7))[0] == 7


@pytest.mark.parametrize(
    ("name", "earlier"),
    [
        ("root_lag_1", [1]),
        ("root_lag_2", [2]),
        ("root_lag_7", [7]),
        ("root_mean_7", range(1, 8)),
        ("root_mean_28", range(1, 29)),
        ("root_mean_91", range(1, 92)),
        ("root_same_weekday_8_weeks", range(7, 57, 7)),
        ("root_year_before", range(364 - 13, 364 + 14)),
    ],
)
def test_each_column_is_what_its_name_says(series: DaySeries, name: str, earlier: range) -> None:
    values = column(series, name)
    for now in (400, 650, N - 1):
        known = [np.sqrt(series.counts[now - lag]) for lag in earlier if now >= lag]
        np.testing.assert_allclose(values[now], np.nanmean(known), rtol=1e-9)


def test_the_usual_count_of_a_weekday_is_a_plain_mean(series: DaySeries) -> None:
    values = column(series, "same_weekday_8_weeks")
    for now in (100, 340, N - 1):
        np.testing.assert_allclose(values[now], np.nanmean(series.counts[now % 7 : now : 7][-8:]), rtol=1e-12)


def test_the_quarter_stands_in_for_a_year_that_is_not_known(series: DaySeries) -> None:
    known = slice(7, 351)
    np.testing.assert_array_equal(
        column(series, "root_year_before")[known], column(series, "root_mean_91")[known]
    )
    assert column(series, "root_year_before")[351] == np.sqrt(series.counts[0])


def test_the_calendar_tells_weekends_free_days_and_the_place_in_week_and_year(series: DaySeries) -> None:
    weekday = (DAYS.astype(np.int64) + 3) % 7
    known = np.isfinite(series.x).all(axis=1)
    np.testing.assert_array_equal(column(series, "weekend")[known], (weekday >= 5)[known])
    free = np.isin(DAYS, np.array(["2022-12-24", "2022-12-25", "2022-12-26"], "datetime64[D]"))
    np.testing.assert_array_equal(column(series, "free_day")[known], free[known])
    week = np.stack([column(series, name) for name in NAMES if name.startswith("weekday")], axis=1)[known]
    assert len(np.unique(week.round(9), axis=0)) == 7  # three overtones tell all seven days apart
    assert np.linalg.matrix_rank(week) == 6
    np.testing.assert_allclose(
        column(series, "year_cos_1")[100:200], column(series, "year_cos_1")[465:565], atol=0.01
    )


def test_a_row_is_missing_exactly_where_one_of_its_lags_is(series: DaySeries) -> None:
    known = ~np.isnan(series.counts)
    expected = [now < 7 or not all(known[now - lag] for lag in (1, 2, 7)) for now in range(N)]
    np.testing.assert_array_equal(np.isnan(series.x).any(axis=1), expected)
    assert np.isnan(series.x[expected]).all()


def test_an_archive_without_covered_days_has_no_days(make_subject: MakeSubject) -> None:
    series = make_day_series(make_subject(np.array([], "datetime64[D]"), np.zeros((0, 24), np.int64)))
    assert [len(part) for part in series] == [0, 0, 0, 0] and series.x.shape == (0, len(NAMES))
