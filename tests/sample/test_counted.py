"""Searches by hour that are given: each hour keeps its count, and sessions end with their hour."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from pipeline.sample import NO_EFFECTS, invent
from pipeline.sample.counted import average_week, place_searches


def test_each_hour_has_as_many_searches_as_it_was_given_and_sessions_stay_in_it() -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson(1.5, (40, 24)) * rng.integers(0, 9, (40, 24))
    draw = place_searches(counts, 3.0, rng)
    np.testing.assert_array_equal(np.bincount(draw.seconds // 3600, minlength=960), counts.ravel())
    hours = draw.seconds // 3600
    assert len({(session, hour) for session, hour in zip(draw.session, hours, strict=True)}) == (
        draw.session[-1] + 1
    )
    same = np.diff(draw.session) == 0
    assert (np.diff(draw.seconds)[same] >= 0).all()


def test_sessions_have_their_mean_size_where_an_hour_has_enough_and_pauses_of_a_minute() -> None:
    draw = place_searches(np.full((20, 24), 30), 3.0, np.random.default_rng(1))
    # 480 hours of 30: each begins with a session, the other 29 begin one with a chance of a third.
    assert abs(len(draw.session) / (draw.session[-1] + 1) - 30 / (1 + 29 / 3)) < 0.08
    pauses = np.diff(draw.seconds)[np.diff(draw.session) == 0]
    assert 35 < np.median(pauses) < 50
    alone = place_searches(np.full((2, 24), 9), 1.0, np.random.default_rng(1))
    assert len(np.unique(alone.session)) == 2 * 24 * 9


def test_a_session_too_long_for_its_hour_is_hurried_and_no_search_at_all_is_fine() -> None:
    draw = place_searches(np.array([[400] + [0] * 23]), 1e9, np.random.default_rng(2))
    assert draw.seconds.max() < 3600 and len(np.unique(draw.session)) == 1
    assert len(place_searches(np.zeros((3, 24), int), 2.0, np.random.default_rng(2)).seconds) == 0


def test_an_archive_of_given_counts_has_them_to_the_hour_and_ends_where_it_is_asked_to() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(0.8, (21, 24))
    asked: dict[str, Any] = {
        "counts": counts, "until": date(2025, 11, 16), "home_zone": "UTC", "effects": NO_EFFECTS,
    }  # fmt: skip
    truth = invent(**asked).truth
    assert truth["searches"] == counts.sum()
    by_weekday = np.array([counts[day::7].sum(axis=0) for day in range(7)])  # 27 October was a Monday
    np.testing.assert_array_equal(truth["by_weekday_hour"], by_weekday)
    np.testing.assert_allclose(truth["rates"], by_weekday / 3)
    assert (truth["first_day"], truth["last_day"]) == ("2025-10-27", "2025-11-16")
    assert invent(**asked).truth == truth and invent(**asked, seed=1).truth["words"] != truth["words"]


def test_the_mean_week_begins_with_monday() -> None:
    counts = np.arange(9)[:, None] * np.ones((9, 24))
    week = average_week(counts, 5)  # a Saturday; day 7 is the next one
    np.testing.assert_array_equal(week[:, 0], [2, 3, 4, 5, 6, 3.5, 4.5])
