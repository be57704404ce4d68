"""How many activities each year holds, and which year is the fullest by the day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from pipeline.patterns.bootstrap import (
    CLEAR,
    LIKELY,
    draw_weights,
    find_interval,
    find_top,
    resample_rates,
    say_chance,
)
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_DAYS, ENOUGH_SEARCHES, as_days, count_all_days, count_covered_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    begin,
    say_count,
    say_day,
    say_rate,
    say_rates,
    say_too_few,
    say_years,
)

WHOLE_SHARE = 0.9  # a year with fewer of its days covered counts as part of a year
HOW = (
    "Every activity counts in the year of its local date. A year's rate is its activities on covered "
    "days divided by its covered days; only years with at least 60 covered days are compared, and only "
    "by rate."
)


def count_by_year(subject: Subject) -> pd.DataFrame:
    """Count by year, from the first to the last without a gap.

    Columns: year, searches (all), covered_searches, covered_days, days_in_year, per_day (per covered
    day, NaN without any), partial (the archive holds only part of it), first and last (datetime64[ms]:
    the first and the last day of it that is covered or has a row, NaT for a year without either).
    """
    whole, covered = count_all_days(subject), count_covered_days(subject)
    years = np.arange(whole.year[0], whole.year[-1] + 1) if len(whole.days) else np.zeros(0, dtype=np.int64)
    starts = (years - 1970).astype("datetime64[Y]")
    days_in_year = (
        (starts + 1).astype("datetime64[D]") - starts.astype("datetime64[D]")
    ).astype(np.int64)  # fmt: skip
    base = int(years[0]) if len(years) else 0

    def sum_by_year(values: np.ndarray, at: np.ndarray) -> np.ndarray:
        return np.bincount(at - base, weights=values, minlength=len(years)).astype(np.int64)

    n_days = sum_by_year(np.ones(len(covered.days)), covered.year)
    covered_searches = sum_by_year(covered.totals, covered.year)
    firsts, lasts, cut = [], [], []
    for year, start in zip(years, starts, strict=True):
        inside = whole.days[whole.year == year]
        firsts.append(inside[0] if len(inside) else np.datetime64("NaT"))
        lasts.append(inside[-1] if len(inside) else np.datetime64("NaT"))
        opening, closing = start.astype("datetime64[D]"), (start + 1).astype("datetime64[D]") - 1
        # one silent day at an edge does not make a year partial
        cut.append(not len(inside) or inside[0] > opening + 1 or inside[-1] < closing - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        per_day = np.where(n_days > 0, covered_searches / n_days, np.nan)
    return pd.DataFrame(
        {
            "year": years,
            "searches": sum_by_year(whole.totals, whole.year),
            "covered_searches": covered_searches,
            "covered_days": n_days,
            "days_in_year": days_in_year,
            "per_day": per_day.astype(float),
            "partial": np.array(cut, dtype=bool) | (n_days < WHOLE_SHARE * days_in_year),
            "first": np.array(firsts, dtype="datetime64[ms]"),
            "last": np.array(lasts, dtype="datetime64[ms]"),
        }
    )


def count_by_day(subject: Subject) -> pd.DataFrame:
    """Count each day that is covered or has a row, for the short form: date, searches, covered."""
    table = count_all_days(subject)
    return pd.DataFrame(
        {
            "date": table.days.astype("datetime64[ms]"),
            "searches": table.totals,
            "covered": np.isin(table.days, as_days(subject.covered)),
        }
    )


def find_years(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Say which year has the highest rate, how sure that is, or that no year has."""
    known = frame[frame["covered_days"] >= ENOUGH_DAYS].reset_index(drop=True)
    if len(known) == 0:
        return _find_too_few(subject)
    coverage, nouns, rates = subject.coverage, subject.nouns, known["per_day"].to_numpy(dtype=float)
    years = [int(year) for year in known["year"]]
    best = int(np.argmax(rates))
    rate, emphasis, remarkable = say_rate(rates[best]), "", 0.0
    mark: tuple[int, ...] = ()
    if len(known) == 1:
        phrase = f"{rate} {nouns} a day"
        headline, emphasis = f"{years[0]} brings {phrase}", phrase
        certainty = "One year, nothing to compare it with"
    elif int(known["covered_searches"].sum()) < ENOUGH_SEARCHES:
        n = int(known["covered_searches"].sum())
        headline = say_too_few(n, subject.noun, nouns, "to compare years")
        certainty = f"{say_count(n)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
    else:
        days = count_covered_days(subject)
        days = days.take(np.isin(days.year, years))
        weights = draw_weights(len(days.days), rng)
        drawn = resample_rates(days.totals, np.searchsorted(years, days.year), len(years), weights)
        best, chance = find_top(rates, drawn)
        last = frame.iloc[-1]
        so_far = " so far" if years[best] == int(last["year"]) and bool(last["partial"]) else ""
        most_likely = "" if chance >= CLEAR else "most likely "
        headline = f"{years[best]} is {most_likely}the busiest year{so_far}: {rate} {nouns} a day"
        emphasis, mark = f"{rate} {nouns} a day", (years[best],)
        low, high = find_interval(drawn[:, best])
        certainty = f"{say_rates(low, high)} a day; the highest {say_chance(chance)}"
        if chance < LIKELY:
            span = f"{say_rates(float(rates.min()), float(rates.max()))} {nouns} a day"
            headline, emphasis, mark = f"No year is clearly the busiest: {span}", "", ()
            certainty = f"The highest, {years[best]}, leads only {say_chance(chance)}"
        else:
            overall = days.totals.sum() / len(days.days)
            remarkable = measure_remarkable(low, rates[best], overall)
    deck = f"{begin(nouns)} per year."
    if bool(frame["partial"].any()):
        deck += " Hatched: the archive holds only part of that year."
    notes = [note_coverage(coverage), ("How sure", certainty + ".")]
    skipped = [str(year) for year in frame["year"] if int(year) not in years]
    if skipped:
        notes.append(("Not compared", f"Under 60 covered days: {', '.join(skipped)}."))
    lowest = int(np.argmin(rates))
    alt = (
        f"Bars, {nouns} by year, {coverage.years}. Highest rate {years[int(np.argmax(rates))]}, "
        f"{say_rate(float(rates.max()))} a day; lowest {years[lowest]}, {say_rate(rates[lowest])}."
    )
    return Finding(
        "years", "Years", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, remarkable, mark=mark
    )


def _find_too_few(subject: Subject) -> Finding:
    coverage = subject.coverage
    days, n_covered = subject.days, coverage.n_covered
    deck = f"Shown day by day instead. A year appears here after {ENOUGH_DAYS} covered days."
    if coverage.first is None or coverage.last is None:
        headline = f"No {subject.nouns} to count yet"
        deck = f"A year appears here after {ENOUGH_DAYS} covered days."
        alt = f"Nothing is drawn: the archive holds no {subject.nouns}."
    else:
        n = n_covered or len(days)
        which = "covered day" if n_covered else "day"
        headline = say_too_few(n, which, f"{which}s", "to compare years")
        if len(np.unique(days.year.to_numpy())) > 1 and n_covered >= ENOUGH_DAYS:
            headline = f"No year has {ENOUGH_DAYS} covered days yet"
        table = count_all_days(subject)
        top, bottom = int(np.argmax(table.totals)), int(np.argmin(table.totals))
        alt = (
            f"Bars, {subject.nouns} by day, {say_years(coverage.first.year, coverage.last.year)}. "
            f"Highest {_say(table.days[top])}, {table.totals[top]}; "
            f"lowest {_say(table.days[bottom])}, {table.totals[bottom]}."
        )
    missing = f"{say_count(n_covered)} of the {ENOUGH_DAYS} covered days that it takes."
    notes = (note_coverage(coverage), ("What is missing", missing))
    return Finding("years", "Years", headline, "", deck, "Too few days to compare years", notes, alt, HOW)


def _say(day: np.datetime64) -> str:
    as_date: date = day.astype("datetime64[D]").item()
    return say_day(as_date)
