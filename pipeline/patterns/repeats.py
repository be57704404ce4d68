"""How often a query is one that was asked before, and after how long it comes back; numbers only."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.askings import Askings, list_askings
from pipeline.patterns.bootstrap import (
    CLEAR,
    HOW_DRAWN,
    Floats,
    count_blocks,
    draw_weights,
    find_interval,
    find_top,
    say_chance,
    widen,
)
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES, as_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_count, say_percent, say_percents, say_too_few

LOOK_BACKS = (365, 28)  # days; the longer one of which the archive holds two
DAY = 86400  # seconds
NO_ENDS = (math.nan, math.nan)
CLASSES = (1, 7, 28, 91, 365)  # days since the last time at which a class ends
CLASS_NAMES = ("within a day", "1 to 7 days", "1 to 4 weeks", "1 to 3 months", "3 to 12 months",
               "over a year")  # fmt: skip
HOW = (
    "An entry repeats another if its text is the same, upper and lower case apart; the same again within "
    "half an hour counts once. An archive knows nothing before its first day, so only entries with a whole "
    "year of archive before them are judged, by that year alone, in an archive of less than two years "
    f"those with four weeks, by these. For the intervals, {HOW_DRAWN}."
)


class Judged(NamedTuple):
    """The askings that have the whole look-back behind them, by day."""

    look_back: int  # days
    day: NDArray[np.int64]  # (n,) places in the subject's days
    again: NDArray[np.bool_]  # (n,) asked before within the look-back


def judge_askings(subject: Subject) -> Judged:
    """Say of each asking whether it repeats one of the year (the four weeks) before it."""
    askings, days = list_askings(subject), as_days(subject.days)
    span = int((days[-1] - days[0]).astype(np.int64)) + 1 if len(days) else 0
    look_back = next((length for length in LOOK_BACKS if span >= 2 * length), LOOK_BACKS[-1])
    day = _place_days(askings, subject)
    judged = (days[day] - days[:1]).astype(np.int64) >= look_back if len(day) else np.zeros(0, dtype=bool)
    again = np.nan_to_num(askings.since, nan=np.inf) <= look_back * DAY
    return Judged(look_back, day[judged], again[judged])


def count_repeats(subject: Subject, judged: Judged, weights: Floats) -> pd.DataFrame:
    """Count by year: year, queries (judged), again, share, low, high (95 %, over stretches of days).

    ``weights`` are those of ``draw_weights`` for the subject’s days. Years without a judged query are left
    out; low and high are NaN under 100 of them.
    """
    days = as_days(subject.days)
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    shown = np.unique(years[judged.day])
    queries, again = _count_by_day(judged, len(days))
    members = (years[:, None] == shown).astype(float)
    n, k = queries @ members, again @ members
    share = k / np.maximum(n, 1)
    drawn = _resample(weights, queries, again, members)
    n_days = np.array([np.sum(queries[years == year] > 0) for year in shown])
    ends = [
        _find_ends(drawn[:, j], float(share[j]), int(n_days[j])) if n[j] >= ENOUGH_SEARCHES else NO_ENDS
        for j in range(len(shown))
    ]
    low, high = np.array(ends, dtype=float).reshape(-1, 2).T
    return pd.DataFrame(
        {"year": shown, "queries": n.astype(np.int64), "again": k.astype(np.int64), "share": share,
         "low": low, "high": high}
    )  # fmt: skip


def count_returns(subject: Subject, weights: Floats) -> pd.DataFrame:
    """Count the repeats by the time since the query was last asked: after, repeats, share, low, high.

    Every repeat of the archive counts; long times are found less often, for the archive ends.
    """
    askings, days = list_askings(subject), as_days(subject.days)
    back = np.isfinite(askings.since)
    kind = np.searchsorted(np.array(CLASSES) * DAY, askings.since[back], side="left")
    n = len(CLASS_NAMES)
    day = _place_days(askings, subject)[back]
    by_day = np.bincount(day * n + kind, minlength=len(days) * n).reshape(len(days), n).astype(float)
    repeats = by_day.sum(axis=0)
    share, low, high = (np.full(n, np.nan) for _ in range(3))
    if repeats.sum() >= ENOUGH_SEARCHES:
        share = repeats / repeats.sum()
        sums = weights @ by_day
        drawn = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1.0)
        drawn = np.clip(widen(drawn, share, count_blocks(len(days))), 0.0, 1.0)
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    names = pd.Series(CLASS_NAMES, dtype="str")
    return pd.DataFrame(
        {"after": names, "repeats": repeats.astype(np.int64), "share": share, "low": low, "high": high}
    )


def _place_days(askings: Askings, subject: Subject) -> NDArray[np.int64]:
    dates = subject.rows["date"].to_numpy().astype("datetime64[D]")[askings.row]
    return np.searchsorted(as_days(subject.days), dates).astype(np.int64)


def _count_by_day(judged: Judged, n_days: int) -> tuple[Floats, Floats]:
    queries = np.bincount(judged.day, minlength=n_days).astype(float)
    again = np.bincount(judged.day[judged.again], minlength=n_days).astype(float)
    return queries, again


def _resample(weights: Floats, queries: Floats, again: Floats, members: Floats) -> Floats:
    """Return (n_resamples, k): the share of repeats in each group of days, NaN for one not drawn."""
    n, found = weights @ (members * queries[:, None]), weights @ (members * again[:, None])
    return np.asarray(np.divide(found, n, out=np.full(n.shape, np.nan), where=n > 0))


def _find_ends(drawn: Floats, share: float, n_days: int) -> tuple[float, float]:
    low, high = find_interval(widen(drawn, share, count_blocks(n_days)))
    return max(low, 0.0), min(high, 1.0)


class Fullest(NamedTuple):
    """The year with the largest share of repeats."""

    year: int
    chance: float
    nearest: float  # the end of its share's interval that is nearer to the other years' share
    others: float


def find_fullest(frame: pd.DataFrame, subject: Subject, judged: Judged, weights: Floats) -> Fullest | None:
    """Return the year that repeats most, if its share is the largest in 99 of 100 resamples."""
    known = frame[frame["queries"] >= ENOUGH_SEARCHES]
    if len(known) < 2:
        return None
    days = as_days(subject.days)
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    members = (years[:, None] == known["year"].to_numpy()).astype(float)
    drawn = _resample(weights, *_count_by_day(judged, len(days)), members)
    top = find_top(known["share"].to_numpy(dtype=float), drawn)
    rest = known.drop(index=known.index[top.place])
    others = float(rest["again"].sum() / rest["queries"].sum())
    low = float(known["low"].iloc[top.place])
    if top.chance < CLEAR or not low > others:
        return None
    return Fullest(int(known["year"].iloc[top.place]), top.chance, low, others)


def find_repeats(
    frame: pd.DataFrame, returns: pd.DataFrame, subject: Subject, judged: Judged, weights: Floats
) -> Finding:
    """Say which share of queries repeats one of the time before, and which year repeats most if one does."""
    coverage, noun, nouns = subject.coverage, subject.noun, subject.nouns
    notes = [note_coverage(coverage)]
    n = int(frame["queries"].sum())
    before = "the year before" if judged.look_back == LOOK_BACKS[0] else "the four weeks before"
    if n < ENOUGH_SEARCHES:
        headline = say_too_few(n, noun, nouns, "to count repeats")
        if n == 0:
            headline = f"No {noun} yet with four weeks of archive before it"
        deck = (
            f"Repeats are counted from {ENOUGH_SEARCHES} {nouns} on that have four weeks of archive before."
        )
        certainty = f"{say_count(n)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
        notes.append(("How sure", certainty + "."))
        alt = f"Nothing is drawn: too few {nouns} to count repeats."
        return Finding("repeats", "Words", headline, "", deck, certainty, tuple(notes), alt, HOW)
    share = float(frame["again"].sum() / n)
    days = as_days(subject.days)
    drawn = _resample(weights, *_count_by_day(judged, len(days)), np.ones((len(days), 1)))[:, 0]
    low, high = _find_ends(drawn, share, len(days))
    headline = f"{say_percent(share)} of {nouns} repeat one of {before}"
    deck = f"{nouns.capitalize()} with the same text as one of {before}; of all repeats, how long after."
    between = say_percents(low, high, "and")
    certainty = f"Between {between}" if " and " in between else f"{between}, in every resample"
    emphasis, remarkable = "", 0.0
    mark: tuple[int, ...] = ()
    if fullest := find_fullest(frame, subject, judged, weights):
        emphasis = f"most often in {fullest.year}"
        headline += f", {emphasis}"
        mark = (fullest.year,)
        largest = float(frame["share"][frame["year"] == fullest.year].iloc[0])
        remarkable = measure_remarkable(fullest.nearest, largest, fullest.others)
        notes.append(
            (
                f"Most in {fullest.year}",
                f"{say_percent(largest)}; {say_percent(fullest.others)} in the other years. "
                f"It leads {say_chance(fullest.chance)}.",
            )
        )
    notes.append(("How sure", certainty + "."))
    alt = (
        f"Bars, share of {nouns} that repeat one of {before}, by year, {coverage.years}. {_describe(frame)} "
        f"Bars, time since the last one. {_describe_returns(returns)}"
    )
    return Finding(
        "repeats", "Words", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, remarkable, mark=mark
    )


def _describe(frame: pd.DataFrame) -> str:
    years, shares = frame["year"].to_numpy(dtype=np.int64), frame["share"].to_numpy(dtype=float)
    said = [f"{year}, {say_percent(float(share))}" for year, share in zip(years, shares, strict=True)]
    if len(said) == 1:
        return f"{said[0]}."
    return f"Highest {said[int(shares.argmax())]}; lowest {said[int(shares.argmin())]}."


def _describe_returns(returns: pd.DataFrame) -> str:
    if returns["share"].isna().all():
        return f"Fewer than {ENOUGH_SEARCHES}: not drawn."
    best = int(returns["share"].to_numpy().argmax())
    return f"Most often {returns['after'].iloc[best]}, {say_percent(float(returns['share'].iloc[best]))}."


def answer_repeats(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the share of repeats by year; extra: returns, by the time since the last asking."""
    judged = judge_askings(subject)
    weights = draw_weights(as_days(subject.days), rng)
    frame, returns = count_repeats(subject, judged, weights), count_returns(subject, weights)
    return Answer({MAIN: frame, "returns": returns}, find_repeats(frame, returns, subject, judged, weights))
