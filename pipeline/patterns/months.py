"""The rate of each month, year by year, and the month that falls (or the one that is fullest)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
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
from pipeline.patterns.days import ENOUGH_SEARCHES, count_all_days, count_covered_days, rate_by
from pipeline.patterns.dips import Dip, find_dip
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    MONTHS,
    begin,
    say_count,
    say_percents,
    say_rate,
    say_rates,
    say_too_few,
    spell_small,
)

ENOUGH_DAYS_A_MONTH = 10  # covered days before a month has a rate
HOW = (
    "A month’s rate is its activities on covered days divided by its covered days; months under ten "
    "covered days are gaps. A month falls if in every year it lies at least 5\u00a0% below that year’s "
    "mean a day, and if shuffling each year’s fortnights makes some month fall as far together in less than "
    "2\u00a0% of 1,000 shuffles (from three years on, shuffling whole months in less than 5\u00a0%)."
)


def count_by_month(subject: Subject) -> pd.DataFrame:
    """Count by month, from the first to the last without a gap.

    Columns: year, month, searches (all), covered_searches, covered_days, per_day (per covered day; NaN
    under 10 covered days).
    """
    days = count_all_days(subject).days
    first = int(days[0].astype("datetime64[M]").astype(int)) if len(days) else 0
    last = int(days[-1].astype("datetime64[M]").astype(int)) if len(days) else -1
    months = np.arange(first, last + 1)
    rates = rate_by(
        subject,
        lambda table: table.days.astype("datetime64[M]").astype(np.int64) - first,
        len(months),
        enough_days=ENOUGH_DAYS_A_MONTH,
    )
    rates.insert(0, "year", months // 12 + 1970)
    rates.insert(1, "month", months % 12 + 1)
    return rates


def find_months(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Say which month falls in every year; else which single month is the fullest, or that none is."""
    coverage, nouns = subject.coverage, subject.nouns
    known = frame[frame["per_day"].notna()].reset_index(drop=True)
    if len(known) == 0:
        headline = f"No month has {spell_small(ENOUGH_DAYS_A_MONTH)} covered days yet"
        deck = f"A month appears here after {ENOUGH_DAYS_A_MONTH} covered days."
        alt = f"Nothing is drawn: no month of {nouns} has {ENOUGH_DAYS_A_MONTH} covered days."
        notes: tuple[tuple[str, str], ...] = (note_coverage(coverage),)
        return Finding(
            "months", "Years", headline, "", deck, "Too few days to compare months", notes, alt, HOW
        )
    rates = known["per_day"].to_numpy(dtype=float)
    names = [f"{MONTHS[m - 1]} {y}" for y, m in zip(known["year"], known["month"], strict=True)]
    highest, lowest = int(np.argmax(rates)), int(np.argmin(rates))
    alt = (
        f"Lines, {nouns} per covered day by month, a panel a year, {coverage.years}. "
        f"Highest {names[highest]}, {say_rate(rates[highest])}; "
        f"lowest {names[lowest]}, {say_rate(rates[lowest])}."
    )
    several = len(np.unique(known["year"])) > 1
    deck = f"{begin(nouns)} per covered day, month by month." + (
        " Grey: the average of all years." if several else ""
    )
    n_covered = int(frame["covered_searches"].sum())
    dip = find_dip(frame, subject, rng) if n_covered >= ENOUGH_SEARCHES else None
    if n_covered < ENOUGH_SEARCHES:
        emphasis, remarkable = "", 0.0
        headline = say_too_few(n_covered, subject.noun, nouns, "to compare months")
        certainty = f"{say_count(n_covered)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
        mark: tuple[int, ...] = ()
    elif dip:
        headline, emphasis, certainty = _say_dip(dip)
        mark = (dip.month,)
        remarkable = measure_remarkable(dip.high, 1 - float(np.mean(dip.falls)), 1.0)
    else:
        headline, emphasis, certainty, clear, remarkable = _say_highest(known, names, subject, rng)
        mark = (int(known["year"][highest]), int(known["month"][highest])) if clear else ()
    notes = (note_coverage(coverage), ("How sure", certainty + "."))
    return Finding(
        "months", "Years", headline, emphasis, deck, certainty, notes, alt, HOW, remarkable, mark=mark
    )


def answer_months(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by month."""
    frame = count_by_month(subject)
    return Answer({MAIN: frame}, find_months(frame, subject, rng))


def _say_dip(dip: Dip) -> tuple[str, str, str]:
    name, n = MONTHS[dip.month - 1], len(dip.falls)
    names = f"{name}es" if name.endswith("ch") else f"{name}s"
    emphasis = say_percents(min(dip.falls), max(dip.falls))
    if dip.n_shown > n:
        headline, which = (
            f"{names} fall, by {emphasis}",
            f"all {spell_small(n)} years with months enough to compare",
        )
    elif n == 2:
        headline, which = f"Both {names} fall, by {emphasis}", "both years"
    else:
        headline, which = f"Every {name} falls, by {emphasis}", f"all {spell_small(n)} years"
    return headline, emphasis, f"{name} lies below its year’s daily mean in {which}"


def _say_highest(
    known: pd.DataFrame, names: list[str], subject: Subject, rng: np.random.Generator
) -> tuple[str, str, str, bool, float]:
    rates = known["per_day"].to_numpy(dtype=float)
    if len(rates) == 1:
        phrase = f"{say_rate(rates[0])} {subject.nouns} a day"
        return f"{names[0]} brings {phrase}", phrase, "One month, nothing to compare it with", False, 0.0
    codes = (known["year"] * 12 + known["month"]).to_numpy()
    days = count_covered_days(subject)
    days = days.take(np.isin(days.year * 12 + days.month, codes))
    groups = np.searchsorted(codes, days.year * 12 + days.month)
    drawn = resample_rates(days.totals, groups, len(codes), draw_weights(days.days, rng))
    best, chance = find_top(rates, drawn)
    if chance < LIKELY:
        headline = f"No month stands clearly out: {say_rates(rates.min(), rates.max())} {subject.nouns} a day"
        return headline, "", f"The highest leads only {say_chance(chance)}", False, 0.0
    phrase = f"{say_rate(rates[best])} {subject.nouns} a day"
    low, high = find_interval(drawn[:, best])
    headline = f"{names[best]} is {'' if chance >= CLEAR else 'most likely '}the fullest month: {phrase}"
    certainty = f"{say_rates(low, high)} a day; the highest {say_chance(chance)}"
    remarkable = measure_remarkable(low, rates[best], float(rates.mean()))
    return headline, phrase, certainty, True, remarkable
