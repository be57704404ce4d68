import re

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.year_weekday import count_by_year_weekday, find_year_weekday, weekend_ratio_by_year

YEARS = range(2021, 2025)


def find(subject, rng):
    return find_year_weekday(
        count_by_year_weekday(subject), weekend_ratio_by_year(subject, rng), subject, rng
    )


@pytest.fixture
def by_year(draw, make_subject):
    """A subject whose weekends have a factor of their own in each year."""

    def make(factors: dict[int, float], seed: int = 0):
        parts = [
            draw(100 * seed + year, f"{year}-01-01", f"{year}-12-31", weekend=factor)
            for year, factor in factors.items()
        ]
        return make_subject(np.concatenate(parts))

    return make


def test_every_year_has_seven_rows_with_its_own_covered_days(make_subject) -> None:
    frame = count_by_year_weekday(make_subject(["2023-12-30T10:00", "2024-01-01T10:00", "2024-01-03T10:00"]))
    assert frame["year"].tolist() == [2023] * 7 + [2024] * 7
    filled = frame[(frame["searches"] > 0) | (frame["covered_days"] > 0)].reset_index(drop=True)
    expected = pd.DataFrame(
        {
            "year": [2023, 2023, 2024, 2024, 2024],
            "weekday": [5, 6, 0, 1, 2],
            "searches": [1, 0, 1, 0, 1],
            "covered_searches": [0, 0, 1, 0, 0],
            "covered_days": [0, 1, 1, 1, 0],
            "per_day": [np.nan, 0.0, 1.0, 0.0, np.nan],
        }
    )
    pd.testing.assert_frame_equal(filled, expected)


def test_each_year_has_its_ratio_and_a_short_one_has_none(draw, make_subject, rng) -> None:
    ratios = weekend_ratio_by_year(make_subject(draw(0, "2022-01-02", "2023-02-05", weekend=0.5)), rng)
    assert ratios["year"].tolist() == [2022, 2023]
    assert ratios["partial"].tolist() == [False, True]
    assert ratios["ratio"].notna().tolist() == [True, False]
    assert (ratios["low"] < ratios["ratio"]).tolist() == [True, False]


@pytest.mark.parametrize("seed", range(3))
def test_weekends_quieter_in_every_year_and_the_clearest_year(by_year, rng, seed) -> None:
    finding = find(by_year({2021: 0.7, 2022: 0.7, 2023: 0.7, 2024: 0.4}, seed), rng)
    assert finding.headline == "Weekends are quieter in every year, most clearly in 2024"
    assert (finding.emphasis, finding.mark) == ("quieter in every year", (2024,))


def test_the_clearest_year_is_dropped_where_years_are_alike(by_year, rng) -> None:
    finding = find(by_year(dict.fromkeys(YEARS, 0.6), 1), rng)
    assert finding.headline == "Weekends are quieter in every year"
    assert finding.mark == ()


def test_fuller_weekends_are_told_likewise(by_year, rng) -> None:
    finding = find(by_year({2021: 1.3, 2022: 1.3, 2023: 2.2}), rng)
    assert finding.headline == "Weekends are fuller in every year, most clearly in 2023"


def test_some_years_only_are_counted(by_year, rng) -> None:
    assert find(by_year({2021: 0.5, 2022: 1.0, 2023: 1.0, 2024: 1.0}), rng).headline == (
        "Weekends are clearly quieter in 2021 only"
    )
    assert find(by_year({2021: 0.5, 2022: 1.0, 2023: 0.5, 2024: 1.0}), rng).headline == (
        "Weekends are clearly quieter in two of four years"
    )
    assert find(by_year({2021: 0.5, 2022: 1.0, 2023: 1.6}), rng).headline == (
        "Weekends are clearly quieter in 2021, clearly fuller in 2023"
    )


@pytest.mark.slow
def test_years_without_an_effect_claim_none_but_rarely(by_year, rng) -> None:
    headlines = [find(by_year(dict.fromkeys(YEARS, 1.0), seed), rng).headline for seed in range(12)]
    assert headlines.count("No year’s weekends clearly differ from its workdays") >= 10


def test_one_year_speaks_of_itself(by_year, rng) -> None:
    assert find(by_year({2022: 0.5}), rng).headline == "Weekends are quieter in 2022"
    assert find(by_year({2022: 1.0}, 1), rng).headline == "Weekends look like workdays in 2022"


def test_the_certainty_gives_the_range_of_the_ratios(by_year, rng) -> None:
    subject = by_year({2021: 0.7, 2022: 0.4})
    ratios = weekend_ratio_by_year(subject, rng)
    low, high = round(100 * ratios["ratio"].min()), round(100 * ratios["ratio"].max())
    finding = find_year_weekday(count_by_year_weekday(subject), ratios, subject, rng)
    assert finding.certainty == f"Year by year, weekends hold {low} to {high}\u00a0% of a workday’s searches"


def test_too_little_is_said(draw, make_subject, rng) -> None:
    for times in ([], ["2024-03-01"], draw(0, "2021-01-02", "2024-12-30", a_day=0.02)):
        finding = find(make_subject(times), rng)
        assert finding.headline == "No year can compare weekends with workdays yet"
    assert re.search("42 covered days and 100 searches", finding.certainty)


def test_an_empty_archive_has_the_columns_too(make_subject) -> None:
    subject = make_subject([])
    assert list(count_by_year_weekday(subject).columns) == [
        "year",
        "weekday",
        "searches",
        "covered_searches",
        "covered_days",
        "per_day",
    ]
