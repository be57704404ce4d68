"""Which of an answer's numbers the small picture beside its sentence is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.week_lines import arrange_rows, find_middle
from pipeline.report.spark import MOST_BARS

if TYPE_CHECKING:
    from pipeline.patterns.answer import Answer

HOURS_AROUND = 12
WORDS_SHOWN = 20
BELOW = 1.0  # hours that the line of a clock time keeps above the foot
Choice = tuple[np.ndarray, set[int]]  # the values, and the places of those in mark
Choose = Callable[["Answer"], Choice]


def _take(values: str, name: str, most: int | None = None) -> Choose:
    """Return what takes a column of values, marked where the column of names is in the finding's mark."""

    def choose(answer: Answer) -> Choice:
        frame, mark = answer.frame.head(most or len(answer.frame)), answer.finding.mark
        names = frame[name].tolist()
        return frame[values].to_numpy(dtype=float), {k for k, one in enumerate(names) if one in mark}

    return choose


def _take_months(answer: Answer) -> Choice:
    """Take the mean of each calendar month; where one month of one year is marked, all months in a line."""
    frame, mark = answer.frame, answer.finding.mark
    if len(mark) == 2:
        pairs = list(zip(frame["year"], frame["month"], strict=True))
        return frame["per_day"].to_numpy(dtype=float), {k for k, pair in enumerate(pairs) if pair == mark}
    means = frame.groupby("month")["per_day"].mean().reindex(range(1, 13))
    return means.to_numpy(dtype=float), {int(month) - 1 for month in mark}


def _take_run(answer: Answer) -> Choice:
    """Take twelve hours around the marked run of one weekday's row; without a run, the whole week's hours."""
    rates, mark = answer.frame.set_index(["weekday", "hour"])["per_week"], answer.finding.mark
    if len(mark) != 3:
        return rates.groupby("hour").sum().to_numpy(dtype=float), set()
    row, start, end = (int(part) for part in mark)
    length = (end - start) % 24
    before = max(0, (HOURS_AROUND - length) // 2)
    hours = range(start - before, start - before + max(HOURS_AROUND, length))
    first = start if start >= FIRST_HOUR else start + 24
    shift = first - start
    cells = [((row + (hour + shift) // 24) % 7, (hour + shift) % 24) for hour in hours]
    return rates.reindex(cells).to_numpy(dtype=float), set(range(before, before + length))


def _take_months_of_days(answer: Answer) -> Choice:
    """Take each month's sum of days, marked where the fullest stretch lies."""
    month = answer.frame["date"].to_numpy().astype("datetime64[M]")
    sums = answer.frame.groupby(month)["searches"].sum()
    ends = [np.datetime64(str(end), "M") for end in answer.finding.mark]
    months = sums.index.to_numpy().astype("datetime64[M]")
    inside = (months >= ends[0]) & (months <= ends[-1]) if ends else np.zeros(len(months), dtype=bool)
    return sums.to_numpy(dtype=float), set(np.flatnonzero(inside).tolist())


def _take_weeks(part: str, value: str) -> Choose:
    """Return what takes a table's weekly values, marked in the week that holds the day of the mark."""

    def choose(answer: Answer) -> Choice:
        frame, mark = answer.frames[part], answer.finding.mark
        weeks = frame["week"].to_numpy().astype("datetime64[D]")
        found = [int(np.searchsorted(weeks, np.datetime64(str(day)), side="right")) - 1 for day in mark]
        return frame[value].to_numpy(dtype=float), {place for place in found if place >= 0}

    return choose


def _take_quiet(answer: Answer) -> Choice:
    """Take the middle of the quiet window by week, from an hour below the earliest."""
    middle = answer.frame[["start", "end"]].mean(axis=1, skipna=False).to_numpy(dtype=float)
    known = middle[np.isfinite(middle)]
    return middle - (known.min() - BELOW if len(known) else 0.0), _take_weeks("main", "start")(answer)[1]


def _take_unusual(answer: Answer) -> Choice:
    """Take each week's distance from the usual one; the numbered weeks are marked."""
    numbered = np.flatnonzero(answer.frame["number"].to_numpy() > 0)
    return answer.frame["distance"].to_numpy(dtype=float), set(numbered.tolist())


def _take_bursts(answer: Answer) -> Choice:
    """Take the word that is named as the heaviest, weeks put together to bars; its burst is marked."""
    weeks, main = answer.frames["weeks"], answer.frame
    weeks = weeks[weeks["word"].isin(answer.finding.mark)]
    heaviest = main[main["word"].isin(answer.finding.mark) & main["strongest"]]
    first, last = heaviest["first"].min() - pd.Timedelta(days=6), heaviest["last"].max()
    inside = weeks["week"].between(first, last).to_numpy(dtype=float)
    together = max(1, -(-len(weeks) // MOST_BARS))
    starts = np.arange(0, len(weeks), together)
    counts = [np.add.reduceat(values, starts) for values in (weeks["count"].to_numpy(dtype=float), inside)]
    return counts[0], set(np.flatnonzero(counts[1] >= min(together / 2, counts[1].max())).tolist())


def _take_rising(answer: Answer) -> Choice:
    """Take the yearly share of the word that is named first; its last year is marked."""
    years: pd.DataFrame = answer.frames["years"]
    one = years[years["word"].isin(answer.finding.mark[:1])]
    share = one["count"].to_numpy(dtype=float) / np.maximum(one["searches"].to_numpy(dtype=float), 1.0)
    return share, {len(share) - 1}


def _take_middles(answer: Answer) -> Choice:
    """Take the time by which half of each weekday's have come."""
    middles = find_middle(arrange_rows(answer.frame))
    return np.asarray(middles, dtype=float), {int(day) for day in answer.finding.mark}


def _take_clock(answer: Answer) -> Choice:
    """Take each year's mean hour, as hours before or after the first year's."""
    hours = answer.frame["mean_hour"].to_numpy(dtype=float)
    known = hours[np.isfinite(hours)]
    years = answer.frame["year"].tolist()
    marked = {k for k, year in enumerate(years) if year in answer.finding.mark}
    return (hours - (known[0] if len(known) else 0.0) + 12) % 24 - 12, marked


CHOICES: Mapping[str, Choose] = {
    "years": _take("per_day", "year"),
    "months": _take_months,
    "calendar": _take_months_of_days,
    "changes": _take_weeks("weeks", "per_day"),
    "week": _take_run,
    "week_lines": _take_middles,
    "clock": _take_clock,
    "weekdays": _take("per_day", "weekday"),
    "unusual_weeks": _take_unusual,
    "hours": _take("searches", "hour"),
    "quiet": _take_quiet,
    "bursts": _take_bursts,
    "words": _take("count", "word", WORDS_SHOWN),
    "words_apart": _take("z", "word"),
    "rising": _take_rising,
    "repeats": _take("share", "year"),
    "repeated": _take("times", "query"),
}
"""What is not here has no picture: two numbers or a list."""

AS_DOTS = frozenset({"week_lines", "clock"})
"""Times of the clock, which are drawn as dots between the earliest and the latest."""
