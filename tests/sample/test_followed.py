"""What the truth says to follow from the searches, worked out by hand on a few of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipeline.sample.followed import (
    count_mean_hours,
    count_phrases,
    count_repeats,
    list_firsts,
    list_records,
    measure_sessions,
)
from pipeline.sample.queries import Asked

CLOCKS = [
    datetime.strptime(f"2024-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    for text in (
        "01-01 10:00", "01-01 21:00", "01-01 22:30", "01-02 00:15", "01-02 01:30",  # one night until 01:30
        "01-02 04:00", "01-02 20:30", "01-03 12:00", "01-06 23:59", "01-07 01:58", "01-07 03:57",
        "01-08 09:00", "01-09 09:00",
    )
]  # fmt: skip
UTC_SECONDS = [int(clock.timestamp()) for clock in CLOCKS]


def test_records_are_counted_by_hand() -> None:
    assert list_records(CLOCKS, date(2024, 1, 1), date(2024, 1, 9), []) == {
        "busiest_day": {"day": date(2024, 1, 2), "searches": 4},
        "longest_run": {"first": date(2024, 1, 6), "last": date(2024, 1, 9), "days": 4},
        "longest_silence": {"first": date(2024, 1, 4), "last": date(2024, 1, 5), "days": 2},
        "latest_night": {"evening": date(2024, 1, 6), "until": 27.95},
    }


def test_nights_away_and_those_beside_them_are_no_record() -> None:
    away = [(date(2024, 1, 7), date(2024, 1, 8))]
    latest = list_records(CLOCKS, date(2024, 1, 1), date(2024, 1, 9), away)["latest_night"]
    assert latest == {"evening": date(2024, 1, 1), "until": 25.5}


def test_nothing_follows_from_nothing() -> None:
    assert list_records([], date(2024, 1, 1), date(2024, 1, 1), []) == {
        "busiest_day": {"day": None, "searches": 0},
        "longest_run": None,
        "longest_silence": None,
        "latest_night": None,
    }
    assert count_repeats([], [], [])["repeated"] == []
    assert measure_sessions([], [])["limit"] is None


def test_the_first_query_of_each_year_is_named() -> None:
    clocks = [datetime(2023, 12, 31, 23, 59), datetime(2024, 1, 1), datetime(2024, 1, 2)]
    asked = [Asked(text, "x") for text in ("rain", "frost", "snow")]
    assert list_firsts(clocks, asked) == {"2023": "rain", "2024": "frost"}


def test_mean_hours_turn_round_midnight() -> None:
    clocks = [datetime(2023, 5, 1, 23), datetime(2023, 5, 2, 1), datetime(2024, 5, 2, 6, 30)]
    assert count_mean_hours(clocks) == {"2023": 0.0, "2024": 6.5}


def test_a_query_is_asked_again_after_half_an_hour_and_within_the_days() -> None:
    day = 86400
    seconds = [0, 40 * day, 40 * day + 1800, 40 * day + 3601, 70 * day]
    clocks = [datetime.fromtimestamp(second, UTC) for second in seconds]
    asked = [Asked(text, "x") for text in ("Rain", "rain", "rain ", "RAIN", "rain")]
    found = count_repeats(seconds, clocks, asked)
    assert found["repeats"]["28"] == {"queries": 3, "again": 1}  # after 40 days, an hour later, after 30 days
    assert found["repeats"]["365"] == {"queries": 0, "again": 0}
    assert found["repeated"] == [{"query": "rain", "times": 4}]


def test_phrases_are_counted_where_their_words_stand_together() -> None:
    asked = [Asked(text, "x") for text in ("the heart rate", "heart rate", "rate of heart", "heart")]
    assert count_phrases(["heart rate", "cheat sheet"], asked) == {"heart rate": 2}


def test_the_limit_is_the_pause_that_takes_fewest_for_what_they_are_not() -> None:
    seconds = [0, 10, 30, 1030, 1040, 1540, 3540]
    assert measure_sessions(seconds, [0, 0, 0, 1, 1, 1, 2]) == {
        "n_sessions": 3,
        "pause_inside": 15.0,
        "pause_between": 1500.0,
        "limit": 500.0,
        "misplaced": 0.0,
    }
    assert measure_sessions(seconds, [0, 0, 0, 1, 1, 2, 2])["misplaced"] == round(1 / 6, 4)
