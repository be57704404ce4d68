"""What stands on the page of one year: its days, its words, its clock beside other years', three records.

Nothing is counted anew from the archive: a year's page reads the answers that are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

import numpy as np
import pandas as pd

from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.days import ENOUGH_SEARCHES
from pipeline.patterns.wording import (
    MONTHS,
    WEEKDAYS,
    begin,
    count_noun,
    join_and,
    say_count,
    say_days,
    say_short_day,
    spell_small,
)

MOST_WORDS, NAMED_WORDS = 6, 3
CLEAR_Z = 4.0  # from here on a word is said to be a year's own
MOST_COLUMNS = 18  # letters of a word that the sentence names; a Chinese one counts twice
ENOUGH_SILENCE = 7  # days, before the sentence speaks of them


@dataclass(frozen=True, slots=True, eq=False)
class YearPage:
    """One year; private where it has words.

    ``days`` has date, searches, covered and step; ``limits`` step, low and high; ``clock`` hour, share and
    others (the share in all other years, NaN where either is too little); ``records`` value and note, the
    busiest day first.
    """

    year: int
    coverage: Coverage  # of this year alone
    days: pd.DataFrame
    limits: pd.DataFrame
    clock: pd.DataFrame
    records: pd.DataFrame
    words: tuple[str, ...]
    own_words: bool  # whether they set the year apart, or are its commonest
    busiest: pd.Timestamp
    sentence: str


def list_year_pages(answers: Mapping[str, Answer], coverage: Coverage) -> list[YearPage]:
    """List a page for every year that holds an activity.

    Reads the answers calendar and dots, and words_by_year where it is.
    """
    if "calendar" not in answers or "dots" not in answers:
        return []
    days, limits = answers["calendar"].frame, answers["calendar"].frames["limits"]
    words = answers["words_by_year"].frame if "words_by_year" in answers else pd.DataFrame()
    totals = days.groupby(days["date"].dt.year)["searches"].sum()
    clocks = count_by_year_hour(answers["dots"].frame["local"])
    return [
        _make_page(
            int(year),
            days[days["date"].dt.year == year].reset_index(drop=True),
            limits,
            clocks,
            words,
            coverage,
        )
        for year in totals.index[totals.to_numpy() > 0]
    ]


def count_by_year_hour(local: pd.Series) -> pd.DataFrame:
    """Count local moments: one row a year, one column an hour."""
    moments = local.to_numpy().astype("datetime64[h]")
    years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    hours = (moments - moments.astype("datetime64[D]")).astype(np.int64)
    if len(years) == 0:
        return pd.DataFrame(np.zeros((0, 24), dtype=np.int64))
    first, n_years = int(years.min()), int(np.ptp(years)) + 1
    counts = np.bincount((years - first) * 24 + hours, minlength=24 * n_years).reshape(n_years, 24)
    return pd.DataFrame(counts, index=np.arange(first, first + n_years))


def compare_clock(clocks: pd.DataFrame, year: int, enough: int = 5 * ENOUGH_SEARCHES) -> pd.DataFrame:
    """Return hour, share of the year and others, the share of all other years together.

    ``others`` is NaN where the year or the others hold fewer than ``enough``.
    """
    own = clocks.loc[year].to_numpy(dtype=float)
    others = clocks.drop(index=year).to_numpy(dtype=float).sum(axis=0)
    share = own / own.sum() if own.sum() else own
    compared = own.sum() >= enough and others.sum() >= enough
    others = others / others.sum() if compared else np.full(24, np.nan)
    return pd.DataFrame({"hour": np.arange(24), "share": share, "others": others})


def list_runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """List the runs of true values: first and last place."""
    edges = np.diff(np.concatenate([[False], flags.astype(bool), [False]]).astype(np.int8))
    return list(
        zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True)
    )


def find_longest(flags: np.ndarray) -> tuple[int, int] | None:
    """Return the first of the longest runs of true values, ``None`` where nothing is true."""
    return max(list_runs(flags), key=lambda run: (run[1] - run[0], -run[0]), default=None)


def _make_page(
    year: int,
    days: pd.DataFrame,
    limits: pd.DataFrame,
    clocks: pd.DataFrame,
    words: pd.DataFrame,
    coverage: Coverage,
) -> YearPage:
    searches, covered = days["searches"].to_numpy(dtype=np.int64), days["covered"].to_numpy(dtype=bool)
    dates = [stamp.date() for stamp in days["date"]]
    span = replace(
        coverage, first=dates[0], last=dates[-1], n_days=len(dates), n_covered=int(covered.sum()),
        n_rows=int(searches.sum()),
    )  # fmt: skip
    listed, own = _choose_words(words, year)
    silence = None if coverage.redacted else find_longest(covered & (searches == 0))
    return YearPage(
        year=year,
        coverage=span,
        days=days,
        limits=limits,
        clock=compare_clock(clocks, year),
        records=_list_records(days, silence, span),
        words=listed,
        own_words=own,
        busiest=days["date"].iloc[int(np.argmax(searches))],
        sentence=_say_year(span, days, listed if own else (), silence),
    )


def _choose_words(words: pd.DataFrame, year: int) -> tuple[tuple[str, ...], bool]:
    """Return a year's words, and whether they set it apart: then each has a z of at least 4.

    A year that no word sets apart has its commonest.
    """
    if len(words) == 0:
        return (), False
    mine = words[words["year"] == year]
    clear = mine[mine["z"] >= CLEAR_Z].sort_values(["z", "word"], ascending=[False, True])
    if len(clear):
        return tuple(str(word) for word in clear["word"].head(MOST_WORDS)), True
    common = mine.sort_values(["count", "word"], ascending=[False, True])
    return tuple(str(word) for word in common["word"].head(MOST_WORDS)), False


def _list_records(days: pd.DataFrame, silence: tuple[int, int] | None, coverage: Coverage) -> pd.DataFrame:
    searches = days["searches"].to_numpy(dtype=np.int64)
    best = int(np.argmax(searches))
    day = days["date"].iloc[best]
    run = find_longest(searches > 0) or (best, best)
    length = run[1] - run[0] + 1
    rows = [
        (
            count_noun(int(searches[best]), coverage.noun, coverage.nouns),
            f"Busiest day, {WEEKDAYS[day.day_of_week]} {_say(day)}",
        ),
        (
            f"{say_count(length)} days in a row" if length > 1 else "1 day",
            f"Longest run, to {_say(days['date'].iloc[run[1]])}",
        ),
    ]
    if silence is not None:
        rows.append(
            (
                count_noun(silence[1] - silence[0] + 1, "day", "days"),
                f"Longest silence, {_say_span(days, silence)}",
            )
        )
    elif coverage.n_covered and not coverage.redacted:
        rows.append(("No silent day", f"on {count_noun(coverage.n_covered, 'covered day', 'covered days')}"))
    return pd.DataFrame(rows, columns=["value", "note"]).astype("str")


def _say(day: pd.Timestamp) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _say_span(days: pd.DataFrame, run: tuple[int, int]) -> str:
    first, last = days["date"].iloc[run[0]], days["date"].iloc[run[1]]
    if first == last:
        return _say(first)
    if first.month == last.month:
        return f"{first.day} to {_say(last)}"
    return f"{say_short_day(first)} to {say_short_day(last)}"


def _count_columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _say_year(
    coverage: Coverage, days: pd.DataFrame, words: tuple[str, ...], silence: tuple[int, int] | None
) -> str:
    """Say how much the year holds, on how many days, its own words, and a long silence."""
    covered, searches = days["covered"].to_numpy(dtype=bool), days["searches"].to_numpy()
    count = count_noun(coverage.n_rows, coverage.noun, coverage.nouns)
    if covered.any():
        n_active, n_covered = int((covered & (searches > 0)).sum()), int(covered.sum())
        whole = n_covered == (366 if days["date"].iloc[0].is_leap_year else 365)
        noun = "days" if whole else "covered day" if n_covered == 1 else "covered days"
        of = "some on each of" if n_active == n_covered > 1 else f"on {say_count(n_active)} of"
        comma = "," if n_active == n_covered > 1 else ""
        parts = [f"{count}{comma} {of} {say_count(n_covered)} {noun}."]
    else:
        parts = [f"{count}, {say_days(days['date'].iloc[0].date(), days['date'].iloc[-1].date())}."]
    named = [word for word in words if _count_columns(word) <= MOST_COLUMNS][:NAMED_WORDS]
    if named:
        parts.append(f"The year of {join_and(named)}.")
    if silence is not None and silence[1] - silence[0] + 1 >= ENOUGH_SILENCE:
        n = silence[1] - silence[0] + 1
        first, last = days["date"].iloc[silence[0]], days["date"].iloc[silence[1]]
        months = MONTHS[first.month - 1]
        if last.month != first.month:
            months = f"{months} and {MONTHS[last.month - 1]}" if last.month == first.month + 1 else ""
        parts.append(f"{begin(spell_small(n))} silent days{f' in {months}' if months else ''}.")
    return " ".join(parts)
