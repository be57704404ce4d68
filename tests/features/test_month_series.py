"""The month series: counts and covered days by month, and the rate a covered day."""

from __future__ import annotations

import numpy as np

from pipeline.features.month_series import make_month_series

FIRST, LAST = np.datetime64("2022-01-20"), np.datetime64("2024-03-09")


def test_a_month_has_its_counts_its_covered_days_and_where_there_are_enough_its_rate() -> None:
    days = np.arange(FIRST, LAST + 1)
    month = days.astype("datetime64[M]").astype(str)
    # The whole of August 2022 and most of May 2023 are not covered.
    days = days[(month != "2022-08") & ~((month == "2023-05") & (days > np.datetime64("2023-05-05")))]
    counts = np.random.default_rng(0).poisson(12, len(days)).astype(float)
    series = make_month_series(days, counts)
    expected = np.arange("2022-01", "2024-04", dtype="datetime64[M]")
    np.testing.assert_array_equal(series.months, expected)
    of_day = days.astype("datetime64[M]")
    totals = [counts[of_day == one].sum() for one in expected]
    np.testing.assert_array_equal(series.counts, totals)
    assert series.n_covered[[0, 1, 7, 16, 26]].tolist() == [12, 28, 0, 5, 9]
    few = np.isin(np.arange(27), (7, 16, 26))
    np.testing.assert_array_equal(np.isnan(series.per_day), few)
    np.testing.assert_allclose(series.per_day[~few], series.counts[~few] / series.n_covered[~few])


def test_without_covered_days_there_are_no_months() -> None:
    series = make_month_series(np.array([], "datetime64[D]"), np.zeros(0))
    assert [len(part) for part in series] == [0] * 4
