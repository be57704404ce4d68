import re

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.dips import find_dip
from pipeline.patterns.months import count_by_month, find_months


def find(subject, rng):
    return find_months(count_by_month(subject), subject, rng)


def test_a_month_under_ten_covered_days_is_a_gap(make_subject) -> None:
    subject = make_subject(["2023-12-22T10:00", "2024-01-05T10:00", "2024-01-15T10:00", "2024-03-11T10:00"])
    expected = pd.DataFrame(
        {
            "year": [2023, 2024, 2024, 2024],
            "month": [12, 1, 2, 3],
            "searches": [1, 2, 0, 1],
            "covered_searches": [0, 2, 0, 0],
            "covered_days": [9, 31, 29, 10],
            "per_day": [np.nan, 2 / 31, 0.0, 0.0],
        }
    )
    pd.testing.assert_frame_equal(count_by_month(subject), expected)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fall", [0.3, 0.6])
def test_a_month_that_falls_every_year_is_found_with_its_range(draw, make_subject, rng, seed, fall) -> None:
    subject = make_subject(draw(seed, "2021-03-10", "2025-11-18", months={8: 1 - fall}))
    finding = find(subject, rng)
    assert finding.mark == (8,)
    match = re.fullmatch("Every August falls, by (\\d+) to (\\d+)\u00a0%", finding.headline)
    frame = count_by_month(subject)
    sums = frame.groupby("year")[["covered_searches", "covered_days"]].sum()
    august = frame[frame["month"] == 8].set_index("year")["per_day"]
    falls = 1 - august / (sums["covered_searches"] / sums["covered_days"])
    assert match and [int(x) for x in match.groups()] == [round(100 * falls.min()), round(100 * falls.max())]
    assert finding.certainty == "August lies below its year’s daily mean in all five years"
    assert finding.remarkable > 0.1


def test_one_year_without_the_fall_breaks_every(draw, make_subject, rng) -> None:
    parts = [
        draw(k, f"{year}-01-02", f"{year}-12-30", months={8: 0.5 if year != 2023 else 1.3})
        for k, year in enumerate(range(2021, 2026))
    ]
    subject = make_subject(np.concatenate(parts))
    assert find_dip(count_by_month(subject), subject, rng) is None
    assert "August" not in find(subject, rng).headline


def test_two_years_say_both(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2022-01-02", "2023-12-30", months={3: 0.4})), rng)
    assert finding.headline.startswith("Both Marches fall, by ")


def test_a_year_with_too_few_months_to_judge_is_not_called_every(draw, make_subject, rng) -> None:
    subject = make_subject(draw(0, "2021-12-02", "2024-12-30", months={12: 0.4}))
    finding = find(subject, rng)
    assert finding.headline.startswith("Decembers fall, by ")
    assert finding.certainty.endswith("in all three years with months enough to compare")


@pytest.mark.parametrize("seed", range(6))
def test_equal_months_neither_fall_nor_lead(draw, make_subject, rng, seed) -> None:
    finding = find(make_subject(draw(seed, "2021-03-10", "2025-11-18")), rng)
    assert finding.headline.startswith("No month stands clearly out: ")
    assert (finding.mark, finding.remarkable) == ((), 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_two_equal_years_have_no_common_fall(draw, make_subject, rng, seed) -> None:
    subject = make_subject(draw(seed, "2022-01-02", "2023-12-30", a_day=3, restless=0.8))
    assert find_dip(count_by_month(subject), subject, rng) is None


def test_months_that_wander_by_themselves_have_no_common_fall(draw, make_subject, rng) -> None:
    dips = []
    for seed in range(8):
        wander = np.random.default_rng(seed).lognormal(0, 0.5, (3, 12))
        parts = [
            draw(seed * 10 + k, f"{2021 + k}-01-02", f"{2021 + k}-12-30", months=dict(enumerate(row, 1)))
            for k, row in enumerate(wander)
        ]
        subject = make_subject(np.concatenate(parts))
        dips.append(find_dip(count_by_month(subject), subject, rng))
    assert len([dip for dip in dips if dip]) <= 1


@pytest.mark.slow
def test_two_years_that_drift_from_week_to_week_seldom_fall_together(draw, make_subject) -> None:
    dips = []
    for seed in range(40):
        subject = make_subject(draw(seed, "2022-01-02", "2023-12-30", drift=0.35))
        dips.append(find_dip(count_by_month(subject), subject, np.random.default_rng(seed)))
    assert len([dip for dip in dips if dip]) <= 5


def test_without_a_common_fall_the_fullest_month_is_named(draw, make_subject, rng) -> None:
    times = np.concatenate(
        [draw(0, "2021-03-10", "2023-11-18"), draw(1, "2022-06-02", "2022-06-29", a_day=20)]
    )
    subject = make_subject(times)
    finding = find(subject, rng)
    frame = count_by_month(subject)
    rate = frame[(frame["year"] == 2022) & (frame["month"] == 6)]["per_day"].iloc[0]
    assert finding.headline == f"June 2022 is the fullest month: {rate:.0f} searches a day"
    assert finding.mark == (2022, 6)


def test_one_month_is_not_compared(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2024-06-02", "2024-06-25")), rng)
    assert re.fullmatch(r"June 2024 brings \d+ searches a day", finding.headline)
    assert finding.deck == "Searches per covered day, month by month."


def test_too_little_is_said(draw, make_subject, rng) -> None:
    assert find(make_subject([]), rng).headline == "No month has ten covered days yet"
    few = find(make_subject(draw(0, "2021-01-02", "2024-12-30", a_day=0.02)), rng)
    assert few.headline.endswith(" searches are too few to compare months")


def test_an_empty_archive_has_the_columns_too(make_subject) -> None:
    subject = make_subject([])
    assert list(count_by_month(subject).columns) == [
        "year",
        "month",
        "searches",
        "covered_searches",
        "covered_days",
        "per_day",
    ]
