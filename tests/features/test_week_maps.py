"""Week maps and clips: whole weeks against the year before, labelled by the calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np

from pipeline.features.clips import make_clips
from pipeline.features.week_maps import SEASONS, make_week_maps, tell_season
from pipeline.patterns.subject import Subject
from pipeline.settings import FreeSpan

MakeSubject = Callable[..., Subject]
MONDAY = np.datetime64("2023-01-02")


def draw_subject(make_subject: MakeSubject, n_days: int, *, missing: tuple[int, ...] = ()) -> Subject:
    days = MONDAY + np.arange(n_days)
    counts = np.random.default_rng(0).poisson(1, (n_days, 24))
    keep = ~np.isin(np.arange(n_days), missing)
    return make_subject(days[keep], counts[keep])


def span(first: str, last: str) -> FreeSpan:
    return FreeSpan(date.fromisoformat(first), date.fromisoformat(last))


def test_a_week_runs_from_monday_at_four_against_the_weeks_before(make_subject: MakeSubject) -> None:
    days = MONDAY + np.arange(15)
    counts = np.zeros((15, 24), np.int64)
    counts[0, 4], counts[7, 3], counts[7, 4], counts[14, 3] = 1, 2, 4, 8
    maps = make_week_maps(make_subject(days, counts))
    np.testing.assert_array_equal(maps.weeks, [MONDAY, MONDAY + 7])
    expected = np.zeros((2, 7, 24), np.int64)
    expected[0, 0, 0], expected[0, 6, 23], expected[1, 0, 0], expected[1, 6, 23] = 1, 2, 4, 8
    np.testing.assert_array_equal(maps.counts, expected)
    assert maps.x.shape == (2, 7, 24, 1)
    np.testing.assert_allclose(maps.x[1, 0, 0, 0], np.log(5) - np.log(2), rtol=1e-12)
    np.testing.assert_allclose(maps.x[1, 6, 23, 0], np.log(9) - np.log(3), rtol=1e-12)
    assert np.count_nonzero(maps.x[0]) == 0  # nothing before it


def test_the_year_before_is_52_weeks(make_subject: MakeSubject) -> None:
    maps = make_week_maps(draw_subject(make_subject, 7 * 70))
    logs = np.log1p(maps.counts)
    for k in (1, 30, 52, 53, 68):
        np.testing.assert_allclose(
            maps.x[k, ..., 0], logs[k] - logs[max(0, k - 52) : k].mean(axis=0), atol=1e-12
        )


def test_a_week_with_a_day_that_is_not_covered_is_left_out(make_subject: MakeSubject) -> None:
    maps = make_week_maps(draw_subject(make_subject, 7 * 6 + 1, missing=(8, 21)))
    np.testing.assert_array_equal(
        maps.weeks, MONDAY + 7 * np.array([0, 4, 5])
    )  # day 21 ends week 2, begins week 3


def test_seasons_are_quarters_from_december_on_by_the_weeks_thursday(make_subject: MakeSubject) -> None:
    days = np.array(
        ["2023-11-30", "2023-12-01", "2024-02-29", "2024-03-01", "2024-06-01", "2024-09-01"], "datetime64[D]"
    )
    assert tell_season(days).tolist() == [3, 0, 0, 1, 2, 3]
    maps = make_week_maps(draw_subject(make_subject, 366))
    [at] = np.flatnonzero(maps.weeks == np.datetime64("2023-02-27"))  # its Thursday is the 2nd of March
    assert [SEASONS[k] for k in maps.season[at - 1 : at + 1]] == ["December to February", "March to May"]


def test_the_season_follows_the_calendar_and_not_the_counts(make_subject: MakeSubject) -> None:
    one = draw_subject(make_subject, 400)
    other = make_subject(MONDAY + np.arange(400), np.zeros((400, 24), np.int64))
    np.testing.assert_array_equal(make_week_maps(one).season, make_week_maps(other).season)


def test_a_clip_is_three_weeks_in_a_row_and_one_for_each_last_week(make_subject: MakeSubject) -> None:
    subject = draw_subject(make_subject, 7 * 10 + 1, missing=(30,))  # the fifth week is not whole
    maps, clips = make_week_maps(subject), make_clips(subject)
    np.testing.assert_array_equal(clips.weeks, MONDAY + 7 * np.array([2, 3, 7, 8, 9]))
    assert clips.x.shape == (5, 3, 7, 24, 1)
    for clip, week in zip(clips.x, clips.weeks, strict=True):
        for k, frame in enumerate(clip):
            np.testing.assert_array_equal(frame, maps.x[maps.weeks == week - 7 * (2 - k)][0])


def test_a_clip_is_a_holiday_where_most_workdays_of_its_last_week_are_free(make_subject: MakeSubject) -> None:
    subject = draw_subject(make_subject, 7 * 8 + 1)
    free = (
        span("2023-01-16", "2023-01-18"),
        span("2023-01-26", "2023-01-29"),
        span("2023-02-06", "2023-02-12"),
    )
    clips = make_clips(replace(subject, free_days=free))
    assert clips.holiday is not None
    # From the 16th: three of five; from the 23rd: two and the weekend; from the 6th of February: all.
    assert clips.holiday.tolist() == [True, False, False, True, False, False]
    later = make_clips(replace(subject, weekend=(0, 1), free_days=free))  # workdays from Wednesday to Sunday
    assert later.holiday is not None
    assert later.holiday.tolist() == [False, True, False, True, False, False]


def test_without_free_days_a_clip_has_no_label(make_subject: MakeSubject) -> None:
    clips = make_clips(draw_subject(make_subject, 7 * 8 + 1))
    assert clips.holiday is None and len(clips.x) == 6


def test_the_label_of_a_clip_does_not_follow_the_counts(make_subject: MakeSubject) -> None:
    free = (span("2023-01-16", "2023-01-29"),)
    one = replace(draw_subject(make_subject, 60), free_days=free)
    other = replace(make_subject(MONDAY + np.arange(60), np.ones((60, 24), np.int64)), free_days=free)
    np.testing.assert_array_equal(make_clips(one).holiday, make_clips(other).holiday)


def test_too_few_weeks_make_no_clip_and_no_day_no_map(make_subject: MakeSubject) -> None:
    assert make_clips(draw_subject(make_subject, 15)).x.shape == (0, 3, 7, 24, 1)
    empty = make_subject(np.array([], "datetime64[D]"), np.zeros((0, 24), np.int64))
    maps, clips = make_week_maps(empty), make_clips(empty)
    assert (maps.x.shape, maps.season.shape, clips.x.shape) == ((0, 7, 24, 1), (0,), (0, 3, 7, 24, 1))
