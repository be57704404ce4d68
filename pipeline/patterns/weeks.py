"""The hours of the week; a row runs from 04:00 to 04:00, so that a late evening stays with its day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import CLEAR, LIKELY, draw_weights, find_interval, say_chance
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES, count_covered_days
from pipeline.patterns.finding import Finding, Mark
from pipeline.patterns.nights import (
    FIRST_HOUR,
    Nights,
    count_years,
    find_late_run,
    keep_whole_edge_weeks,
    list_nights,
    resample_rows,
)
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    WEEKDAYS,
    begin,
    say_count,
    say_hour,
    say_rate,
    say_too_few,
    spell_small,
)

ENOUGH_WEEKS = 8
PARTS = ("nights", "mornings", "afternoons", "evenings")
HOW = (
    "Each cell is the mean number in that clock hour over the covered days of that weekday; a first or "
    "last week that is not wholly covered is left out. A weekday runs past midnight if, when stretches "
    "of nights are drawn again, its two hours after midnight exceed every other night’s in "
    "99\u00a0% of resamples, and the others’ mean by at least 30\u00a0%."
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
            "row": np.where(hour < FIRST_HOUR, (weekday - 1) % 7, weekday),
            "searches": counts.ravel(),
            "covered_weeks": weeks,
            "per_week": np.where(weeks > 0, counts.ravel() / np.maximum(weeks, 1), np.nan),
        }
    )


def find_week(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Say which weekday runs past midnight; else which hour, or which part of the week, is the fullest."""
    coverage, nouns = subject.coverage, subject.nouns
    n_weeks = int(frame["covered_weeks"].min())
    deck = (
        f"{begin(nouns)} in an average hour, by day and clock time. A row runs from 4 in the "
        "morning to 4 the next, so that a late evening stays in one piece."
    )
    emphasis, remarkable, n_searches = "", 0.0, int(frame["searches"].sum())
    mark: tuple[Mark, ...] = ()
    run = None
    if n_weeks < ENOUGH_WEEKS:
        which = "covered week"
        headline = say_too_few(n_weeks, which, f"{which}s", "to compare the hours of the week")
        deck = f"The hours of the week appear here after {ENOUGH_WEEKS} covered weeks."
        certainty = f"{say_count(n_weeks)} of the {ENOUGH_WEEKS} covered weeks that it takes"
    elif n_searches < ENOUGH_SEARCHES:
        headline = say_too_few(n_searches, subject.noun, nouns, "to compare the hours of the week")
        certainty = f"{say_count(n_searches)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
    else:
        nights = list_nights(subject)
        run = find_late_run(nights, rng)
        if run:
            start, end = (run.start + FIRST_HOUR) % 24, (run.end + FIRST_HOUR) % 24
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
    if run:
        led, known = count_years(nights, run)
        which = "every year" if led == known else f"{spell_small(led)} of {spell_small(known)} years"
        if known > 1:
            notes.append(("Year by year", f"{WEEKDAYS[run.weekday]}’s late hours lead in {which}."))
    return Finding(
        "week", "Weeks", headline, emphasis, deck, certainty, tuple(notes), _describe(frame, subject), HOW,
        remarkable, mark=mark,
    )  # fmt: skip


def answer_week(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by weekday and hour."""
    frame = count_by_weekday_hour(subject)
    return Answer({MAIN: frame}, find_week(frame, subject, rng))


def _say_clock(hour: int) -> str:
    return f"{hour % 24:02d}:00"


def _name_cell(weekday: int, hour: int) -> str:
    """Name an hour of the calendar; those before 04:00 by the night to that day."""
    if hour < FIRST_HOUR:
        return f"{_say_clock(hour)} in the night to {WEEKDAYS[weekday]}"
    return f"{WEEKDAYS[weekday]} at {say_hour(hour)}"


def _say_fullest(
    frame: pd.DataFrame, subject: Subject, nights: Nights, rng: np.random.Generator
) -> tuple[str, str, str, tuple[Mark, ...], float]:
    """Speak of the fullest single hour, else of the fullest part of the week, else of none."""
    days = keep_whole_edge_weeks(count_covered_days(subject))
    calendar = Nights(days, days.counts)
    rates = frame["per_week"].to_numpy(dtype=float).reshape(7, 24)
    drawn = np.nan_to_num(resample_rows(calendar, draw_weights(days.days, rng)))
    weekday, hour = divmod(int(np.argmax(rates)), 24)
    chance = float(np.mean(np.argmax(drawn.reshape(len(drawn), 168), axis=1) == weekday * 24 + hour))
    if chance >= LIKELY:
        row = (weekday - 1) % 7 if hour < FIRST_HOUR else weekday
        phrase, certainty = _name_cell(weekday, hour), f"The highest {say_chance(chance)}"
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
    return headline, name, f"The highest {say_chance(chance)}", (), remarkable


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
