"""How many activities each year holds, and which year is the fullest by the day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import CLEAR, LIKELY, say_chance
from pipeline.patterns.busiest import Lead, find_lead
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import (
    ENOUGH_DAYS_A_YEAR,
    ENOUGH_SEARCHES,
    as_days,
    count_all_days,
    count_covered_days,
    list_years,
    rate_by,
)
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    begin,
    join_and,
    say_count,
    say_day,
    say_percents,
    say_rate,
    say_rates,
    say_too_few,
    say_years,
)

WHOLE_SHARE = 0.9  # a year with fewer of its days covered counts as part of a year
HOW = (
    "Every activity counts in the year of its local date. A year’s rate is its activities on covered "
    "days divided by its covered days; only years with at least 60 covered days are compared. Two years "
    "are compared by the fortnights of the calendar that both cover, at least four; these are drawn "
    "again, with replacement, 1,000 times."
)


def count_by_year(subject: Subject) -> pd.DataFrame:
    """Count by year, from the first to the last without a gap.

    Columns: year, searches (all), covered_searches, covered_days, days_in_year, per_day (per covered
    day, NaN without any), partial (the archive holds only part of it), first and last (datetime64[ms]:
    the first and the last day of it that is covered or has a row, NaT for a year without either).
    """
    whole, years = count_all_days(subject), list_years(subject)
    starts = (years - 1970).astype("datetime64[Y]")
    days_in_year = (
        (starts + 1).astype("datetime64[D]") - starts.astype("datetime64[D]")
    ).astype(np.int64)  # fmt: skip
    rates = rate_by(subject, lambda days: days.year - years[:1], len(years))
    firsts, lasts, cut = [], [], []
    for year, start in zip(years, starts, strict=True):
        inside = whole.days[whole.year == year]
        firsts.append(inside[0] if len(inside) else np.datetime64("NaT"))
        lasts.append(inside[-1] if len(inside) else np.datetime64("NaT"))
        opening, closing = start.astype("datetime64[D]"), (start + 1).astype("datetime64[D]") - 1
        # one silent day at an edge does not make a year partial
        cut.append(not len(inside) or inside[0] > opening + 1 or inside[-1] < closing - 1)
    return pd.DataFrame(
        {
            "year": years,
            "searches": rates["searches"],
            "covered_searches": rates["covered_searches"],
            "covered_days": rates["covered_days"],
            "days_in_year": days_in_year,
            "per_day": rates["per_day"],
            "partial": np.array(cut, dtype=bool) | (rates["covered_days"] < WHOLE_SHARE * days_in_year),
            "first": np.array(firsts, dtype="datetime64[ms]"),
            "last": np.array(lasts, dtype="datetime64[ms]"),
        }
    )


def count_by_day(subject: Subject) -> pd.DataFrame:
    """Count each day that is covered or has a row, for the short form: date, searches, covered; and free,
    where the settings give free days.
    """
    table = count_all_days(subject)
    frame = pd.DataFrame(
        {
            "date": table.days.astype("datetime64[ms]"),
            "searches": table.totals,
            "covered": np.isin(table.days, as_days(subject.covered)),
        }
    )
    return frame.assign(free=subject.is_given_free(table.days)) if subject.free_days else frame


def find_years(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Say which year has the highest rate, how sure that is, or that no year has."""
    known = frame[frame["covered_days"] >= ENOUGH_DAYS_A_YEAR].reset_index(drop=True)
    if len(known) == 0:
        return _find_too_few(subject)
    coverage, nouns, rates = subject.coverage, subject.nouns, known["per_day"].to_numpy(dtype=float)
    years = [int(year) for year in known["year"]]
    emphasis, remarkable = "", 0.0
    mark: tuple[int, ...] = ()
    notes = [note_coverage(coverage)]
    if len(known) == 1:
        emphasis = f"{say_rate(rates[0])} {nouns} a day"
        headline = f"{years[0]} brings {emphasis}"
        certainty = "One year, nothing to compare it with"
    elif int(known["covered_searches"].sum()) < ENOUGH_SEARCHES:
        n = int(known["covered_searches"].sum())
        headline = say_too_few(n, subject.noun, nouns, "to compare years")
        certainty = f"{say_count(n)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
    else:
        days = count_covered_days(subject)
        lead = find_lead(days.take(np.isin(days.year, years)), years, rng)
        if lead is None or lead.chance < LIKELY:
            headline = f"No year is clearly the busiest: {say_rates(rates.min(), rates.max())} {nouns} a day"
            certainty = "No year exceeds every other over the weeks that both cover"
            if lead:
                certainty = f"{lead.year} leads most often, but only {say_chance(lead.chance)}"
        else:
            best = rates[years.index(lead.year)]
            emphasis = f"{say_rate(best)} {nouns} a day"
            headline = f"{_name_lead(lead, frame)}: {emphasis}"
            certainty = (
                f"{say_percents(lead.low - 1, lead.high - 1)} above {lead.next_year} over the same weeks; "
                f"the highest {say_chance(lead.chance)}"
            )
            mark = (lead.year,)
            remarkable = measure_remarkable(lead.low, lead.ratio, 1.0)
            higher = [str(year) for year, rate in zip(years, rates, strict=True) if rate > best]
            if higher:
                text = f"{join_and(higher)}, by the seasons that the archive holds; not over the same weeks."
                notes.append(("A higher rate", text))
    deck = f"{begin(nouns)} per year."
    if bool(frame["partial"].any()):
        deck += " Hatched: the archive holds only part of that year."
    notes.insert(1, ("How sure", certainty + "."))
    skipped = [str(year) for year in frame["year"] if int(year) not in years]
    if skipped:
        notes.append(("Not compared", f"Under {ENOUGH_DAYS_A_YEAR} covered days: {', '.join(skipped)}."))
    lowest = int(np.argmin(rates))
    highest = f"{years[int(np.argmax(rates))]}, {say_rate(float(rates.max()))} a day"
    alt = f"Bars, {nouns} by year, {coverage.years}. " + (
        f"Highest rate {highest}; lowest {years[lowest]}, {say_rate(rates[lowest])}."
        if len(years) > 1
        else f"Rate {highest}."
    )
    return Finding(
        "years", "Years", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, remarkable, mark=mark
    )


def answer_years(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the counts by year; extra under 60 covered days: days, the short form's table."""
    frames = {MAIN: count_by_year(subject)}
    if len(subject.covered) < ENOUGH_DAYS_A_YEAR:
        frames["days"] = count_by_day(subject)
    return Answer(frames, find_years(frames[MAIN], subject, rng))


def _name_lead(lead: Lead, frame: pd.DataFrame) -> str:
    last = frame.iloc[-1]
    so_far = " so far" if lead.year == int(last["year"]) and bool(last["partial"]) else ""
    return f"{lead.year} is {'' if lead.chance >= CLEAR else 'most likely '}the busiest year{so_far}"


def _find_too_few(subject: Subject) -> Finding:
    coverage = subject.coverage
    days, n_covered = subject.days, coverage.n_covered
    deck = f"Shown day by day instead. A year appears here after {ENOUGH_DAYS_A_YEAR} covered days."
    if coverage.first is None or coverage.last is None:
        headline = f"No {subject.nouns} to count yet"
        deck = f"A year appears here after {ENOUGH_DAYS_A_YEAR} covered days."
        alt = f"Nothing is drawn: the archive holds no {subject.nouns}."
    else:
        n = n_covered or len(days)
        which = "covered day" if n_covered else "day"
        headline = say_too_few(n, which, f"{which}s", "to compare years")
        if len(np.unique(days.year.to_numpy())) > 1 and n_covered >= ENOUGH_DAYS_A_YEAR:
            headline = f"No year has {ENOUGH_DAYS_A_YEAR} covered days yet"
        table = count_all_days(subject)
        top, bottom = int(np.argmax(table.totals)), int(np.argmin(table.totals))
        highest = f"{_say(table.days[top])}, {table.totals[top]}"
        alt = f"Bars, {subject.nouns} by day, {say_years(coverage.first.year, coverage.last.year)}. " + (
            f"Highest {highest}; lowest {_say(table.days[bottom])}, {table.totals[bottom]}."
            if len(table.days) > 1
            else f"{highest}."
        )
    missing = f"{say_count(n_covered)} of the {ENOUGH_DAYS_A_YEAR} covered days that it takes."
    notes = (note_coverage(coverage), ("What is missing", missing))
    return Finding("years", "Years", headline, "", deck, "Too few days to compare years", notes, alt, HOW)


def _say(day: np.datetime64) -> str:
    as_date: date = day.astype("datetime64[D]").item()
    return say_day(as_date)
