"""A day as its evening knows it: hours, totals of the week, the level, and what came next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.features.day_profile import make_day_profile
from pipeline.features.evenings import NAMES, Evenings, make_evenings
from pipeline.patterns.subject import Subject

MakeSubject = Callable[..., Subject]
N = 200
DAYS = np.datetime64("2022-06-06") + np.arange(N)  # a Monday
GAP = slice(150, 153)
COUNTS = np.random.default_rng(0).poisson(0.5, (N, 24))


@pytest.fixture(scope="module")
def subject(make_subject: MakeSubject) -> Subject:
    """Two hundred days, three of them not covered."""
    keep = np.ones(N, bool)
    keep[GAP] = False
    return make_subject(DAYS[keep], COUNTS[keep])


@pytest.fixture(scope="module")
def evenings(subject: Subject) -> Evenings:
    return make_evenings(subject)


def test_rows_are_the_covered_days_with_the_hours_of_the_day_profile(
    subject: Subject, evenings: Evenings
) -> None:
    profile = make_day_profile(subject)
    np.testing.assert_array_equal(evenings.days, np.delete(DAYS, GAP))
    np.testing.assert_array_equal(evenings.hours, profile.x)
    assert evenings.hours.shape[1] + evenings.totals.shape[1] == len(NAMES) == 32


def test_totals_are_those_of_the_week_that_ends_with_the_day_against_its_four_weeks(
    evenings: Evenings,
) -> None:
    totals = COUNTS.sum(axis=1)
    for now in (6, 40, 149):
        month, quarter = (totals[max(now + 1 - n, 0) : now + 1].mean() for n in (28, 91))
        expected = np.log1p([*totals[now - 6 : now + 1][::-1], quarter]) - np.log1p(month)
        np.testing.assert_allclose(evenings.totals[now], expected, rtol=1e-12)
        assert evenings.level[now] == pytest.approx(month)
    np.testing.assert_array_equal(evenings.to_come[:149], totals[1:150])


def test_what_needs_an_unknown_day_is_unknown(evenings: Evenings) -> None:
    known = np.isfinite(evenings.totals).all(axis=1)
    unknown = set(np.flatnonzero(~known).tolist())
    assert unknown == {*range(6), *range(150, 156)}  # the first six days, and six after the gap
    assert np.isnan(evenings.totals[~known]).all() and np.isfinite(evenings.hours).all()
    assert np.flatnonzero(np.isnan(evenings.to_come)).tolist() == [149, len(evenings.days) - 1]


def test_the_weekday_is_the_calendars_and_stands_in_no_column(make_subject: MakeSubject) -> None:
    one, other = (make_evenings(make_subject(DAYS + shift, COUNTS)) for shift in (0, 3))
    np.testing.assert_array_equal(one.weekday, np.arange(N) % 7)
    np.testing.assert_array_equal(other.weekday, (np.arange(N) + 3) % 7)
    for name in ("hours", "totals", "level", "to_come"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_silent_days_have_a_level_to_measure_by(make_subject: MakeSubject) -> None:
    quiet = make_evenings(make_subject(DAYS, np.zeros((N, 24), np.int64)))
    assert set(quiet.level) == {0.5} and not quiet.totals[6:].any()


def test_without_a_day_there_is_no_row(make_subject: MakeSubject) -> None:
    nothing = make_evenings(make_subject(DAYS[:0], COUNTS[:0]))
    assert [len(column) for column in nothing] == [0] * len(nothing)
