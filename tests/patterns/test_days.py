import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.days import DayTable, count_all_days, count_covered_days


def test_only_covered_days_count_towards_rates_and_silent_ones_are_zero(make_subject) -> None:
    subject = make_subject(["2024-03-01T10:00", "2024-03-02T11:00", "2024-03-02T11:30", "2024-03-04T09:00"])
    covered = count_covered_days(subject)
    assert [str(day) for day in covered.days] == ["2024-03-02", "2024-03-03"]
    assert covered.totals.tolist() == [2, 0]
    assert np.flatnonzero(covered.counts[0]).tolist() == [11]
    assert count_all_days(subject).totals.tolist() == [1, 2, 0, 1]


def test_no_rows_make_an_empty_table(make_subject) -> None:
    table = count_all_days(make_subject([]))
    assert (table.days.shape, table.counts.shape) == ((0,), (0, 24))


@given(st.dates().map(np.datetime64))
def test_weekday_month_and_year_are_those_of_the_calendar(day: np.datetime64) -> None:
    table = DayTable(np.array([day], dtype="datetime64[D]"), np.zeros((1, 24), dtype=np.int64))
    date = day.item()
    assert (table.weekday[0], table.month[0], table.year[0]) == (date.weekday(), date.month, date.year)
