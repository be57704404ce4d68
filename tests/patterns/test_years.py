from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.busiest import draw_fortnights, find_lead, rate_fortnights
from pipeline.patterns.days import DayTable, count_covered_days
from pipeline.patterns.redaction import redact_answers
from pipeline.patterns.years import answer_years, count_by_day, count_by_year, find_years
from pipeline.settings import FreeSpan


def find(subject, rng):
    return find_years(count_by_year(subject), subject, rng)


def test_a_year_is_counted_whole_and_rated_by_its_covered_days(make_subject) -> None:
    times = [
        "2023-12-30T10:00",
        "2023-12-31T10:00",
        "2024-01-01T10:00",
        "2024-01-01T11:00",
        "2024-01-03T10:00",
    ]
    expected = pd.DataFrame(
        {
            "year": [2023, 2024],
            "searches": [2, 3],
            "covered_searches": [1, 2],
            "covered_days": [1, 2],
            "days_in_year": [365, 366],
            "per_day": [1.0, 1.0],
            "partial": [True, True],
            "first": np.array(["2023-12-30", "2024-01-01"], dtype="datetime64[ms]"),
            "last": np.array(["2023-12-31", "2024-01-03"], dtype="datetime64[ms]"),
        }
    )
    pd.testing.assert_frame_equal(count_by_year(make_subject(times)), expected)


def test_a_year_that_the_archive_skips_is_there_and_empty(make_subject) -> None:
    never = pd.to_datetime([], utc=True)
    sources = pd.DataFrame({"product": [], "first": never, "last": never})
    frame = count_by_year(make_subject(["2021-05-01", "2023-05-01"], sources=sources))
    assert frame[["year", "searches", "covered_days", "partial"]].to_numpy().tolist() == [
        [2021, 1, 0, True], [2022, 0, 0, True], [2023, 1, 0, True]
    ]  # fmt: skip
    assert frame["per_day"].isna().all() and frame["first"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("first", "last", "partial"),
    [
        ("2022-01-03", "2022-12-29", False),  # the first entry on 2 January, the last on 30 December
        ("2022-01-04", "2022-12-29", True),
        ("2022-01-03", "2022-12-28", True),
    ],
)
def test_a_year_that_begins_late_or_ends_early_is_partial(draw, make_subject, first, last, partial) -> None:
    frame = count_by_year(make_subject(draw(0, first, last)))
    assert frame["partial"].tolist() == [partial]


def test_a_year_with_a_long_hole_between_two_archives_is_partial(draw, make_subject) -> None:
    times = np.concatenate([draw(0, "2022-01-02", "2022-04-30"), draw(1, "2022-06-20", "2022-12-30")])
    ends = pd.to_datetime(["2022-01-01", "2022-06-19", "2022-05-01", "2022-12-31"], utc=True)
    sources = pd.DataFrame({"product": "search", "first": ends[:2], "last": ends[2:]})
    frame = count_by_year(make_subject(times, sources=sources))
    assert frame[["covered_days", "partial"]].to_numpy().tolist() == [[313, True]]


@pytest.mark.parametrize("seed", range(4))
def test_the_fullest_year_is_found_by_rate_though_its_part_is_small(draw, make_subject, rng, seed) -> None:
    times = draw(seed, "2022-02-01", "2024-05-20", years={2024: 1.5})
    finding = find(make_subject(times), rng)
    rate = count_by_year(make_subject(times))["per_day"].iloc[-1]
    assert finding.headline == f"2024 is the busiest year so far: {rate:.0f} searches a day"
    assert (finding.mark, finding.emphasis) == ((2024,), f"{rate:.0f} searches a day")
    assert finding.remarkable > 0.05
    assert "Hatched" in finding.deck


def test_so_far_is_said_only_of_a_last_year_that_goes_on(draw, make_subject, rng) -> None:
    whole = find(make_subject(draw(1, "2022-01-02", "2023-12-30", years={2023: 1.5})), rng)
    assert whole.headline.startswith("2023 is the busiest year: ")
    earlier = find(make_subject(draw(1, "2022-01-02", "2023-06-30", years={2022: 1.5})), rng)
    assert earlier.headline.startswith("2022 is the busiest year: ")


@pytest.mark.parametrize("seed", range(6))
def test_equal_years_have_no_busiest_one(draw, make_subject, rng, seed) -> None:
    finding = find(make_subject(draw(seed, "2021-04-01", "2025-06-30")), rng)
    assert finding.headline.startswith("No year is clearly the busiest: ")
    assert (finding.mark, finding.emphasis, finding.remarkable) == ((), "", 0.0)


@pytest.mark.parametrize("seed", range(3))
def test_a_partial_last_year_at_the_same_rate_is_no_decline(draw, make_subject, rng, seed) -> None:
    frame = count_by_year(make_subject(draw(seed, "2022-01-02", "2023-03-15")))
    assert frame["searches"].iloc[1] < frame["searches"].iloc[0] / 3
    assert "2022 is" not in find(make_subject(draw(seed, "2022-01-02", "2023-03-15")), rng).headline


@pytest.mark.parametrize("seed", range(4))
def test_a_year_without_its_quiet_month_is_not_the_busiest_for_that(draw, make_subject, rng, seed) -> None:
    times = draw(seed, "2022-01-02", "2024-06-30", months={8: 0.2, 9: 0.4, 10: 0.5})
    subject = make_subject(times)
    rates = count_by_year(subject)["per_day"]
    assert rates.iloc[2] > 1.05 * rates.iloc[:2].max()
    finding = find(subject, rng)
    assert finding.headline.startswith("No year is clearly the busiest: ")
    assert finding.remarkable == 0


@pytest.mark.parametrize("seed", range(3))
def test_the_busiest_year_may_have_the_lower_rate(draw, make_subject, rng, seed) -> None:
    quiet = {8: 0.2, 9: 0.2, 10: 0.2, 11: 0.2, 12: 0.2}
    subject = make_subject(draw(seed, "2023-01-02", "2024-05-30", months=quiet, years={2023: 1.4}))
    frame = count_by_year(subject)
    assert frame["per_day"].idxmax() == 1
    finding = find(subject, rng)
    rate = frame["per_day"].iloc[0]
    assert finding.headline == f"2023 is the busiest year: {rate:.0f} searches a day"
    assert "above 2024 over the same weeks; the highest in " in finding.certainty
    assert ("A higher rate", "2024, by the seasons that the archive holds; not over the same weeks.") in (
        finding.notes
    )


def test_years_with_no_season_in_common_are_not_ranked(draw, make_subject, rng) -> None:
    spring, autumn = draw(0, "2022-02-01", "2022-05-30"), draw(1, "2023-08-01", "2023-11-30", a_day=60)
    ends = pd.to_datetime(["2022-01-31", "2023-07-31", "2022-05-31", "2023-12-01"], utc=True)
    sources = pd.DataFrame({"product": "search", "first": ends[:2], "last": ends[2:]})
    finding = find(make_subject(np.concatenate([spring, autumn]), sources=sources), rng)
    assert finding.headline.startswith("No year is clearly the busiest: ")
    assert finding.certainty == "No year exceeds every other over the weeks that both cover"


def test_fortnights_are_rated_by_their_covered_days_and_need_ten(make_subject) -> None:
    subject = make_subject(["2023-01-04T12:00", *["2023-01-10T12:00"] * 5, "2023-01-25T12:00"])
    rates = rate_fortnights(count_covered_days(subject), [2023])
    assert rates.shape == (1, 26)
    assert rates[0, 0] == 0.5  # the 5th to the 14th
    assert rates[0, 1] == 0.0  # the 15th to the 24th
    assert np.isnan(rates[0, 2:]).all()


@pytest.mark.parametrize(("n_days", "leads"), [(51, False), (52, True)])
def test_years_are_compared_from_four_common_fortnights_on(rng, n_days, leads) -> None:
    days = [np.datetime64("2022-01-01") + np.arange(300), np.datetime64("2023-01-01") + np.arange(n_days)]
    counts = np.zeros((300 + n_days, 24), dtype=np.int64)
    counts[:, 12] = np.repeat([2, 9], [300, n_days])
    lead = find_lead(DayTable(np.concatenate(days), counts), [2022, 2023], rng)
    assert (lead is not None) == leads
    if lead:
        assert (lead.year, lead.next_year, lead.chance) == (2023, 2022, 1.0)
        assert [lead.ratio, lead.low, lead.high] == pytest.approx([4.5] * 3)


def test_fortnights_are_drawn_in_pairs_as_many_as_a_year_has(rng) -> None:
    assert (draw_fortnights(5, rng).sum(axis=1) == 6).all()
    weights = draw_fortnights(26, rng)
    assert weights.shape == (1000, 26) and (weights.sum(axis=1) == 26).all()
    assert np.corrcoef(weights[:, 25], weights[:, 0])[0, 1] == pytest.approx(0.5, abs=0.1)


@pytest.mark.slow
def test_years_that_only_drift_from_week_to_week_have_no_busiest_one(draw, make_subject) -> None:
    claims = 0
    for seed in range(40):
        subject = make_subject(draw(seed, "2021-03-10", "2025-11-18", drift=0.35))
        claims += find(subject, np.random.default_rng(seed)).remarkable > 0
    assert claims <= 2


def test_a_short_year_is_shown_and_not_compared(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2022-01-02", "2023-01-20", years={2023: 4})), rng)
    assert finding.headline.startswith("2022 brings ")
    assert "Rate 2022, " in finding.alt and "lowest" not in finding.alt
    assert ("Not compared", "Under 60 covered days: 2023.") in finding.notes


def test_under_sixty_covered_days_are_counted_day_by_day(draw, make_subject, rng) -> None:
    subject = make_subject(draw(0, "2025-11-02", "2025-11-18", a_day=12))
    finding = find(subject, rng)
    assert finding.headline == "Seventeen covered days are too few to compare years"
    assert finding.deck == "Shown day by day instead. A year appears here after 60 covered days."
    assert ("What is missing", "17 of the 60 covered days that it takes.") in finding.notes
    days = count_by_day(subject)
    assert days["searches"].sum() == len(subject.rows)
    assert days["covered"].tolist() == [False] + [True] * 17 + [False]


def test_one_day_is_said_to_be_one_day(make_subject, rng) -> None:
    finding = find(make_subject(["2024-03-01T10:00", "2024-03-01T12:00"]), rng)
    assert finding.headline == "One day is too few to compare years"
    assert finding.alt == "Bars, searches by day, 2024. 1 Mar 2024, 2."


def test_few_searches_over_many_days_compare_nothing(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2021-01-02", "2024-12-30", a_day=0.02)), rng)
    assert finding.headline.endswith(" searches are too few to compare years")
    assert finding.remarkable == 0


def test_nothing_is_said_of_nothing(make_subject, rng) -> None:
    finding = find(make_subject([]), rng)
    assert finding.headline == "No searches to count yet"
    assert finding.alt == "Nothing is drawn: the archive holds no searches."


def test_an_empty_archive_has_the_columns_too(make_subject) -> None:
    subject = make_subject([])
    assert list(count_by_year(subject).columns) == [
        "year",
        "searches",
        "covered_searches",
        "covered_days",
        "days_in_year",
        "per_day",
        "partial",
        "first",
        "last",
    ]


def test_the_owners_free_days_are_not_shared_with_the_daily_bars(draw, make_subject, rng) -> None:
    spans = (FreeSpan(date(2024, 3, 4), date(2024, 3, 8)),)
    subject = replace(make_subject(draw(0, "2024-03-01", "2024-03-20")), free_days=spans)
    answer = answer_years(subject, rng)
    assert answer.frames["days"]["free"].sum() == 5
    left = redact_answers({"years": answer}, subject.coverage)[0]["years"]
    assert list(left.frames["days"].columns) == ["date", "searches", "covered"]
