"""Whether the weekend keeps its place from year to year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.bootstrap import CLEAR, Floats, draw_weights, resample_rates
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import count_all_days, count_covered_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.subject import Subject
from pipeline.patterns.weekdays import ENOUGH_DAYS, measure_weekend
from pipeline.patterns.wording import begin, join_and, say_percent, say_percents, say_rate, spell_small
from pipeline.patterns.years import count_by_year

HOW = (
    "Rates per covered day, as by weekday, for each year apart; a year's ratio needs 42 covered days. A year counts "
    "as quieter (or fuller) at weekends if its 95\u00a0% interval lies wholly below (above) equal."
)


def count_by_year_weekday(subject: Subject) -> pd.DataFrame:
    """Count by year and weekday, seven rows a year without a gap.

    Columns: year, weekday, searches (all), covered_searches, covered_days, per_day (NaN without a
    covered day).
    """
    whole, covered = count_all_days(subject), count_covered_days(subject)
    years = np.arange(whole.year[0], whole.year[-1] + 1) if len(whole.days) else np.zeros(0, dtype=np.int64)
    base, n_cells = int(years[0]) if len(years) else 0, 7 * len(years)

    def sum_by_cell(values: np.ndarray, year: np.ndarray, weekday: np.ndarray) -> np.ndarray:
        return np.bincount((year - base) * 7 + weekday, weights=values, minlength=n_cells).astype(np.int64)

    n_days = sum_by_cell(np.ones(len(covered.days)), covered.year, covered.weekday)
    covered_searches = sum_by_cell(covered.totals, covered.year, covered.weekday)
    return pd.DataFrame(
        {
            "year": np.repeat(years, 7),
            "weekday": np.tile(np.arange(7), len(years)),
            "searches": sum_by_cell(whole.totals, whole.year, whole.weekday),
            "covered_searches": covered_searches,
            "covered_days": n_days,
            "per_day": np.where(n_days > 0, covered_searches / np.maximum(n_days, 1), np.nan),
        }
    )


def weekend_ratio_by_year(subject: Subject, rng: np.random.Generator) -> pd.DataFrame:
    """Measure each year's weekend ratio: year, ratio, low, high (NaN under 42 covered days), partial."""
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
    deck = f"{begin(subject.nouns)} per covered day; at right, weekend as a share of workdays with 95\u00a0% interval."
    mark: tuple[int, ...] = ()
    if len(known) == 0:
        headline = "No year can compare weekends with workdays yet"
        emphasis, certainty = "", f"A year's comparison takes {ENOUGH_DAYS} covered days"
    else:
        headline, emphasis, year = _say_years(known, subject, rng)
        mark = (year,) if year else ()
        low, high = float(known["ratio"].min()), float(known["ratio"].max())
        certainty = f"Weekends hold {say_percents(low, high)} of a workday’s {subject.nouns}"
    notes = [note_coverage(coverage), ("How sure", certainty + ".")]
    skipped = [str(year) for year in ratios["year"] if year not in set(known["year"])]
    if skipped and len(known):
        notes.append(("Not compared", f"Too few covered days: {', '.join(skipped)}."))
    return Finding(
        "year_weekday", "Weeks", headline, emphasis, deck, certainty, tuple(notes), _describe(frame, subject), HOW,
        mark=mark,
    )  # fmt: skip


def _say_years(
    known: pd.DataFrame, subject: Subject, rng: np.random.Generator
) -> tuple[str, str, int | None]:
    """Return headline, emphasis and the year of which it speaks."""
    years = [int(year) for year in known["year"]]
    quieter = [y for y, high in zip(years, known["high"], strict=True) if high < 1]
    fuller = [y for y, low in zip(years, known["low"], strict=True) if low > 1]
    if not quieter and not fuller:
        return (
            "Weekends look like workdays" + (" in every year" if len(years) > 1 else f" in {years[0]}"),
            "",
            None,
        )
    if quieter and fuller:
        return f"Weekends are quieter in {_list(quieter)}, fuller in {_list(fuller)}", "", None
    some, word = (quieter, "quieter") if quieter else (fuller, "fuller")
    if len(years) == 1:
        return f"Weekends are {word} in {years[0]}", word, None
    if len(some) < len(years):
        share = f"{spell_small(len(some))} of {spell_small(len(years))} years"
        which = f"in {some[0]} alone" if len(some) == 1 else f"in {share}"
        return f"Weekends are {word} {which}", which.removeprefix("in "), some[0] if len(some) == 1 else None
    headline = f"Weekends are {word} in every year"
    year = _find_extreme(years, subject, rng, lowest=bool(quieter))
    return (f"{headline}, most clearly in {year}" if year else headline), "in every year", year


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
        drawn = draw_weights(len(here.days), rng) if weights is None else weights
        rates = resample_rates(here.totals, here.weekday, 7, drawn)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(sign * rates[:, is_weekend].mean(axis=1) / rates[:, ~is_weekend].mean(axis=1))

    values = [float(measure(year, np.ones((1, int((days.year == year).sum()))))[0]) for year in years]
    drawn = np.nan_to_num(np.column_stack([measure(year, None) for year in years]), nan=-np.inf)
    best = int(np.argmax(values))
    return years[best] if np.mean(np.argmax(drawn, axis=1) == best) >= CLEAR else None


def _describe(frame: pd.DataFrame, subject: Subject) -> str:
    rates = frame["per_day"].to_numpy(dtype=float)
    if not np.isfinite(rates).any():
        return f"Nothing is drawn: no covered day of {subject.nouns}."
    from pipeline.patterns.wording import WEEKDAYS

    def name(k: int) -> str:
        return f"{WEEKDAYS[int(frame['weekday'].iloc[k])]} {frame['year'].iloc[k]}, {say_rate(rates[k])}"

    return (
        f"Numbered cells, {subject.nouns} per covered day by year and weekday, {subject.coverage.years}. "
        f"Highest {name(int(np.nanargmax(rates)))}; lowest {name(int(np.nanargmin(rates)))}."
    )
