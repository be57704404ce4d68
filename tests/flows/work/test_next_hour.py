"""The learner of the next hour: it goes on as if it had never stopped, and starts again where it must."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pytest

from flows.work.next_hour import FORGETTING, RIDGE, VERSION, learn_hours, run_work
from flows.work.next_hour_result import (
    LAST_WEEK,
    USUAL_HOUR,
    average_weeks,
    bound_guesses,
    make_result,
    measure_errors,
)
from flows.work.result import A_LITTLE_BETTER, NO_BETTER, Span, WeekError, parse_result, write_result
from models.online.linear import OnlineLinear
from models.saving import pack_model, unpack_model
from pipeline.features.hour_series import NAMES, HourSeries, make_hour_series
from pipeline.settings import ZoneSpan

LEARNER = OnlineLinear(len(NAMES), forgetting=FORGETTING, ridge=RIDGE)
SETTINGS, WHOLE = LEARNER.list_settings(), {**LEARNER.list_arrays(), "guesses": np.zeros(0)}


@pytest.mark.parametrize("seed", [0, 1])
def test_a_planted_drift_beats_the_strongest_simple_guess_and_says_by_how_much(
    seed: int, make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    rng = np.random.default_rng(seed)
    mood = np.repeat(rng.gamma(4, 0.25, size=400), 24).reshape(400, 24)  # every day has a level of its own
    done = run_work(make_subject(rng.poisson(mood * (1 + draw_rhythm(400, seed=seed)))), home_zone)
    result = done.result
    assert (result.verdict, result.question) == (A_LITTLE_BETTER, "How many searches in the next hour?")
    assert result.baseline_name == USUAL_HOUR == "the hour’s eight-week mean"
    assert result.headline == f"The learner’s guesses are {result.emphasis} than {USUAL_HOUR}"
    assert result.avoided is not None and result.model_score and result.baseline_score
    assert result.avoided == pytest.approx(1 - result.model_score / result.baseline_score)
    assert result.scored == Span(date(2023, 11, 18), date(2024, 2, 5))
    assert result.n_scored == 80 * 24
    assert done.n_learned == 393 * 24


def test_last_weeks_hour_stays_in_the_margin(make_subject: Any, draw_rhythm: Any, home_zone: Any) -> None:
    result = run_work(make_subject(draw_rhythm(250)), home_zone).result
    title, text = result.notes[0]
    assert title == "Last week’s hour"
    assert re.fullmatch(
        r"It is off by 1\.\d\d; the learner is 2\d\u00a0% closer \(from \d\d to \d\d\u00a0%\)\.", text
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_rhythm_that_the_hours_mean_knows_already_is_no_gain(
    seed: int, make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    week = np.random.default_rng(seed).gamma(1, 2, size=(7, 24))  # no hour is like its neighbour
    counts = np.random.default_rng(seed + 10).poisson(np.tile(week, (36, 1)))
    result = run_work(make_subject(counts), home_zone).result
    assert (result.baseline_name, result.verdict) == (USUAL_HOUR, NO_BETTER)
    assert result.headline == "The learner’s guesses are no better than the hour’s eight-week mean"


def test_guesses_are_expected_counts_not_too_low(make_subject: Any, draw_rhythm: Any, home_zone: Any) -> None:
    counts = np.random.default_rng(0).negative_binomial(1, 0.5, (250, 24))
    series = make_hour_series(make_subject(counts))
    learner = OnlineLinear(len(NAMES), forgetting=FORGETTING, ridge=RIDGE)
    guesses, _ = learn_hours(learner, series, np.array([]))
    last = slice(-100 * 24, None)  # roots squared back would say 0.5 where the mean is 1
    assert bound_guesses(series.counts, guesses)[last].mean() == pytest.approx(counts[-100:].mean(), rel=0.1)


def test_where_last_week_repeats_exactly_the_learner_is_no_better(
    make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    week = draw_rhythm(7)
    result = run_work(make_subject(np.tile(week, (30, 1))), home_zone).result
    assert (result.verdict, result.baseline_score) == (NO_BETTER, 0.0)
    assert result.headline == "The learner’s guesses are no better than last week’s hour"
    assert result.certainty == "none avoided"
    assert [title for title, _ in result.notes] == ["How far off it may be"]


def test_a_rare_habit_is_set_beside_saying_none(make_subject: Any, home_zone: Any) -> None:
    counts = np.zeros((250, 24), np.int64)
    counts[np.random.default_rng(0).permutation(150)[:20], 12] = 6  # and never after
    counts[160, 0] = 1
    result = run_work(make_subject(counts), home_zone).result
    assert result.headline == "The learner’s guesses are no better than always saying none"


@pytest.mark.parametrize("rate", [0.02, 0.06, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_where_every_hour_is_alike_the_learner_is_no_better(
    rate: float, seed: int, make_subject: Any, home_zone: Any
) -> None:
    counts = np.random.default_rng(seed).poisson(rate, (300, 24))
    result = run_work(make_subject(counts), home_zone).result
    assert (result.baseline_name, result.verdict) == ("the mean of all hours before", NO_BETTER)


def test_the_baseline_is_chosen_before_the_scored_hours(make_subject: Any, draw_rhythm: Any) -> None:
    for seed in range(3):
        counts = draw_rhythm(250, seed=seed)
        counts[200:] = 0  # where saying none would have been best
        series = make_hour_series(make_subject(counts))
        assert make_result(make_subject(counts), series, np.zeros(6000), 0).baseline_name == USUAL_HOUR


def test_going_on_equals_never_having_stopped(make_subject: Any, draw_rhythm: Any, home_zone: Any) -> None:
    counts, gap = draw_rhythm(130), slice(70, 75)
    whole = run_work(make_subject(counts, gap=gap), home_zone)
    saved = None
    for n_days in (60, 72, 100, 101, 130):
        done = run_work(make_subject(counts[:n_days], gap=slice(70, min(n_days, 75))), home_zone, saved)
        assert done.started == ("new" if saved is None else "went on")
        saved = done.saved
    assert (done.saved, done.result) == (whole.saved, whole.result)


def test_a_run_with_nothing_new_learns_nothing_and_writes_the_same(
    make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    subject = make_subject(draw_rhythm(80))
    first = run_work(subject, home_zone)
    again = run_work(subject, home_zone, first.saved)
    assert (again.started, again.n_learned) == ("went on", 0)
    assert (again.saved, again.result) == (first.saved, first.result)


def test_it_starts_again_and_says_why(make_subject: Any, draw_rhythm: Any, home_zone: Any) -> None:
    counts = draw_rhythm(90)
    saved = run_work(make_subject(counts[:80]), home_zone).saved
    late = counts.copy()
    late[40, 3] += 1
    other_zone = (ZoneSpan(None, "UTC"), ZoneSpan(date(2023, 2, 1), "Asia/Tokyo"))
    cases = {
        "entries before its last hour have changed": (make_subject(late), home_zone),
        "the covered days before its last hour have changed": (
            make_subject(counts, gap=slice(5, 6)),
            home_zone,
        ),
        "its subject is another one": (make_subject(counts, product="maps"), home_zone),
        "the home zone has changed": (make_subject(counts), other_zone),
    }
    for reason, (subject, zone) in cases.items():
        done = run_work(subject, zone, saved)
        assert done.started == f"started again: {reason}"
        assert (done.saved, done.result) == run_work(subject, zone)[:2][::-1]


@pytest.mark.parametrize(
    "guesses",
    [lambda g: g[:-5], lambda g: np.append(g, g), lambda g: g[None], lambda g: g.astype(str)],
    ids=["too few", "too many", "in a table", "words"],
)
def test_guesses_that_are_not_those_of_its_hours_start_it_again(
    guesses: Any, make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    counts = draw_rhythm(70)
    first = run_work(make_subject(counts[:65]), home_zone)
    assert first.saved is not None
    header, arrays = unpack_model(
        first.saved, name="OnlineLinear", version=VERSION, features=NAMES, where="here"
    )
    more = {name: header[name] for name in ("settings", "watermark")}
    changed = arrays | {"guesses": guesses(arrays["guesses"])}
    done = run_work(
        make_subject(counts), home_zone, pack_model("OnlineLinear", VERSION, NAMES, changed, **more)
    )
    assert done.started == "started again: its guesses are not those of its hours"
    assert done.saved == run_work(make_subject(counts), home_zone).saved


@pytest.mark.parametrize(
    ("saved", "reason"),
    [
        (b"not a file of ours", "the model's file is damaged"),
        (pack_model("Other", 1, NAMES, {}), "the file does not hold a model OnlineLinear"),
        (pack_model("OnlineLinear", 0, NAMES, {}), "another version wrote the model"),
        (pack_model("OnlineLinear", VERSION, ["x"], {}), "the model was made of other features"),
        (pack_model("OnlineLinear", VERSION, NAMES, {}), "its settings are other ones"),
        (
            pack_model("OnlineLinear", VERSION, NAMES, WHOLE, settings={"ridge": 1}),
            "its settings are other ones",
        ),
        (
            pack_model("OnlineLinear", VERSION, NAMES, WHOLE, settings=SETTINGS),
            "its last hour cannot be read",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_replaced(
    saved: bytes, reason: str, make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    subject = make_subject(draw_rhythm(60))
    done = run_work(subject, home_zone, saved)
    assert done.started == f"started again: {reason}"
    assert done.saved == run_work(subject, home_zone).saved


def test_under_eight_weeks_it_is_still_learning(make_subject: Any, draw_rhythm: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_rhythm(55)), home_zone)
    assert done.result.too_little == "Still learning: 55 of 56 covered days."
    assert done.saved is None
    assert parse_result(write_result(done.result), where="x") == done.result


def test_eight_weeks_are_enough(make_subject: Any, draw_rhythm: Any, home_zone: Any) -> None:
    result = run_work(make_subject(draw_rhythm(56)), home_zone).result
    assert result.too_little is None
    assert [week.week for week in result.curve][:2] == [date(2023, 1, 9), date(2023, 1, 16)]


def test_the_result_with_its_curve_comes_back_from_its_file(
    make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    result = run_work(make_subject(draw_rhythm(100)), home_zone).result
    assert parse_result(write_result(result), where="x") == result


def test_the_week_after_a_gap_is_neither_guessed_nor_learned(make_subject: Any, draw_rhythm: Any) -> None:
    class Recorder:
        rows = 0

        def learn_many(self, x: Any, y: Any) -> Any:
            self.rows += len(x)
            assert np.isfinite(x).all() and np.isfinite(y).all()
            return np.zeros(len(x))

    series = make_hour_series(make_subject(draw_rhythm(60), gap=slice(20, 23)))
    recorder: Any = Recorder()
    guesses, n_learned = learn_hours(recorder, series, np.array([]))
    days = np.isnan(guesses.reshape(60, 24)).all(axis=1)
    assert n_learned == recorder.rows
    # No last week before the 8th day, none for days 27 to 29; no day before the 23rd.
    assert np.flatnonzero(days).tolist() == [0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 23, 27, 28, 29]


HOURS = np.datetime64("2025-01-06T00") + np.arange(168 * 3)  # three weeks from a Monday


def make_series(counts: Any) -> HourSeries:
    return HourSeries(HOURS[: len(counts)], np.asarray(counts, float), np.empty((len(counts), 0)))


def test_a_guess_lies_between_nothing_and_the_busiest_hour_so_far() -> None:
    guesses = bound_guesses(np.array([4.0, 1.0, 9.0, 0.0]), np.array([5.0, 5.0, -1.0, 9.5]))
    np.testing.assert_array_equal(guesses, [0, 4, 0, 9])


def test_the_curve_holds_whole_weeks_alone() -> None:
    counts = np.concatenate([np.full(168, 2.0), np.full(168, 5.0), np.tile([3.0, 5.0], 84)])
    series = make_series(counts)
    errors = measure_errors(series, np.full(504, 3.0))
    root = round(np.sqrt(2), 6)  # off by 0 and by 2 in turn
    expected = (WeekError(date(2025, 1, 13), 2.0, 3.0), WeekError(date(2025, 1, 20), root, root))
    assert average_weeks(series, errors, LAST_WEEK) == expected
    guesses = np.full(504, 3.0)
    guesses[400] = np.nan
    assert average_weeks(series, measure_errors(series, guesses), LAST_WEEK) == expected[:1]


def test_exports_of_a_few_days_each_leave_too_few_hours_to_score(
    make_subject: Any, draw_rhythm: Any, home_zone: Any
) -> None:
    counts = draw_rhythm(12 * 13)
    uncovered = np.flatnonzero(np.arange(len(counts)) % 13 >= 6)  # six covered days, then seven silent ones
    done = run_work(make_subject(counts, gap=uncovered), home_zone)
    words = "Still learning: 0 of 168 hours to score by that follow a covered week."
    assert (done.result.too_little, done.result.headline, done.saved) == (words, words, None)
    assert parse_result(write_result(done.result), where="x") == done.result
