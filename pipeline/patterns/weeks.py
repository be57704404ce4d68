"""The hours of the week; a row runs from 04:00 to 04:00, so that a late evening stays with its day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.patterns.bootstrap import CLEAR, LIKELY, Floats, draw_weights, find_interval
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import DayTable, as_days, count_covered_days
from pipeline.patterns.finding import Finding, Mark
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    WEEKDAYS,
    begin,
    count_noun,
    say_hour,
    say_percent,
    say_rate,
    spell_small,
)

ROW_START = 4
ENOUGH_WEEKS = 8
LATE = (20, 21)  # columns of a row that hold the two hours after midnight
EARLIEST = 16  # column of 20:00, where a late run may begin at the earliest
LATE_RATIO = 1.3  # how far above the other nights, on average, a run must lie
ENOUGH_NIGHTS = 8  # of every weekday, before a single year can confirm the run
PARTS = ("nights", "mornings", "afternoons", "evenings")
HOW = (
    "Each cell is the mean number in that clock hour over the covered days of that weekday; a first or last week that "
    "is not wholly covered is left out. A weekday runs past midnight if, when nights are drawn again, its two hours "
    "after midnight exceed every other night's in 99\u00a0% of resamples and the others' mean by at least 30\u00a0%."
)


def count_by_weekday_hour(subject: Subject) -> pd.DataFrame:
    """Count by weekday and clock hour, 168 rows, incomplete edge weeks left out.

    Columns: weekday 0–6 and hour 0–23 (of the calendar), row (the weekday to whose 04:00–04:00 row the
    hour belongs), searches, covered_weeks (covered days of that weekday), per_week (NaN without any).
    """
    days = keep_whole_edge_weeks(count_covered_days(subject))
    counts = np.zeros((7, 24), dtype=np.int64)
    np.add.at(counts, days.weekday, days.counts)
    weeks = np.repeat(np.bincount(days.weekday, minlength=7), 24)
    weekday, hour = np.repeat(np.arange(7), 24), np.tile(np.arange(24), 7)
    return pd.DataFrame(
        {
            "weekday": weekday,
            "hour": hour,
            "row": np.where(hour < ROW_START, (weekday - 1) % 7, weekday),
            "searches": counts.ravel(),
            "covered_weeks": weeks,
            "per_week": np.where(weeks > 0, counts.ravel() / np.maximum(weeks, 1), np.nan),
        }
    )


def keep_whole_edge_weeks(days: DayTable) -> DayTable:
    """Leave out the first and the last ISO week if not all seven days of it are covered."""
    week = (days.days.astype(np.int64) + 3) // 7
    keep = np.ones(len(week), dtype=bool)
    for edge in (week[:1], week[-1:]):
        if len(edge) and np.sum(week == edge[0]) < 7:
            keep &= week != edge[0]
    return days.take(keep)


class Nights(NamedTuple):
    """Rows of 24 hours from 04:00, one a covered day whose next day is covered too."""

    days: DayTable  # the days on which the rows begin
    rows: np.ndarray  # (n, 24)


def list_nights(subject: Subject) -> Nights:
    """Join each covered day from 04:00 to the next day's first four hours."""
    covered = count_covered_days(subject)
    days = keep_whole_edge_weeks(covered)
    follows = np.isin(days.days + 1, as_days(subject.covered))
    days = days.take(follows)
    tomorrow = covered.counts[np.searchsorted(covered.days, days.days + 1)]
    return Nights(days, np.concatenate([days.counts[:, ROW_START:], tomorrow[:, :ROW_START]], axis=1))


class LateRun(NamedTuple):
    """Hours around midnight that one weekday fills as no other does; columns count from 04:00."""

    weekday: int
    start: int
    end: int  # exclusive
    rate: float  # an hour, in the run
    other: float  # in the same hours of the other nights
    low: float  # lower end of rate/other
    chance: float


def find_late_run(nights: Nights, rng: np.random.Generator) -> LateRun | None:
    """Return the weekday that runs past midnight, if one clearly does."""
    rates = _resample_rows(nights, np.ones((1, len(nights.rows))))[0]
    drawn = _resample_rows(nights, draw_weights(len(nights.rows), rng))
    if not np.isfinite(rates).all():
        return None
    late, late_drawn = rates[:, LATE].mean(axis=1), drawn[:, :, LATE].mean(axis=2)
    day = int(np.argmax(late))
    chance = float(np.mean(np.argmax(np.nan_to_num(late_drawn), axis=1) == day))
    others = np.arange(7) != day
    if chance < CLEAR or late[day] < LATE_RATIO * late[others].mean() or late[day] < rates.mean() / 2:
        return None
    mean_others = rates[others].mean(axis=0)
    lows = np.nanquantile(drawn[:, day] - drawn[:, others].mean(axis=1), 0.025, axis=0)
    stands_out = (rates[day] >= LATE_RATIO * mean_others) & (lows > 0)
    if not stands_out[LATE[0]]:
        return None
    start, end = LATE[0], LATE[0] + 1
    while start > EARLIEST and stands_out[start - 1]:
        start -= 1
    while end < 24 and stands_out[end]:
        end += 1
    ratio = drawn[:, day, start:end].mean(axis=1) / np.maximum(
        drawn[:, others, start:end].mean(axis=(1, 2)), 1e-9
    )
    return LateRun(
        day, start, end, float(rates[day, start:end].mean()), float(mean_others[start:end].mean()),
        find_interval(ratio)[0], chance,
    )  # fmt: skip


def _resample_rows(nights: Nights, weights: Floats) -> Floats:
    """Return (n_resamples, 7, 24): mean rows by weekday."""
    members = np.zeros((len(nights.rows), 7))
    members[np.arange(len(nights.rows)), nights.days.weekday] = 1.0
    cells = (members[:, :, None] * nights.rows[:, None, :]).reshape(len(nights.rows), 168)
    with np.errstate(invalid="ignore"):
        return np.asarray((weights @ cells).reshape(-1, 7, 24) / (weights @ members)[:, :, None])


def _count_years(nights: Nights, run: LateRun) -> tuple[int, int]:
    """Return in how many years the run's weekday leads in its hours, of how many that can say."""
    led = known = 0
    for year in np.unique(nights.days.year):
        keep = nights.days.year == year
        n = np.bincount(nights.days.weekday[keep], minlength=7)
        if n.min() < ENOUGH_NIGHTS:
            continue
        inside = nights.rows[keep, run.start : run.end].sum(axis=1)
        sums = np.bincount(nights.days.weekday[keep], weights=inside, minlength=7)
        known += 1
        led += int(np.argmax(sums / n)) == run.weekday
    return led, known


def find_week(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Say which weekday runs past midnight; else which hour, or which part of the week, is the fullest."""
    coverage, nouns = subject.coverage, subject.nouns
    n_weeks = int(frame["covered_weeks"].min())
    deck = (
        f"{begin(nouns)} in an average hour, by day and clock time. A row runs from 4 in the morning to 4 the next, "
        "so that a late evening stays in one piece."
    )
    emphasis, remarkable = "", 0.0
    mark: tuple[Mark, ...] = ()
    if n_weeks < ENOUGH_WEEKS or frame["searches"].sum() == 0:
        headline = (
            f"{begin(spell_small(n_weeks))} {'week is' if n_weeks == 1 else 'weeks are'} too few for this map"
        )
        deck = f"The hours of the week appear here after {ENOUGH_WEEKS} covered weeks."
        certainty = (
            f"{count_noun(n_weeks, 'covered week', 'covered weeks')} of the {ENOUGH_WEEKS} that it takes"
        )
        if n_weeks == 0:
            headline = f"No week of {nouns} is covered yet"
        elif n_weeks >= ENOUGH_WEEKS:
            headline, certainty = f"No {nouns} on any covered day", "Nothing to compare"
        certainty = begin(certainty)
    else:
        nights = list_nights(subject)
        run = find_late_run(nights, rng)
        if run:
            start, end = (run.start + ROW_START) % 24, (run.end + ROW_START) % 24
            headline = f"{WEEKDAYS[run.weekday]}s run past midnight, as no other day does"
            emphasis, mark = "past midnight", (run.weekday, start, end)
            certainty = (
                f"{say_rate(run.rate)} {nouns} an hour from {_say_clock(start)} to {_say_clock(end)}, "
                f"against {say_rate(run.other)} on other nights"
            )
            remarkable = measure_remarkable(run.low, run.rate / max(run.other, 1e-9), 1.0)
        else:
            headline, emphasis, certainty, mark, remarkable = _say_fullest(frame, subject, nights, rng)
    notes = [note_coverage(coverage), ("How sure", certainty + ".")]
    if mark and emphasis == "past midnight" and run:
        led, known = _count_years(nights, run)
        which = "every year" if led == known else f"{spell_small(led)} of {spell_small(known)} years"
        if known > 1:
            notes.append(("Year by year", f"{WEEKDAYS[run.weekday]}’s late hours lead in {which}."))
    return Finding(
        "week", "Weeks", headline, emphasis, deck, certainty, tuple(notes), _describe(frame, subject), HOW,
        remarkable, mark=mark,
    )  # fmt: skip


def _say_clock(hour: int) -> str:
    return f"{hour % 24:02d}:00"


def _name_cell(weekday: int, hour: int) -> str:
    """Name an hour of the calendar; those before 04:00 by the night to that day."""
    if hour < ROW_START:
        return f"{_say_clock(hour)} in the night to {WEEKDAYS[weekday]}"
    return f"{WEEKDAYS[weekday]} at {say_hour(hour)}"


def _say_fullest(
    frame: pd.DataFrame, subject: Subject, nights: Nights, rng: np.random.Generator
) -> tuple[str, str, str, tuple[Mark, ...], float]:
    """Speak of the fullest single hour, else of the fullest part of the week, else of none."""
    days = keep_whole_edge_weeks(count_covered_days(subject))
    calendar = Nights(days, days.counts)
    rates = frame["per_week"].to_numpy(dtype=float).reshape(7, 24)
    drawn = np.nan_to_num(_resample_rows(calendar, draw_weights(len(days.days), rng)))
    weekday, hour = divmod(int(np.argmax(rates)), 24)
    chance = float(np.mean(np.argmax(drawn.reshape(len(drawn), 168), axis=1) == weekday * 24 + hour))
    if chance >= LIKELY:
        row = (weekday - 1) % 7 if hour < ROW_START else weekday
        phrase, certainty = _name_cell(weekday, hour), f"The highest in {say_percent(chance)} of resamples"
        most_likely = "" if chance >= CLEAR else "most likely "
        headline = (
            f"The fullest hour is {most_likely}{phrase}: {say_rate(rates[weekday, hour])} {subject.nouns}"
        )
        low = find_interval(drawn[:, weekday, hour])[0]
        remarkable = measure_remarkable(low, rates[weekday, hour], float(rates.mean()))
        return headline, phrase, certainty, (row, hour, (hour + 1) % 24), remarkable
    is_weekend = np.isin(np.arange(7), subject.weekend)
    groups = [("Workday ", ~is_weekend), ("Weekend ", is_weekend)]
    if is_weekend.all() or not is_weekend.any():
        groups = [("", np.ones(7, dtype=bool))]
    blocks = {
        begin(f"{name}{part}".lower()): (which, slice(6 * k, 6 * k + 6))
        for name, which in groups
        for k, part in enumerate(PARTS)
    }
    means = np.array([rates[which, part].mean() for which, part in blocks.values()])
    blocks_drawn = np.stack(
        [drawn[:, which, part].mean(axis=(1, 2)) for which, part in blocks.values()], axis=1
    )
    best = int(np.argmax(means))
    chance = float(np.mean(np.argmax(blocks_drawn, axis=1) == best))
    if chance < CLEAR:
        return (
            "No hour of the week stands out",
            "",
            "No part of the week leads in 99\u00a0% of resamples",
            (),
            0.0,
        )
    name = list(blocks)[best]
    headline = f"{name} are the fullest part of the week: {say_rate(means[best])} {subject.nouns} an hour"
    low = find_interval(blocks_drawn[:, best])[0]
    remarkable = measure_remarkable(low, means[best], float(rates.mean()))
    return headline, name, f"The highest in {say_percent(chance)} of resamples", (), remarkable


def _describe(frame: pd.DataFrame, subject: Subject) -> str:
    rates = frame["per_week"].to_numpy(dtype=float)
    if not np.isfinite(rates).any():
        return f"Nothing is drawn: no covered week of {subject.nouns}."
    best, worst = int(np.nanargmax(rates)), int(np.nanargmin(rates))
    name = [_name_cell(*divmod(k, 24)) for k in (best, worst)]
    return (
        f"Heat map, {subject.nouns} in an average hour by weekday and clock time, {subject.coverage.years}. "
        f"Highest {name[0]}, {say_rate(rates[best])}; lowest {name[1]}, {say_rate(rates[worst])}."
    )
