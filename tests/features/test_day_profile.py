"""The day profile: 24 numbers a covered day, the label from the calendar alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.features.day_profile import NAMES, make_day_profile
from pipeline.patterns.subject import Subject

DAYS = np.array(["2025-01-03", "2025-01-04", "2025-01-06"], "datetime64[D]")  # Friday, Saturday, Monday


def test_a_day_is_the_logarithm_of_one_plus_each_hours_count(make_subject: Callable[..., Subject]) -> None:
    counts = np.zeros((3, 24), np.int64)
    counts[0, 9], counts[2, 23] = 1, 4
    profile = make_day_profile(make_subject(DAYS, counts))
    np.testing.assert_array_equal(profile.days, DAYS)
    np.testing.assert_array_equal(profile.x, np.log1p(counts))
    assert len(NAMES) == 24


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
