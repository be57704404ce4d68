"""The hours of a year as directions on the clock: where they centre, and how closely they stand together."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import (
    HOW_DRAWN,
    Floats,
    count_blocks,
    draw_weights,
    find_interval,
    widen,
)
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_DAYS_A_YEAR, ENOUGH_SEARCHES, as_days
from pipeline.patterns.finding import Finding, Mark
from pipeline.patterns.stands_out import measure_shift
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import begin, say_clock, spell_hours

LEAST_HOURS = 1 / 6  # of the nearer bound, before two years are said to differ
MOST_HOURS = 3.0  # half an interval, beyond which a year has no centre
UNLIKELY = 0.001  # of Rayleigh's test, below which the hours have a direction
DAY_MS = 86_400_000
HOW = (
    "Each activity is a direction on a dial of 24 hours; their mean direction is the hour at which a year "
    "centres, and the length of the mean arrow, 0 to 1, says how closely the hours stand together (Fisher "
    "1993, Statistical Analysis of Circular Data). Only covered days count, and years with at least "
    f"{ENOUGH_DAYS_A_YEAR} of them and {ENOUGH_SEARCHES} activities. For the interval, {HOW_DRAWN}. "
    "Rayleigh’s test asks whether the hours have any direction at all."
)


def average_clock(subject: Subject, rng: np.random.Generator) -> pd.DataFrame:
    """Average the clock times of each year with 60 covered days and 100 activities on them.

    Columns: year, n, mean_hour (0 to 24; the direction of the mean resultant vector), low and high (95 %,
    bootstrap over stretches of days; hours about mean_hour, so below 0 or over 24 near midnight; NaN where
    the mean has no direction within three hours), length (of the mean resultant vector, 0 to 1), p
    (Rayleigh's test that the hours are uniform, taking each activity for independent).

    Source: Fisher 1993, Statistical Analysis of Circular Data, eqs. 2.9, 2.10 and section 4.3; p by Wilkie
    1983, Rayleigh Test for Randomness of Circular Data, Applied Statistics 32.
    """
    days = as_days(subject.covered)
    counts, across, up = _sum_directions(subject, days)
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    weights = draw_weights(days, rng)
    rows = []
    for which in np.unique(year):
        inside = year == which
        n = int(counts[inside].sum())
        if inside.sum() < ENOUGH_DAYS_A_YEAR or n < ENOUGH_SEARCHES:
            continue
        east, north = float(across[inside].sum()), float(up[inside].sum())
        length = math.hypot(east, north) / n
        mean = math.atan2(east, north) / (2 * math.pi) * 24 % 24
        drawn = weights[:, inside] @ np.column_stack([across[inside], up[inside]])
        apart = find_distance(np.arctan2(drawn[:, 0], drawn[:, 1]) / (2 * np.pi) * 24, mean)
        low, high = find_interval(widen(apart, 0.0, count_blocks(int(inside.sum()))))
        if max(-low, high) > MOST_HOURS:
            low = high = math.nan
        rows.append((int(which), n, mean, mean + low, mean + high, length, find_chance(n, length)))
    frame = pd.DataFrame(rows, columns=["year", "n", "mean_hour", "low", "high", "length", "p"])
    kinds = {"year": "int64", "n": "int64"}
    return frame.astype({**dict.fromkeys(frame.columns, "float64"), **kinds})


def _sum_directions(subject: Subject, days: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Return by day: activities, and the sums of the sines and cosines of their directions."""
    local = subject.rows["local"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    day = local // DAY_MS
    place = np.searchsorted(days.astype(np.int64), day)
    place = np.minimum(place, max(len(days) - 1, 0))
    known = days.astype(np.int64)[place] == day if len(days) else np.zeros(len(day), dtype=bool)
    angle = (local[known] - day[known] * DAY_MS) * (2 * np.pi / DAY_MS)
    sums = [
        np.bincount(place[known], weights=values, minlength=len(days))
        for values in (np.ones(len(angle)), np.sin(angle), np.cos(angle))
    ]
    counts, across, up = (np.asarray(values, dtype=float) for values in sums)
    return counts, across, up


def find_distance(hours: Floats, middle: float) -> Floats:
    """Return how far each hour lies from ``middle`` on the dial, −12 to 12."""
    return np.asarray((hours - middle + 12) % 24 - 12)


def find_chance(n: int, length: float) -> float:
    """Return the chance of so long a mean arrow of ``n`` independent hours without any direction."""
    total = n * length
    return float(min(1.0, math.exp(math.sqrt(1 + 4 * n + 4 * (n**2 - total**2)) - (1 + 2 * n))))


def answer_clock(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the mean hour of each year."""
    frame = average_clock(subject, rng)
    return Answer({MAIN: frame}, find_clock(frame, subject))


def find_clock(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Say from when to when the centre of the hours moved, else where it lies, else what is missing."""
    coverage, nouns = subject.coverage, subject.nouns
    deck = (
        f"The mean hour of all {nouns} on the clock of 24 hours, by year, with 95\u00a0% interval; at right "
        "how closely they stand about it, from 0 to 1."
    )
    known = frame[np.isfinite(frame["low"]) & (frame["p"] < UNLIKELY)]
    if len(frame) == 0:
        return _find_none(subject)
    mark: tuple[Mark, ...] = ()
    emphasis, remarkable = "", 0.0
    certainty = _say_year(frame.iloc[-1])
    if len(known) == 0:
        headline = f"The {nouns} centre on no hour of the day"
        certainty = "No year’s mean hour is known within three hours"
    else:
        last = known.iloc[-1]
        headline = f"The {nouns} of {int(last['year'])} centre on {say_clock(last['mean_hour'])}"
        emphasis = say_clock(last["mean_hour"])
        certainty = _say_year(last)
        first = known.iloc[0]
        if len(known) > 1:
            value, low, high = _compare(first, last)
            nearer = max(low, -high, 0.0)
            if nearer >= LEAST_HOURS:
                way = "later" if value > 0 else "earlier"
                phrase = f"{spell_hours(value)} {way} than in {int(first['year'])}"
                headline = f"{begin(nouns)} of {int(last['year'])} centre {phrase}"
                emphasis, mark, remarkable = phrase, (int(last["year"]),), measure_shift(nearer)
                ends = sorted((round(60 * abs(low)), round(60 * abs(high))))
                certainty = f"Between {ends[0]} and {ends[1]} minutes {way}"
            else:
                headline += f", much as in {int(first['year'])}" if max(-low, high) < 1 else ""
    notes = [note_coverage(coverage), ("How sure", f"{certainty}.")]
    best = frame.iloc[int(np.argmax(frame["length"]))]
    if len(frame) > 1:
        text = f"{begin(nouns)} stand closest together in {int(best['year'])}: {best['length']:.2f}."
        notes.append(("Concentration", text))
    earliest, latest = (frame.iloc[int(pick(frame["mean_hour"]))] for pick in (np.argmin, np.argmax))
    alt = f"Dots with intervals, mean hour of all {nouns} by year, {coverage.years}. "
    if len(frame) > 1:
        alt += f"Earliest {say_clock(earliest['mean_hour'])}, {int(earliest['year'])}; latest "
    alt += f"{say_clock(latest['mean_hour'])}, {int(latest['year'])}."
    return Finding(
        "clock", "Hours", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, remarkable, mark=mark
    )


def _compare(first: pd.Series[float], last: pd.Series[float]) -> tuple[float, float, float]:
    """Return how much later the last year's mean hour is, with the interval of two independent means."""
    value = float(find_distance(np.array([last["mean_hour"]]), first["mean_hour"])[0])
    below = math.hypot(last["mean_hour"] - last["low"], first["high"] - first["mean_hour"])
    above = math.hypot(last["high"] - last["mean_hour"], first["mean_hour"] - first["low"])
    return value, value - below, value + above


def _say_year(row: pd.Series[float]) -> str:
    if not math.isfinite(row["low"]):
        return f"The mean hour of {int(row['year'])} is uncertain"
    return f"Between {say_clock(row['low'])} and {say_clock(row['high'])} in {int(row['year'])}"


def _find_none(subject: Subject) -> Finding:
    nouns = subject.nouns
    headline = f"No year has enough {nouns} yet to find its mean hour"
    deck = (
        f"A year appears here after {ENOUGH_DAYS_A_YEAR} covered days with {ENOUGH_SEARCHES} {nouns} on them."
    )
    certainty = "Too few to say"
    notes = (note_coverage(subject.coverage), ("What is missing", deck))
    alt = f"Nothing is drawn: no year has {ENOUGH_DAYS_A_YEAR} covered days and {ENOUGH_SEARCHES} {nouns}."
    return Finding("clock", "Hours", headline, "", deck, certainty, notes, alt, HOW)
