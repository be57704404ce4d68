"""What the learner of the next hour believes: its interval's counted coverage, its day, marked changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from flows.work.next_hour import run_work
from flows.work.next_hour_beliefs import (
    Coverage,
    Drift,
    find_drifts,
    learn_daily_curve,
    measure_coverage,
    say_coverage,
    say_drifts,
)
from flows.work.result import frame_belief
from pipeline.features.hour_series import HourSeries

FIRST = np.datetime64("2025-01-06T00")  # a Monday


def make_series(counts: Any) -> HourSeries:
    flat = np.asarray(counts, float).ravel()
    return HourSeries(FIRST + np.arange(flat.size), flat, np.empty((flat.size, 0)))


@pytest.mark.parametrize("seed", range(3))
def test_the_intervals_hold_what_they_promise_and_it_is_counted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    means = rng.gamma(4, 2, 6000)
    series = make_series(rng.poisson(means))
    choosing, scored = np.arange(6000) < 3000, np.arange(6000) >= 3000
    coverage = measure_coverage(series, means, choosing, scored)
    assert coverage.n == 3000 and coverage.held == pytest.approx(0.9, abs=0.02)
    assert 5 < coverage.width < 15


def test_only_scored_hours_are_counted() -> None:
    counts = np.concatenate([np.random.default_rng(0).poisson(3.0, 1000), [400, 400, 400, 3]])
    choosing, scored = np.arange(1004) < 1000, np.arange(1004) >= 1000
    coverage = measure_coverage(make_series(counts), np.full(1004, 3.0), choosing, scored)
    assert (coverage.held, coverage.n) == (0.25, 4)


def test_hours_between_and_before_change_nothing_that_is_counted() -> None:
    rng = np.random.default_rng(0)
    series, guesses = make_series(rng.poisson(3.0, 2000)), np.full(2000, 3.0)
    choosing, scored = np.arange(2000) < 900, np.arange(2000) >= 1000
    before = measure_coverage(series, guesses, choosing, scored)
    guesses[900:1000] = np.nan
    assert measure_coverage(series, guesses, choosing, scored) == before


def test_a_share_that_is_not_the_promised_one_is_said_to_be_none() -> None:
    assert say_coverage(Coverage(0.91, 5.6, 8232), "searches") == (
        "How far off it may be",
        "Around each guess it gives a range that is to hold nine times in ten. Of 8,232 scored hours "
        "91\u00a0% lay inside, as promised; half of the ranges were narrower than 5.6 searches.",
    )
    assert (
        "84\u00a0% lay inside, not the 90\u00a0% promised;"
        in say_coverage(Coverage(0.84, 5.6, 99), "visits")[1]
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_lasting_change_of_the_error_is_marked_some_weeks_later_and_chance_is_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    even = rng.exponential(1.0, (400, 24))
    assert find_drifts(make_series(even), even.ravel()) == ()
    changed = even.copy()
    changed[200:] *= 6
    (drift,) = find_drifts(make_series(changed), changed.ravel())
    assert 0 < (drift.noticed - date(2025, 7, 25)).days <= 56
    assert drift.after == pytest.approx(drift.before * 6**0.5, rel=0.05)
    assert find_drifts(make_series(changed[:200]), changed[:200].ravel()) == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_rise_that_has_passed_is_no_lasting_change_and_neither_is_one_too_new_to_tell(seed: int) -> None:
    errors = np.random.default_rng(seed).exponential(1.0, (600, 24))
    errors[300:360] *= 4
    assert find_drifts(make_series(errors), errors.ravel()) == ()
    assert find_drifts(make_series(errors[:360]), errors[:360].ravel()) == ()


def test_one_busy_week_is_no_lasting_change() -> None:
    errors = np.ones((294, 24))
    errors[287:] = 2.25  # half as far off again
    assert find_drifts(make_series(errors), errors.ravel()) == ()


def test_days_without_a_guess_are_left_out_of_the_changes() -> None:
    errors = np.ones((200, 24))
    errors[50:60] = np.nan
    assert find_drifts(make_series(errors), errors.ravel()) == ()


def test_changes_are_said_with_their_days_and_their_sizes() -> None:
    assert say_drifts((), "searches") == ()
    drifts = (Drift(date(2022, 7, 5), 2.5, 3.44), Drift(date(2025, 3, 18), 3.44, 1.2))
    assert say_drifts(drifts[:1], "searches")[0][1].startswith(
        "The size of the error shows a lasting change, noticed on 5 Jul 2022 (from 2.5 to 3.4 searches an "
        "hour):"
    )
    ((title, text),) = say_drifts(drifts, "searches")
    assert title == "What changed" and "two lasting changes, noticed on 5 Jul 2022 (from" in text


def test_the_learned_day_is_the_mean_guess_by_hour_and_kind_of_day(make_subject: Any) -> None:
    counts = np.zeros((14, 24))
    guesses = np.tile(np.arange(24.0), (14, 1))
    guesses[5:7] = guesses[12:] = np.arange(24.0)[::-1]
    counts[:, 3] = 2
    counts[0, 3] = 9
    scored = np.ones(14 * 24, dtype=bool)
    belief = learn_daily_curve(
        make_subject(np.zeros((1, 24), int)), make_series(counts), guesses.ravel(), scored
    )
    assert belief.headline == "The learner expects most at 23:00 on workdays, at midnight on weekend days"
    assert belief.rows[3] == (3, 3.0, 2.7, 20.0, 2.0)
    assert frame_belief(belief).columns.tolist() == [
        "hour", "workday_guessed", "workday_came", "weekend_guessed", "weekend_came",
    ]  # fmt: skip
    workdays = scored & (np.arange(14 * 24) < 5 * 24)
    alone = learn_daily_curve(
        make_subject(np.zeros((1, 24), int)), make_series(counts), guesses.ravel(), workdays
    )
    assert alone.headline == "The learner expects most at 23:00"
    assert alone.rows[3] == (3, 3.0, 3.4, None, None)
    assert frame_belief(alone)["weekend_came"].isna().all()


def test_the_result_of_the_work_holds_them_all(make_subject: Any, draw_rhythm: Any, home_zone: Any) -> None:
    counts = draw_rhythm(400)
    counts[200:] *= 4
    result = run_work(make_subject(counts), home_zone).result
    assert [title for title, _ in result.notes][-2:] == ["How far off it may be", "What changed"]
    assert len(result.drifts) >= 1 and result.drifts[0] > date(2023, 7, 20)
    assert [belief.name for belief in result.beliefs] == ["learned_hours"]
    assert dict(result.card)["Chosen"].startswith("Nothing is chosen on your data")
