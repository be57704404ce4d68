"""What a year's page says: its records, its clock, its words, and the sentence beside the year."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.finding import Finding
from pipeline.patterns.year_page import (
    YearPage,
    compare_clock,
    count_by_year_hour,
    find_longest,
    list_runs,
    list_year_pages,
)
from pipeline.privacy import is_private

LIMITS = pd.DataFrame({"step": [0, 1], "low": [0, 1], "high": [0, 99]})
FINDING = Finding("calendar", "Years", "a", "", "b", "c", (("What it covers", "d"),), "e", "f")


def _days(first: str, counts: list[int], uncovered: tuple[int, ...] = ()) -> pd.DataFrame:
    dates = pd.date_range(first, periods=len(counts), freq="D").as_unit("ms")
    covered = ~np.isin(np.arange(len(counts)), uncovered)
    step = np.where(covered | (np.array(counts) > 0), np.minimum(counts, 1), np.nan)
    return pd.DataFrame({"date": dates, "searches": counts, "covered": covered, "step": step})


def _pages(days: pd.DataFrame, words: pd.DataFrame | None = None, hour: int = 21) -> list[YearPage]:
    local = days["date"].repeat(days["searches"]) + pd.Timedelta(hours=hour)
    answers = {
        "calendar": Answer({"main": days, "limits": LIMITS}, FINDING),
        "dots": Answer({"main": pd.DataFrame({"local": local.dt.as_unit("ms")})}, FINDING),
    }
    if words is not None:
        answers["words_by_year"] = Answer({"main": words}, FINDING)
    first, last = days["date"].iloc[0].date(), days["date"].iloc[-1].date()
    total, n_covered = int(days["searches"].sum()), int(days["covered"].sum())
    return list_year_pages(
        answers, Coverage(first, last, len(days), n_covered, total, last, noun="search", nouns="searches")
    )


def test_a_year_has_its_own_coverage_and_three_records() -> None:
    days = _days("2024-12-28", [2, 3, 1, 4, 5, 9, 0, 0, 0, 1, 1, 9], uncovered=(0, 11))
    old, new = _pages(days)
    assert (old.year, new.year) == (2024, 2025)
    assert (new.coverage.first, new.coverage.n_days, new.coverage.n_covered, new.coverage.n_rows) == (
        pd.Timestamp("2025-01-01").date(), 8, 7, 25,
    )  # fmt: skip
    assert new.busiest == pd.Timestamp("2025-01-02")  # of two the first
    assert new.records.values.tolist() == [
        ["9 searches", "Busiest day, Thursday 2 January"],
        ["3 days in a row", "Longest run, to 8 January"],
        ["3 days", "Longest silence, 3 to 5 January"],
    ]
    assert old.records.values.tolist()[1:] == [
        ["4 days in a row", "Longest run, to 31 December"],
        ["No silent day", "on 3 covered days"],
    ]
    assert (old.sentence, new.sentence) == (
        "10 searches, some on each of 3 covered days.",
        "25 searches on 4 of 7 covered days.",
    )


def test_an_uncovered_day_ends_a_silence_and_a_run_of_one_day_is_a_day() -> None:
    (page,) = _pages(_days("2025-03-01", [1, 0, 0, 0, 0, 0, 1], uncovered=(3,)))
    assert page.records.values.tolist() == [
        ["1 search", "Busiest day, Saturday 1 March"],
        ["1 day", "Longest run, to 1 March"],
        ["2 days", "Longest silence, 2 to 3 March"],
    ]


def test_without_a_covered_day_nothing_is_said_of_silence() -> None:
    (page,) = _pages(_days("2025-03-01", [4, 2], uncovered=(0, 1)))
    assert page.sentence == "6 searches, 1 – 2 Mar 2025."
    assert len(page.records) == 2


@pytest.mark.parametrize(
    ("start", "n", "said"),
    [
        (40, 6, ""),
        (40, 7, " Seven silent days in February."),
        (25, 12, " Twelve silent days in January and February."),
        (25, 50, " 50 silent days."),
    ],
)
def test_a_silence_of_a_week_stands_in_the_sentence(start: int, n: int, said: str) -> None:
    counts = [1] * 365
    counts[start : start + n] = [0] * n
    (page,) = _pages(_days("2025-01-01", counts))
    assert page.sentence == f"{365 - n} searches on {365 - n} of 365 days.{said}"


def test_words_that_set_the_year_apart_are_named_and_only_those() -> None:
    days = _days("2025-01-01", [1] * 365)
    words = pd.DataFrame(
        {
            "year": 2025,
            "word": ["telescope", "an exceedingly long word", "天体望遠鏡", "bicycle", "aurora", "chance"],
            "count": 9,
            "z": [9.0, 8.0, 7.0, 6.0, 5.0, 3.9],
        }
    )
    (page,) = _pages(days, words)
    assert page.words == tuple(words["word"][:5])
    assert page.own_words
    assert (
        page.sentence
        == "365 searches, some on each of 365 days. The year of telescope, 天体望遠鏡 and bicycle."
    )
    assert is_private(["word"])


def test_words_by_count_are_listed_and_not_called_the_years_own() -> None:
    words = pd.DataFrame(
        {
            "year": [2024, 2025, 2025],
            "word": ["x", "oboe", "tomato"],
            "count": [9, 8, 9],
            "z": [9.0, 3.9, 0.0],
        }
    )
    (page,) = _pages(_days("2025-01-01", [1] * 365), words)
    assert (page.words, page.own_words) == (("tomato", "oboe"), False)
    assert "tomato" not in page.sentence


def test_the_clock_stands_beside_the_other_years_where_both_are_enough() -> None:
    local = pd.Series(
        [pd.Timestamp("2023-05-01 09:30")] * 600
        + [pd.Timestamp("2024-02-29 23:59:59")] * 500
        + [pd.Timestamp("2025-01-01 00:00")] * 499
    ).astype("datetime64[ms]")
    clocks = count_by_year_hour(local)
    assert clocks.to_numpy().sum(axis=1).tolist() == [600, 500, 499]
    frame = compare_clock(clocks, 2024)
    assert frame.loc[23, "share"] == 1.0
    assert frame["others"].iloc[[0, 9]].round(3).tolist() == [0.454, 0.546]
    assert compare_clock(clocks, 2025)["others"].isna().all()
    assert compare_clock(clocks.loc[[2024]], 2024)["others"].isna().all()


def test_without_the_answers_there_are_no_pages() -> None:
    assert list_year_pages({}, Coverage(None, None, 0, 0, 0, None)) == []


@given(st.lists(st.booleans()))
def test_runs_are_what_a_loop_finds(flags: list[bool]) -> None:
    runs, start = [], None
    for k, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = k
        elif not flag and start is not None:
            runs.append((start, k - 1))
            start = None
    assert list_runs(np.array(flags, dtype=bool)) == runs
    longest = find_longest(np.array(flags, dtype=bool))
    assert longest == (max(runs, key=lambda run: (run[1] - run[0], -run[0])) if runs else None)
