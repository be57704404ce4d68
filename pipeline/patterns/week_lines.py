"""The hours of each weekday as a curve, from 04:00 to 04:00, and the weekday that keeps other hours."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import (
    CLEAR,
    Floats,
    count_blocks,
    draw_weights,
    find_interval,
    find_top,
    say_chance,
    widen,
)
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES
from pipeline.patterns.finding import Finding
from pipeline.patterns.nights import FIRST_HOUR, Nights, list_nights, resample_rows
from pipeline.patterns.stands_out import measure_shift
from pipeline.patterns.subject import Subject
from pipeline.patterns.weeks import ENOUGH_WEEKS
from pipeline.patterns.wording import (
    WEEKDAYS,
    begin,
    join_and,
    say_count,
    say_hour,
    say_rate,
    say_rates,
    say_too_few,
    spell_hours,
)

SMALLEST_SHIFT = 0.5  # hours
HOW = (
    "A weekday’s row runs from 04:00 to 04:00 and counts the covered days whose next day is covered too; a "
    "first or last week that is not wholly covered is left out. A value is the mean number in that clock "
    "hour; its interval comes from stretches of two weeks, drawn again 1,000 times. The middle of a day is "
    "the clock time before and after which half of its row’s activities lie. A weekday runs latest (or "
    "earliest) if its middle does in 99\u00a0% of resamples, by half an hour or more beyond the mean of the "
    "others; weekends run later (or earlier) if the 99\u00a0% interval leaves out no shift."
)


def count_by_weekday_curve(nights: Nights, rng: np.random.Generator) -> tuple[pd.DataFrame, Floats]:
    """Give the hour curves of the weekdays, and the resamples (n, 7, 24) behind their intervals.

    Columns: weekday 0–6 (the day at whose 04:00 the row begins) and hour 0–23, 168 rows; per_day, low and
    high (mean in that hour with its 95 % interval; NaN for a weekday without a row, intervals under eight
    rows of some weekday).
    """
    n = np.bincount(nights.days.weekday, minlength=7)
    rates = np.full((7, 24), np.nan)
    low, high, drawn = rates.copy(), rates.copy(), np.zeros((0, 7, 24))
    if n.any():
        rates = resample_rows(nights, np.ones((1, len(nights.rows))))[0]
    if n.min() >= ENOUGH_WEEKS:
        drawn = resample_rows(nights, draw_weights(nights.days.days, rng))
        wide = widen(drawn, rates, count_blocks(len(nights.rows)))
        low, high = np.maximum(np.nanquantile(wide, [0.025, 0.975], axis=0), 0.0)
    order = (np.arange(24) - FIRST_HOUR) % 24  # a row's column of each clock hour
    frame = pd.DataFrame(
        {
            "weekday": np.repeat(np.arange(7), 24),
            "hour": np.tile(np.arange(24), 7),
            "per_day": rates[:, order].ravel(),
            "low": low[:, order].ravel(),
            "high": high[:, order].ravel(),
        }
    )
    return frame, drawn


def find_middle(rows: Floats) -> Floats:
    """Return (…,): hours after 04:00 by which half of each row (…, 24) has passed; NaN for an empty row."""
    sums = np.cumsum(rows, axis=-1)
    total = sums[..., -1]
    whole = np.where(np.isfinite(total) & (total > 0), total, 1.0)
    shares = np.nan_to_num(sums) / whole[..., None]
    place = np.minimum((shares < 0.5).sum(axis=-1), 23)
    after = np.take_along_axis(shares, place[..., None], -1)[..., 0]
    before = np.where(
        place > 0, np.take_along_axis(shares, np.maximum(place - 1, 0)[..., None], -1)[..., 0], 0.0
    )
    middle = place + (0.5 - before) / np.maximum(after - before, 1e-12)
    return np.where(np.isfinite(total) & (total > 0), middle, np.nan)


def find_week_lines(frame: pd.DataFrame, nights: Nights, drawn: Floats, subject: Subject) -> Finding:
    """Say which weekday runs latest or earliest; else whether weekends run later; else that none does."""
    coverage, nouns = subject.coverage, subject.nouns
    n_weeks = int(np.bincount(nights.days.weekday, minlength=7).min())
    n_searches = int(nights.rows.sum())
    deck = (
        f"{begin(nouns)} an hour on each weekday, from 4 in the morning to 4; grey: the mean of the others. "
        "Below each name, the time by which half have come."
    )
    emphasis, remarkable = "", 0.0
    mark: tuple[int, ...] = ()
    if n_weeks < ENOUGH_WEEKS:
        headline = say_too_few(n_weeks, "covered week", "covered weeks", "to tell the weekdays’ hours apart")
        deck = f"The hours of each weekday appear here after {ENOUGH_WEEKS} covered weeks."
        certainty = f"{say_count(n_weeks)} of the {ENOUGH_WEEKS} covered weeks that it takes"
    elif n_searches < ENOUGH_SEARCHES:
        headline = say_too_few(n_searches, subject.noun, nouns, "to tell the weekdays’ hours apart")
        certainty = f"{say_count(n_searches)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
    else:
        headline, emphasis, certainty, mark, remarkable = _say_middles(frame, drawn, subject)
    notes = (note_coverage(coverage), ("How sure", f"{certainty}."))
    return Finding(
        "week_lines", "Weeks", headline, emphasis, deck, certainty, notes, _describe(frame, subject), HOW,
        remarkable, mark=mark,
    )  # fmt: skip


def arrange_rows(frame: pd.DataFrame, column: str = "per_day") -> Floats:
    """Return a column as (7 weekdays, 24 hours from 04:00)."""
    by_hour = frame[column].to_numpy(dtype=float).reshape(7, 24)
    return np.roll(by_hour, -FIRST_HOUR, axis=1)


def _say_middles(
    frame: pd.DataFrame, drawn: Floats, subject: Subject
) -> tuple[str, str, str, tuple[int, ...], float]:
    middles, drawn_middles = find_middle(arrange_rows(frame)), find_middle(drawn)
    if not np.isfinite(middles).all():
        missing = [f"{WEEKDAYS[k]}s" for k in np.flatnonzero(~np.isfinite(middles))]
        return "Some weekdays are empty", "", f"No {subject.noun} on {join_and(missing)}", (), 0.0
    for sign, word, where in ((1.0, "latest", "after"), (-1.0, "earliest", "before")):
        top = find_top(sign * middles + 100, sign * drawn_middles + 100)
        day, others = top.place, np.arange(7) != top.place
        shift = middles[day] - middles[others].mean()
        low, high = find_interval(drawn_middles[:, day] - drawn_middles[:, others].mean(axis=1))
        nearest = low if sign > 0 else high
        if top.chance >= CLEAR and sign * shift >= SMALLEST_SHIFT and sign * nearest > 0:
            phrase = f"{WEEKDAYS[day]}s run {word}"
            headline = f"{phrase}: half of their {subject.nouns} come {where} {say_middle(middles[day])}"
            certainty = (
                f"The middle of the day comes {_say_span(low, high)} "
                f"{'later' if sign > 0 else 'earlier'} than on the others; {word} {say_chance(top.chance)}"
            )
            # A late weekday is what ``find_week`` already says of its hours after midnight.
            return headline, phrase, certainty, (day,), 0.0 if sign > 0 else measure_shift(nearest)
    is_weekend = np.isin(np.arange(7), subject.weekend)
    if is_weekend.any() and not is_weekend.all():
        shift = middles[is_weekend].mean() - middles[~is_weekend].mean()
        apart = drawn_middles[:, is_weekend].mean(axis=1) - drawn_middles[:, ~is_weekend].mean(axis=1)
        low, high = find_interval(apart)
        widest = find_interval(apart, CLEAR)
        if abs(shift) >= SMALLEST_SHIFT and widest[0] * widest[1] > 0:
            phrase = f"{spell_hours(shift)} {'later' if shift > 0 else 'earlier'}"
            headline = f"Weekends run {phrase} than workdays"
            nearest = low if shift > 0 else high
            mark = tuple(int(day) for day in np.flatnonzero(is_weekend))
            sure = (
                f"{say_rates(*sorted((abs(low), abs(high))))} hours"
                if "hours" in phrase
                else _say_minutes(low, high)
            )
            certainty = f"{begin(phrase.split()[-1])} by {sure}, by the middles of the days"
            return headline, phrase, certainty, mark, measure_shift(nearest)
    ends = say_middle(float(middles.min())), say_middle(float(middles.max()))
    certainty = f"The middle of a weekday lies between {ends[0]} and {ends[1]}"
    return "No weekday clearly keeps other hours", "", certainty, (), 0.0


def say_middle(after: float) -> str:
    """Write hours after 04:00 as a clock time, to ten minutes."""
    minutes = round((after + FIRST_HOUR) * 6) * 10 % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _say_span(low: float, high: float) -> str:
    """Write a range of shifts, in minutes below two hours: 35 to 50 minutes, 2.1 to 2.8 hours."""
    nearest, farthest = sorted((abs(low), abs(high)))
    if farthest >= 2:
        return f"{say_rates(nearest, farthest)} hours"
    return _say_minutes(low, high)


def _say_minutes(low: float, high: float) -> str:
    """Write a range of shifts in minutes, to five."""
    nearest, farthest = sorted((abs(low), abs(high)))
    few, many = round(nearest * 12) * 5, round(farthest * 12) * 5
    return f"{few} to {many} minutes" if few < many else f"{many} minutes"


def _describe(frame: pd.DataFrame, subject: Subject) -> str:
    rates = frame["per_day"].to_numpy(dtype=float)
    if not np.isfinite(rates).any():
        return f"Nothing is drawn: no covered week of {subject.nouns}."
    best = int(np.nanargmax(rates))
    name = f"{WEEKDAYS[best // 24]} at {say_hour(best % 24)}"
    return (
        f"Seven curves, {subject.nouns} an hour by clock time, one a weekday, {subject.coverage.years}. "
        f"Highest {name}, {say_rate(rates[best])}."
    )


def answer_week_lines(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the hour curves of the weekdays."""
    nights = list_nights(subject)
    frame, drawn = count_by_weekday_curve(nights, rng)
    return Answer({MAIN: frame}, find_week_lines(frame, nights, drawn, subject))
