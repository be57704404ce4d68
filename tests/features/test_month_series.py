"""The month series: counts and covered days by month, and what was known before each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pipeline.features.month_series import NAMES, MonthSeries, make_features, make_month_series
from pipeline.patterns.subject import Subject
from pipeline.settings import FreeSpan

MakeSubject = Callable[..., Subject]
FIRST, LAST = np.datetime64("2022-01-20"), np.datetime64("2024-03-09")


def draw_series(make_subject: MakeSubject) -> tuple[MonthSeries, Subject, NDArray[np.int64]]:
    """Two years and a bit; the whole of August 2022 and most of May 2023 are not covered."""
    days = np.arange(FIRST, LAST + 1)
    counts = np.random.default_rng(0).poisson(0.5, (len(days), 24))
    month = days.astype("datetime64[M]").astype(str)
    keep = (month != "2022-08") & ~((month == "2023-05") & (days > np.datetime64("2023-05-05")))
    free = (FreeSpan(date(2023, 12, 21), date(2024, 1, 2)),)
    subject = replace(make_subject(days[keep], counts[keep]), free_days=free)
    totals = [
        int(counts[keep & (month == str(m))].sum())
        for m in np.arange("2022-01", "2024-04", dtype="datetime64[M]")
    ]
    return make_month_series(subject), subject, np.array(totals)


def column(series: MonthSeries, name: str) -> NDArray[np.float64]:
    return series.x[:, NAMES.index(name)]


def test_a_month_has_its_counts_its_days_and_its_covered_days(make_subject: MakeSubject) -> None:
    series, _, totals = draw_series(make_subject)
    np.testing.assert_array_equal(series.months, np.arange("2022-01", "2024-04", dtype="datetime64[M]"))
    np.testing.assert_array_equal(series.counts, totals)
    assert series.n_days[:3].tolist() == [31, 28, 31] and series.n_days[-2:].tolist() == [29, 31]
    assert (series.n_covered[0], series.n_covered[7], series.n_covered[16], series.n_covered[-1]) == (
        12,
        0,
        5,
        9,
    )
    few = np.isin(np.arange(27), (7, 16, 26))
    np.testing.assert_array_equal(np.isnan(series.per_day), few)
    np.testing.assert_allclose(series.per_day[~few], totals[~few] / series.n_covered[~few])


def test_each_column_is_what_its_name_says(make_subject: MakeSubject) -> None:
    series, _, _ = draw_series(make_subject)
    root = np.sqrt(series.per_day)
    known = np.isfinite(series.x).all(axis=1)
    np.testing.assert_array_equal(
        np.flatnonzero(~known), [0, 8, 17]
    )  # nothing before, or a month before unknown
    for k in np.flatnonzero(known):
        usual = np.nanmean(root[max(0, k - 12) : k])
        before = root[k - 12] if k >= 12 and np.isfinite(root[k - 12]) else usual
        found = [column(series, name)[k] for name in ("root_lag_1", "root_mean_12", "root_lag_12")]
        np.testing.assert_allclose(found, [root[k - 1], usual, before], rtol=1e-12)
    np.testing.assert_array_equal(column(series, "n_days")[known], series.n_days[known])


def test_workdays_leave_out_weekends_and_free_days(make_subject: MakeSubject) -> None:
    series, subject, _ = draw_series(make_subject)
    workdays = dict(zip(series.months.astype(str), column(series, "n_workdays"), strict=True))
    # December 2023 has 21 days from Monday to Friday, seven of them from the 21st on; January 23 and two.
    assert (workdays["2023-11"], workdays["2023-12"], workdays["2024-01"]) == (22, 14, 21)
    friday = make_month_series(replace(subject, weekend=(4, 5)))
    assert column(friday, "n_workdays")[-1] == 21  # March 2024 begins on a Friday and has five of them


def test_months_to_come_have_a_calendar_and_what_was_known_before_them(make_subject: MakeSubject) -> None:
    series, subject, _ = draw_series(make_subject)
    months = np.arange("2022-01", "2025-01", dtype="datetime64[M]")
    per_day = np.concatenate([series.per_day, np.full(9, np.nan)])
    x = make_features(months, per_day, subject)
    np.testing.assert_array_equal(x[:27], series.x)
    calendar = [name for name in NAMES if name.startswith(("year", "n_"))]
    assert calendar == NAMES[:6]


def test_an_archive_without_covered_days_has_no_months(make_subject: MakeSubject) -> None:
    series = make_month_series(make_subject(np.array([], "datetime64[D]"), np.zeros((0, 24), np.int64)))
    assert [len(part) for part in series] == [0] * 6 and series.x.shape == (0, len(NAMES))
