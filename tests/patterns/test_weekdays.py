import math
import re

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.weekdays import count_by_weekday, find_weekdays, weekend_ratio


def find(subject, rng):
    return find_weekdays(count_by_weekday(subject), weekend_ratio(subject, rng), subject, rng)


def test_weekdays_are_rated_by_their_covered_days(make_subject) -> None:
    # Friday 1 March 2024 to Wednesday 13 March: covered Saturday the 2nd to Tuesday the 12th
    times = [
        "2024-03-01T10:00",
        "2024-03-02T10:00",
        "2024-03-04T10:00",
        "2024-03-04T11:00",
        "2024-03-11T10:00",
        "2024-03-13T10:00",
    ]
    expected = pd.DataFrame(
        {
            "weekday": range(7),
            "searches": [3, 0, 1, 0, 1, 1, 0],
            "covered_searches": [3, 0, 0, 0, 0, 1, 0],
            "covered_days": [2, 2, 1, 1, 1, 2, 2],
            "per_day": [1.5, 0, 0, 0, 0, 0.5, 0],
            "weekend": [False] * 5 + [True] * 2,
        }
    )
    pd.testing.assert_frame_equal(count_by_weekday(make_subject(times)), expected)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("factor", [0.5, 0.75, 1.4])
def test_a_planted_weekend_is_found_within_its_interval(draw, make_subject, rng, seed, factor) -> None:
    subject = make_subject(draw(seed, "2022-01-02", "2024-12-30", weekend=factor))
    ratio, low, high = weekend_ratio(subject, rng)
    assert low - 0.03 < factor < high + 0.03
    finding = find_weekdays(count_by_weekday(subject), (ratio, low, high), subject, rng)
    change, word, name = round(100 * abs(1 - ratio)), *(("fewer", "fall") if factor < 1 else ("more", "rise"))
    assert finding.headline == f"Weekends bring {change}\u00a0% {word} searches than workdays"
    assert finding.emphasis == f"{change}\u00a0% {word}"
    assert finding.mark == (5, 6)
    ends = sorted(round(100 * abs(1 - end)) for end in (low, high))
    assert finding.certainty == f"Between {ends[0]} and {ends[1]}\u00a0%"
    assert f"The {name} is between {ends[0]} and {ends[1]}\u00a0% with 95\u00a0% confidence." in finding.deck
    assert finding.remarkable > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("last", ["2024-02-15", "2024-05-01", "2024-12-28"])
def test_the_ratios_interval_holds_though_weeks_drift(draw, make_subject, rng, last) -> None:
    ratios = [weekend_ratio(make_subject(draw(k, "2024-01-02", last, drift=0.35)), rng) for k in range(40)]
    assert sum(low <= 1 <= high for _, low, high in ratios) >= 35


@pytest.mark.slow
def test_the_interval_holds_no_difference_about_as_often_as_it_says(draw, make_subject, rng) -> None:
    claims = 0
    for seed in range(20):
        subject = make_subject(draw(seed, "2023-01-02", "2024-06-30"))
        claims += find(subject, rng).headline != "Weekends look like workdays"
    assert claims <= 3


def test_without_a_difference_the_claim_is_dropped(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(1, "2022-01-02", "2024-12-30")), rng)
    assert finding.headline == "Weekends look like workdays"
    assert (finding.emphasis, finding.mark, finding.remarkable) == ("", (), 0.0)
    assert re.search("Between .* fewer and .* more", finding.certainty)


def test_a_wide_interval_is_called_uncertain(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(3, "2024-01-02", "2024-03-10", a_day=2.5, restless=1.0)), rng)
    assert finding.headline == "Weekends look like workdays"
    assert finding.certainty.endswith(": uncertain")


def test_a_clear_difference_of_two_per_cent_is_not_called_one(make_subject, rng) -> None:
    subject = make_subject(["2024-01-01", "2024-06-30"])
    finding = find_weekdays(count_by_weekday(subject), (1.02, 1.004, 1.038), subject, rng)
    assert finding.headline == "Weekends look like workdays"
    assert finding.certainty == "Between 0.4 and 3.8\u00a0% more"


def test_the_weekend_is_the_owners(draw, make_subject, rng) -> None:
    times = draw(0, "2022-01-02", "2023-12-30", weekend=0.5)
    ratio = weekend_ratio(make_subject(times, weekend=(4, 5)), rng)[0]
    assert 0.65 < ratio < 0.9
    assert count_by_weekday(make_subject(times, weekend=(4, 5)))["weekend"].tolist() == [False] * 4 + [
        True
    ] * 2 + [False]


def test_without_a_weekend_the_fullest_weekday_is_named_if_one_is(draw, make_subject, rng) -> None:
    times = draw(0, "2023-01-02", "2024-06-30")
    assert find(make_subject(times, weekend=()), rng).headline == "No weekday stands out"
    days = np.arange(np.datetime64("2023-01-04"), np.datetime64("2024-06-26"), 7)
    extra = np.repeat(days.astype("datetime64[ms]") + np.timedelta64(15, "h"), 12)
    finding = find(make_subject(np.concatenate([times, extra]), weekend=()), rng)
    assert re.fullmatch(r"Wednesdays are the fullest: \d+ searches a day", finding.headline)
    assert finding.mark == (2,)


def test_silent_weekends_are_said_to_be_silent(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2024-01-02", "2024-06-28", weekend=0.0)), rng)
    assert finding.headline == "Weekends bring no searches"
    assert finding.emphasis in finding.headline


def test_silent_workdays_are_said_to_be_silent(make_subject, rng) -> None:
    days = np.arange(np.datetime64("2024-01-06"), np.datetime64("2024-12-30"), 7)
    times = np.repeat(days.astype("datetime64[ms]") + np.timedelta64(15, "h"), 5)
    finding = find(make_subject(times), rng)
    assert finding.headline == "All searches fall on weekends"


def test_under_six_weeks_there_is_no_ratio(draw, make_subject, rng) -> None:
    subject = make_subject(draw(0, "2024-01-02", "2024-02-11"))
    assert all(math.isnan(x) for x in weekend_ratio(subject, rng))
    finding = find(subject, rng)
    assert finding.headline == "41 covered days are too few to compare weekends"
    assert finding.mark == ()


def test_few_searches_have_no_ratio(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2021-01-02", "2024-12-30", a_day=0.02)), rng)
    assert finding.headline.endswith(" searches are too few to compare weekends")


def test_one_day_and_none_are_said(make_subject, rng) -> None:
    assert find(make_subject(["2024-03-01T10:00"]), rng).headline == "One day is too few to compare weekends"
    assert find(make_subject([]), rng).headline == "No searches to count yet"


def test_an_empty_archive_has_the_columns_too(make_subject) -> None:
    subject = make_subject([])
    assert list(count_by_weekday(subject).columns) == [
        "weekday",
        "searches",
        "covered_searches",
        "covered_days",
        "per_day",
        "weekend",
    ]
