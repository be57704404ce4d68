from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from pipeline.patterns.answer import Answer
from pipeline.patterns.finding import Finding
from pipeline.report.choices import CHOICES
from pipeline.report.interval import choose_scale, draw_interval
from pipeline.report.spark import MOST_BARS, draw_spark


def _paths(svg: str) -> list[tuple[str, str]]:
    return re.findall(r'<path d="([^"]*)" fill="([^"]*)"', svg)


def test_bars_stand_on_zero_and_the_marked_one_is_in_mark() -> None:
    assert _paths(draw_spark([1, 2], {1})) == [
        ("M6.4 50v-25.0h51.2v25.0z", "var(--data)"),
        ("M70.4 50v-50.0h51.2v50.0z", "var(--mark)"),
        ("M0 50.5H128", "none"),
    ]


@pytest.mark.parametrize("values", [[], [0.0], [math.nan], [math.nan, 0.0, 0.0]])
def test_nothing_to_draw_is_a_line(values: list[float]) -> None:
    assert _paths(draw_spark(values)) == [("M0 50.5H128", "none")]


def test_many_values_are_a_line_that_breaks_at_gaps() -> None:
    values = [1.0] * (MOST_BARS + 1)
    values[20] = math.nan
    (line, _), _ = _paths(draw_spark(values, {3}))
    assert line.count("M") == 2
    assert draw_spark(values, {3}).count("<circle") == 1


def test_one_scale_holds_every_interval_and_zero() -> None:
    assert choose_scale([(0.19, 0.23), (-0.19, 0.13)]) == (-0.19, 0.23)
    assert choose_scale([(0.1, 0.4)]) == (-0.1, 0.4)
    assert choose_scale([]) == (-0.025, 0.1)


def test_an_interval_of_which_nothing_is_claimed_is_drawn_in_faint() -> None:
    scale = (-0.2, 0.3)
    assert "var(--data)" in draw_interval(0.2, 0.1, 0.3, scale, claimed=True)
    assert "var(--data)" not in draw_interval(0.1, -0.2, 0.3, scale, claimed=False)
    held = draw_interval(0.0, -0.2, 0.3, scale, claimed=False)
    assert "var(--data)" not in held
    assert 'd="M6.0 10H146.0"' in held
    assert 'cx="62.0"' in held


def test_an_interval_that_leaves_the_scale_ends_in_arrowheads_and_a_dot_beyond_it_is_not_drawn() -> None:
    scale = (-0.2, 0.3)
    both = draw_interval(0.0, -0.4, 0.5, scale, claimed=False)
    assert 'd="M6.0 10l7 -4.5v9zM146.0 10l-7 -4.5v9z"' in both and 'd="M13.0 10H139.0"' in both
    below = draw_interval(-0.5, -0.6, -0.4, scale, claimed=False)
    assert 'd="M6.0 10l7 -4.5v9z"' in below and 'd="M13.0 10H27.0"' in below and "<circle" not in below
    above = draw_interval(0.5, 0.0, 0.6, scale, claimed=True)
    assert 'd="M146.0 10l-7 -4.5v9z"' in above and 'd="M62.0 10H139.0"' in above and "<circle" not in above
    assert "beyond" not in draw_interval(0.0, -0.2, 0.3, scale, claimed=False)


@pytest.mark.parametrize("n_weeks", [30, 250])
def test_a_burst_is_marked_among_bars_of_its_word_alone(n_weeks: int) -> None:
    weeks = pd.DataFrame({"word": "oboe", "week": pd.date_range("2024-01-01", periods=n_weeks, freq="7D")})
    weeks = pd.concat([weeks.assign(count=1), weeks.assign(word="tomato", count=9)])
    main = {"word": ["oboe", "tomato"], "first": "2024-03-06", "last": "2024-05-08", "strongest": True}
    frame = pd.DataFrame(main).astype({"first": "datetime64[ms]", "last": "datetime64[ms]"})
    finding = Finding("bursts", "Words", "a", "", "b", "c", (), "d", "e", mark=("oboe",))
    values, marked = CHOICES["bursts"](Answer({"main": frame, "weeks": weeks}, finding))
    assert values.sum() == n_weeks
    assert len(values) <= MOST_BARS
    assert marked == (set(range(9, 19)) if n_weeks == 30 else {1, 2})


def _dots(svg: str) -> list[tuple[str, str]]:
    return re.findall(r'cy="([^"]*)" r="4" fill="([^"]*)"', svg)


def test_times_of_the_clock_are_dots_between_the_earliest_and_the_latest() -> None:
    svg = draw_spark([16.0, math.nan, 18.0, 17.0], {2}, dots=True)
    assert _dots(svg) == [("44.0", "var(--data)"), ("6.0", "var(--mark)"), ("25.0", "var(--data)")]
    assert _dots(draw_spark([5.0, 5.0], dots=True)) == [("44.0", "var(--data)")] * 2
    assert draw_spark([math.nan], dots=True) == draw_spark([], dots=True) == ""


def test_a_mean_hour_past_midnight_lies_above_one_before_it() -> None:
    frame = pd.DataFrame({"year": [2023, 2024, 2025], "mean_hour": [23.5, 0.5, 22.5]})
    finding = Finding("clock", "Hours", "a", "", "b", "c", (), "d", "e", mark=(2025,))
    values, marked = CHOICES["clock"](Answer({"main": frame}, finding))
    assert values.tolist() == [0.0, 1.0, -1.0]
    assert marked == {2}


def test_the_weekdays_of_the_headline_are_marked_among_their_middles() -> None:
    rows = [(day, hour, float(hour == 12 + day)) for day in range(7) for hour in range(24)]
    frame = pd.DataFrame(rows, columns=["weekday", "hour", "per_day"])
    finding = Finding("week_lines", "Weeks", "a", "", "b", "c", (), "d", "e", mark=(5, 6))
    values, marked = CHOICES["week_lines"](Answer({"main": frame}, finding))
    assert values.tolist() == [8.5 + day for day in range(7)]
    assert marked == {5, 6}
