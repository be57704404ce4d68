"""Whether the weekend keeps its place from year to year."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import CLEAR, Floats, draw_weights, resample_rates
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES, count_covered_days, list_years, rate_by
from pipeline.patterns.finding import Finding
from pipeline.patterns.subject import Subject
from pipeline.patterns.weekdays import ENOUGH_DAYS_FOR_WEEKENDS, divide_weekend, measure_weekend
from pipeline.patterns.wording import WEEKDAYS, begin, join_and, say_percents, say_rate, spell_small
from pipeline.patterns.years import count_by_year

HOW = (
    "Rates per covered day, as by weekday, for each year apart; a year’s ratio needs 42 covered days "
    "and 100 activities. Weekends differ in every year if all 95\u00a0% intervals lie on one side of "
    "equal; in some years, if theirs still do when widened for the number of years tried."
)


def count_by_year_weekday(subject: Subject) -> pd.DataFrame:
    """Count by year and weekday, seven rows a year without a gap.

    Columns: year, weekday, searches (all), covered_searches, covered_days, per_day (NaN without a
    covered day).
    """
    years = list_years(subject)
    rates = rate_by(subject, lambda days: (days.year - years[:1]) * 7 + days.weekday, 7 * len(years))
    rates.insert(0, "year", np.repeat(years, 7))
    rates.insert(1, "weekday", np.tile(np.arange(7), len(years)))
    return rates


def weekend_ratio_by_year(subject: Subject, rng: np.random.Generator) -> pd.DataFrame:
    """Measure each year's weekend ratio: year, ratio, low, high (NaN where there is too little), partial."""
    years, days = count_by_year(subject), count_covered_days(subject)
    ratios = [measure_weekend(days.take(days.year == year), subject.weekend, rng) for year in years["year"]]
    frame = pd.DataFrame(ratios, columns=["ratio", "low", "high"], dtype=float)
    frame.insert(0, "year", years["year"])
    return frame.assign(partial=years["partial"])


def find_year_weekday(
    frame: pd.DataFrame, ratios: pd.DataFrame, subject: Subject, rng: np.random.Generator
) -> Finding:
    """Say in which years weekends are quieter or fuller, and in which most clearly."""
    coverage = subject.coverage
    known = ratios[ratios["low"].notna() & np.isfinite(ratios["ratio"])].reset_index(drop=True)
    deck = (
        f"{begin(subject.nouns)} per covered day; at right, weekend as a share of workdays "
        "with 95\u00a0% interval."
    )
    mark: tuple[int, ...] = ()
    if len(known) == 0:
        headline = "No year can compare weekends with workdays yet"
        emphasis = ""
        certainty = (
            f"A year’s comparison takes {ENOUGH_DAYS_FOR_WEEKENDS} covered days "
            f"and {ENOUGH_SEARCHES} {subject.nouns}"
        )
    else:
        headline, emphasis, year = _say_years(known, subject, rng)
        mark = (year,) if year else ()
        low, high = float(known["ratio"].min()), float(known["ratio"].max())
        who = "Weekends hold" if len(known) == 1 else "Year by year, weekends hold"
        certainty = f"{who} {say_percents(low, high)} of a workday’s {subject.nouns}"
    notes = [note_coverage(coverage), ("How sure", certainty + ".")]
    skipped = [str(year) for year in ratios["year"] if year not in set(known["year"])]
    if skipped and len(known):
        notes.append(("Not compared", f"Too little in {join_and(skipped)}."))
    return Finding(
        "year_weekday", "Weeks", headline, emphasis, deck, certainty, tuple(notes),
        _describe(frame, subject), HOW, mark=mark,
    )  # fmt: skip


def answer_year_weekday(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by year and weekday; extra: ratio, one row a year."""
    frame, ratios = count_by_year_weekday(subject), weekend_ratio_by_year(subject, rng)
    return Answer({MAIN: frame, "ratio": ratios}, find_year_weekday(frame, ratios, subject, rng))


def _say_years(
    known: pd.DataFrame, subject: Subject, rng: np.random.Generator
) -> tuple[str, str, int | None]:
    """Return headline, emphasis and the year of which it speaks."""
    years = [int(year) for year in known["year"]]
    for word, all_differ in (("quieter", (known["high"] < 1).all()), ("fuller", (known["low"] > 1).all())):
        if all_differ and len(years) == 1:
            return f"Weekends are {word} in {years[0]}", word, None
        if all_differ:
            headline, phrase = f"Weekends are {word} in every year", f"{word} in every year"
            year = _find_extreme(years, subject, rng, lowest=word == "quieter")
            return (f"{headline}, most clearly in {year}" if year else headline), phrase, year
    side = _judge_years(known)
    quieter, fuller = ([y for y, s in zip(years, side, strict=True) if s == k] for k in (-1, 1))
    if quieter and fuller:
        return (
            f"Weekends are clearly quieter in {_list(quieter)}, clearly fuller in {_list(fuller)}",
            "",
            None,
        )
    if not quieter and not fuller:
        headline = "No year’s weekends clearly differ from its workdays"
        return (headline if len(years) > 1 else f"Weekends look like workdays in {years[0]}"), "", None
    some, word = (quieter, "quieter") if quieter else (fuller, "fuller")
    if len(some) == 1:
        phrase = f"clearly {word} in {some[0]} only"
        return f"Weekends are {phrase}", phrase, some[0]
    phrase = f"clearly {word} in {spell_small(len(some))} of {spell_small(len(years))} years"
    return f"Weekends are {phrase}", phrase, None


def _judge_years(known: pd.DataFrame) -> list[int]:
    """Return −1 (quieter), 1 (fuller) or 0 for each year, its interval widened for the number of years."""
    wider = NormalDist().inv_cdf(1 - 0.025 / len(known)) / NormalDist().inv_cdf(0.975)
    ratio, low, high = (known[name].to_numpy(dtype=float) for name in ("ratio", "low", "high"))
    return [
        -1 if r + (h - r) * wider < 1 else 1 if r - (r - low_end) * wider > 1 else 0
        for r, low_end, h in zip(ratio, low, high, strict=True)
    ]


def _list(years: list[int]) -> str:
    return join_and([str(year) for year in years])


def _find_extreme(
    years: list[int], subject: Subject, rng: np.random.Generator, *, lowest: bool
) -> int | None:
    """Return the year with the lowest (highest) ratio if it is that in nearly every resample of days."""
    days, sign = count_covered_days(subject), -1.0 if lowest else 1.0
    is_weekend = np.isin(np.arange(7), subject.weekend)

    def measure(year: int, weights: Floats | None) -> Floats:
        here = days.take(days.year == year)
        drawn = draw_weights(here.days, rng) if weights is None else weights
        return sign * divide_weekend(resample_rates(here.totals, here.weekday, 7, drawn), is_weekend)

    values = [float(measure(year, np.ones((1, int((days.year == year).sum()))))[0]) for year in years]
    drawn = np.nan_to_num(np.column_stack([measure(year, None) for year in years]), nan=-np.inf)
    best = int(np.argmax(values))
    return years[best] if np.mean(np.argmax(drawn, axis=1) == best) >= CLEAR else None


def _describe(frame: pd.DataFrame, subject: Subject) -> str:
    rates = frame["per_day"].to_numpy(dtype=float)
    if not np.isfinite(rates).any():
        return f"Nothing is drawn: no covered day of {subject.nouns}."

    def name(k: int) -> str:
        return f"{WEEKDAYS[int(frame['weekday'].iloc[k])]} {frame['year'].iloc[k]}, {say_rate(rates[k])}"

    return (
        f"Numbered cells, {subject.nouns} per covered day by year and weekday, {subject.coverage.years}. "
        f"Highest {name(int(np.nanargmax(rates)))}; lowest {name(int(np.nanargmin(rates)))}."
    )
