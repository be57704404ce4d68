"""The day profile: 24 numbers a covered day, the label from the calendar alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.features.day_profile import FORTNIGHT, NAMES, make_day_profile
from pipeline.features.lags import average_rows_before
from pipeline.patterns.subject import Subject

DAYS = np.array(["2025-01-03", "2025-01-04", "2025-01-06"], "datetime64[D]")  # Friday, Saturday, Monday


def test_a_day_is_each_hours_smoothed_logarithm_against_the_days_before(
    make_subject: Callable[..., Subject],
) -> None:
    counts = np.zeros((3, 24), np.int64)
    counts[0, 9], counts[2, 23] = 1, 4
    profile = make_day_profile(make_subject(DAYS, counts))
    np.testing.assert_array_equal(profile.days, DAYS)
    np.testing.assert_array_equal(profile.counts, counts)
    morning = np.zeros(24)
    morning[7:12] = np.log(2) * np.array([1, 4, 6, 4, 1]) / 16
    night = np.zeros(24)
    night[21:] = np.log(5) * np.array([1, 5, 11]) / 16  # what would lie beyond midnight is as its edge
    np.testing.assert_allclose(profile.x, [np.zeros(24), -morning, night - morning / 2], atol=1e-15)
    assert len(NAMES) == 24


def test_the_fortnight_before_ends_where_the_day_begins() -> None:
    values = np.random.default_rng(0).normal(size=(40, 24))
    means = average_rows_before(values, FORTNIGHT)
    np.testing.assert_array_equal(means[0], values[0])
    for k in (1, 5, 14, 39):
        np.testing.assert_allclose(means[k], values[max(0, k - 14) : k].mean(axis=0), atol=1e-12)


def test_a_changed_future_leaves_every_earlier_day_as_it_was(make_subject: Callable[..., Subject]) -> None:
    counts = np.random.default_rng(0).poisson(2, (60, 24))
    days = np.datetime64("2025-01-06") + np.arange(60)
    changed = counts.copy()
    changed[30:] += 7
    earlier, later = (make_day_profile(make_subject(days, table)).x for table in (counts, changed))
    np.testing.assert_array_equal(earlier[:30], later[:30])


def test_the_label_follows_the_owners_calendar_and_not_the_counts(
    make_subject: Callable[..., Subject],
) -> None:
    rng = np.random.default_rng(0)
    for weekend, labels in (((5, 6), [False, True, False]), ((4, 5), [True, True, False]), ((), [False] * 3)):
        for _ in range(3):
            subject = make_subject(DAYS, rng.poisson(2, (3, 24)), weekend)
            assert make_day_profile(subject).weekend.tolist() == labels


def test_an_archive_without_covered_days_has_no_profile(make_subject: Callable[..., Subject]) -> None:
    profile = make_day_profile(make_subject(DAYS[:0], np.zeros((0, 24), np.int64)))
    assert (profile.days.shape, profile.x.shape, profile.weekend.shape) == ((0,), (0, 24), (0,))
