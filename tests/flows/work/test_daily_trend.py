"""One line through the days: a planted trend is found by every way, shuffled days have none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.work.daily_trend import load_line, pack_line, run_work, solve_line, walk_down
from flows.work.daily_trend_result import tell_trend, tell_ways
from flows.work.result import NO_BETTER, TOO_LITTLE, frame_belief, parse_result, write_result
from flows.work.trend_line import Walk, count_years
from models.types import Array
from pipeline.features.waves import YEAR_DAYS
from pipeline.privacy import DAY

FIRST = np.datetime64("2023-01-02", "D")  # what make_subject begins with


def draw_trend(n_days: int = 1000, *, change: float = 8.0, seed: int = 0) -> Any:
    """Counts by day and hour around 30 a day at the start and ``change`` more a year."""
    rates = np.maximum(30 + change * np.arange(n_days) / YEAR_DAYS, 0)
    counts = np.zeros((n_days, 24), np.int64)
    counts[:, 12] = np.random.default_rng(seed).poisson(rates)
    return counts


def test_a_planted_trend_is_told_and_found_by_all_ways(make_subject: Any, home_zone: Any) -> None:
    counts = draw_trend(1500)
    done = run_work(make_subject(counts), home_zone)
    result = done.result
    assert result.question == "How many searches a day, by a straight line?"
    assert (result.n_scored, result.scored_unit, done.n_learned) == (300, "days", 1200)
    assert (
        result.headline == f"A straight line, drawn on, is {result.emphasis} than the mean of all days before"
    )
    assert result.avoided is not None and result.avoided > 0.3 and result.verdict != NO_BETTER
    assert result.model_score and result.baseline_score
    assert result.avoided == pytest.approx(1 - result.model_score / result.baseline_score)
    line = load_line(done.saved or b"", where="x")
    slope, start = np.polyfit(np.arange(1200) / YEAR_DAYS, counts[:1200].sum(axis=1), 1)  # by no products
    assert (line.change, line.start) == pytest.approx((slope, start)) and line.first == FIRST
    trend, ways = result.beliefs
    assert trend.headline == f"Each year brought {slope:.1f} more searches a day"
    assert trend.deck.endswith(f" Drawn on, it is {result.emphasis} than the mean of all days before.")
    frame = frame_belief(ways)
    took = frame[frame["near"] > 0].groupby("way")["rows"].first()[1:]
    assert len(set(took)) == 4
    assert ways.headline == "All four ways down come to the same line"
    assert ways.deck.endswith(
        " of the exact line. Descent by 32 days and by one runs for a set number of passes, so when it "
        "settles is set too; the normal equations look once."
    )
    ends = frame.groupby("way").last()
    assert ends["near"].tolist() == [1.0] * 5
    spread = 0.1 * counts[:1200].sum(axis=1).std()
    for at in (0.0, 1199 / YEAR_DAYS):
        assert (np.abs(ends["level"] + at * ends["change"] - (start + at * slope)) <= spread).all()
    assert parse_result(write_result(result), where="x") == result
    assert done == run_work(make_subject(counts), home_zone)


def test_fewer_a_year_are_told_as_fewer(make_subject: Any) -> None:
    days, counts = FIRST + np.arange(60), np.arange(60.0)
    line = solve_line(days, counts)._replace(change=-5.0)
    belief = tell_trend(make_subject(draw_trend(60)), days, counts, counts, 60, line, (-7.0, -3.0), "x")
    assert belief.headline == "Each year brought 5.0 fewer searches a day"
    level = line._replace(change=-0.001)
    belief = tell_trend(make_subject(draw_trend(60)), days, counts, counts, 60, level, (-0.002, -0.001), "x")
    assert belief.headline == "A straight line tells neither a rise nor a fall"
    assert "at the start, 0 a year (95\u00a0% interval 0 to 0)" in belief.deck


def test_shuffled_days_have_no_trend(make_subject: Any, home_zone: Any) -> None:
    counts = draw_trend()[np.random.default_rng(0).permutation(1000)]
    result = run_work(make_subject(counts), home_zone).result
    assert (result.verdict, result.emphasis) == (NO_BETTER, "no better")
    assert result.beliefs[0].headline == "A straight line tells neither a rise nor a fall"


def test_nothing_that_is_kept_of_it_tells_a_single_day(make_subject: Any, home_zone: Any) -> None:
    trend, ways = run_work(make_subject(draw_trend(900), gap=slice(0, 25)), home_zone).result.beliefs
    for belief in (trend, ways):  # so that a page without days shows them
        assert not DAY.search(f"{belief.headline} {belief.deck} {belief.alt}")
    months = frame_belief(trend)
    assert np.isnan(months["came"].iloc[0]) and months["came"].iloc[1:-1].notna().all()
    places = frame_belief(ways)
    by_one = places[places["way"] == 4]["steps"]
    assert by_one.iloc[0] == 0 and by_one.diff().dropna().min() >= 32


def test_no_guess_looks_at_a_scored_day(make_subject: Any, home_zone: Any) -> None:
    counts = draw_trend(900)
    changed = counts.copy()
    changed[720:] = 1
    first, again = (run_work(make_subject(one), home_zone) for one in (counts, changed))
    assert first.saved == again.saved
    assert first.result.beliefs[1] == again.result.beliefs[1]


def test_each_way_counts_the_days_it_looks_at(make_subject: Any) -> None:
    days, counts = FIRST + np.arange(4), np.array([0.0, 1.0, 2.0, 3.0])
    line = solve_line(days, counts)
    assert (line.change, line.start) == pytest.approx((YEAR_DAYS, 0.0), abs=1e-9)
    walks = walk_down(count_years(FIRST, days), counts, line, 1e9, 0)
    assert [walk.rows_a_step for walk in walks] == [36, 4, 32, 1]
    assert [walk.near for walk in walks] == [0, 0, 0, 0]
    never = walks[0]._replace(near=None)
    belief = tell_ways(make_subject(draw_trend(4)), line, (never, *walks[1:]), 2.0, np.arange(4.0), counts)
    assert belief.headline == "Three of four ways come to the same line"
    assert "neighbourhood search, never; all days a step, 0;" in belief.alt
    one = tell_ways(make_subject(draw_trend(4)), line, (*[never] * 3, walks[3]), 2.0, np.arange(4.0), counts)
    assert one.headline == "One of four ways comes to the same line"
    none = tell_ways(make_subject(draw_trend(4)), line, (never,) * 4, 2.0, np.arange(4.0), counts)
    assert none.headline == "No way down came to the exact line"


def test_a_way_has_arrived_from_where_it_stays_near() -> None:
    days, counts = FIRST + np.arange(800), np.tile([30.0, 50.0], 400)
    line = solve_line(days, counts)
    years = count_years(FIRST, days)
    for walk in walk_down(years, counts, line, 2.0, 0):
        assert isinstance(walk, Walk) and walk.near is not None
        lines = walk.places[:, :1] * years + walk.places[:, 1:]
        away = np.abs(lines - line.guess(days)).max(axis=1)
        assert (away[walk.near :] <= 2.0).all() and away[walk.near - 1] > 2.0


def test_the_means_of_months_stand_beside_the_line(make_subject: Any) -> None:
    days = np.datetime64("2024-01-01") + np.arange(60)  # January and February of a leap year
    counts: Array = np.where(np.arange(60) < 31, 10.0, 20.0)
    line = solve_line(days, np.full(60, 5.0))
    belief = tell_trend(
        make_subject(draw_trend(60)), days, counts, line.guess(days), 31, line, (-1.0, 1.0), "no better"
    )
    assert belief.rows == ((2024, 1, 10.0, 5.0, 0), (2024, 2, 20.0, 5.0, 1))
    assert belief.alt == (
        "A line over dots of the months, January – February 2024, from 5.0 a day by 0 a year; "
        "interval −1.0 to +1.0; drawn on after January 2024."
    )
    assert belief.deck == (
        "From 5.0 searches a day at the start, 0 a year (95\u00a0% interval −1.0 to +1.0), by the days of "
        "January 2024. Drawn on, it is no better than the mean of all days before."
    )


def test_days_before_the_scored_ones_that_are_all_empty_have_no_ways(
    make_subject: Any, home_zone: Any
) -> None:
    counts = np.zeros((800, 24), np.int64)
    counts[700:, 3] = 5
    result = run_work(make_subject(counts), home_zone).result
    assert [belief.name for belief in result.beliefs] == ["trend_line"]
    assert result.verdict == NO_BETTER


def test_too_little_says_what_is_missing(make_subject: Any, home_zone: Any) -> None:
    for n_days, words in ((55, "55 of 56"), (729, "729 of 730")):
        done = run_work(make_subject(draw_trend(n_days)), home_zone)
        assert done.result.too_little == f"Still learning: {words} covered days."
        assert (done.saved, done.started) == (None, TOO_LITTLE)
        assert parse_result(write_result(done.result), where="x") == done.result
    assert run_work(make_subject(draw_trend(730)), home_zone).result.too_little is None


def test_the_line_goes_nowhere_below_nothing() -> None:
    line = load_line(pack_line(solve_line(FIRST + np.arange(2), np.array([1.0, 0.0]))), where="x")
    np.testing.assert_allclose(line.guess(FIRST + np.arange(4)), [1, 0, 0, 0], atol=1e-9)
