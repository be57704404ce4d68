"""The rate of each month, year by year, and the month that falls (or the one that is fullest)."""

from __future__ import annotations

from typing import NamedTuple

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
from pipeline.patterns.days import ENOUGH_SEARCHES, count_all_days, count_covered_days
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

ENOUGH_DAYS = 10  # covered days before a month has a rate
ENOUGH_MONTHS = 4  # months with a rate before a year's mean can judge one of them
SMALLEST_FALL = 0.05
N_SHUFFLES = 2000
HOW = (
    "A month’s rate is its activities on covered days divided by its covered days; months under ten "
    "covered days are gaps. A month falls if in every year it lies at least 5\u00a0% below that year’s "
    "mean a day, if the mean fall is clear of zero when days are drawn again (99.6\u00a0%, since twelve "
    "months are tried; 99.96\u00a0% with two years), and, from three years on, if shuffled months fall as "
    "far together less than once in twenty times."
)


class Dip(NamedTuple):
    """A month that falls in every year that can judge it."""

    month: int
    falls: tuple[float, ...]  # 0.27: 27 % below the year's mean; one a judged year
    n_shown: int  # years in which the month has a rate, judged or not
    high: float  # upper end of the mean ratio's 95 % interval


def count_by_month(subject: Subject) -> pd.DataFrame:
    """Count by month, from the first to the last without a gap.

    Columns: year, month, searches (all), covered_searches, covered_days, per_day (per covered day; NaN
    under 10 covered days).
    """
    whole, covered = count_all_days(subject), count_covered_days(subject)
    first = whole.days[0].astype("datetime64[M]").astype(int) if len(whole.days) else 0
    last = whole.days[-1].astype("datetime64[M]").astype(int) if len(whole.days) else -1
    months = np.arange(first, last + 1)

    def sum_by_month(values: np.ndarray, days: np.ndarray) -> np.ndarray:
        place = days.astype("datetime64[M]").astype(np.int64) - first
        return np.bincount(place, weights=values, minlength=len(months)).astype(np.int64)

    n_days = sum_by_month(np.ones(len(covered.days)), covered.days)
    covered_searches = sum_by_month(covered.totals, covered.days)
    return pd.DataFrame(
        {
            "year": months // 12 + 1970,
            "month": months % 12 + 1,
            "searches": sum_by_month(whole.totals, whole.days),
            "covered_searches": covered_searches,
            "covered_days": n_days,
            "per_day": np.where(n_days >= ENOUGH_DAYS, covered_searches / np.maximum(n_days, 1), np.nan),
        }
    )


def find_dip(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Dip | None:
    """Return the month that falls furthest below its year's mean in every year, if one clearly does."""
    years = np.unique(frame["year"].to_numpy())
    rates = _spread(frame, "per_day", years)
    shown = np.isfinite(rates)
    judged = shown & (shown.sum(axis=1) >= ENOUGH_MONTHS)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = _spread(frame, "covered_searches", years).sum(axis=1) / _spread(
            frame, "covered_days", years
        ).sum(1)
        falls = np.where(judged, 1 - rates / means[:, None], np.nan)
    common = (judged.sum(axis=0) >= 2) & ~(falls < SMALLEST_FALL).any(axis=0)
    if not common.any():
        return None
    mean_falls = np.where(common, np.nansum(falls, axis=0) / np.maximum(judged.sum(axis=0), 1), -np.inf)
    month = int(np.argmax(mean_falls))
    kept = np.flatnonzero(judged[:, month])
    ratios = _resample_ratios(subject, years[kept], month, rng)
    # two years cannot be shuffled to any purpose, so that their days must speak the more clearly
    worst = float(np.quantile(ratios, 1 - (0.05 if len(kept) >= 3 else 0.005) / 12))
    if not worst < 1 or (len(kept) >= 3 and _try_chance(falls[kept], mean_falls[month], rng) >= 0.05):
        return None
    values = tuple(float(fall) for fall in falls[kept, month])
    return Dip(month + 1, values, int(shown[:, month].sum()), find_interval(ratios)[1])


def _spread(frame: pd.DataFrame, column: str, years: np.ndarray) -> np.ndarray:
    """Return (n_years, 12), NaN (rates) or 0 (counts) where the archive has no such month."""
    grid = np.full((len(years), 12), np.nan if column == "per_day" else 0.0)
    grid[np.searchsorted(years, frame["year"].to_numpy()), frame["month"].to_numpy() - 1] = frame[column]
    return grid


def _resample_ratios(subject: Subject, years: np.ndarray, month: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n,): the month's rate over the year's, averaged over years, in each resample of days."""
    days = count_covered_days(subject)
    days = days.take(np.isin(days.year, years))
    weights = draw_weights(len(days.days), rng)
    place = np.searchsorted(years, days.year)
    whole = resample_rates(days.totals, place, len(years), weights)
    inside = days.month == month + 1
    part = resample_rates(days.totals[inside], place[inside], len(years), weights[:, inside])
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nan_to_num((part / whole).mean(axis=1), nan=1.0))


def _try_chance(falls: np.ndarray, found: float, rng: np.random.Generator) -> float:
    """Return how often, with months shuffled within each year, one of them falls as far as ``found``."""
    shuffled = np.full((N_SHUFFLES, *falls.shape), np.nan)
    for k, row in enumerate(falls):
        at = np.flatnonzero(np.isfinite(row))
        shuffled[:, k, at] = rng.permuted(np.tile(row[at], (N_SHUFFLES, 1)), axis=1)
    together = np.isfinite(shuffled).all(axis=1) & (shuffled >= SMALLEST_FALL).all(axis=1)
    means = np.where(together, np.nan_to_num(shuffled).mean(axis=1), -np.inf)
    return float(np.mean(means.max(axis=1) >= found - 1e-12))


def find_months(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Say which month falls in every year; else which single month is the fullest, or that none is."""
    coverage, nouns = subject.coverage, subject.nouns
    known = frame[frame["per_day"].notna()].reset_index(drop=True)
    if len(known) == 0:
        headline = f"No month has {spell_small(ENOUGH_DAYS)} covered days yet"
        deck = f"A month appears here after {ENOUGH_DAYS} covered days."
        alt = f"Nothing is drawn: no month of {nouns} has {ENOUGH_DAYS} covered days."
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


def _say_dip(dip: Dip) -> tuple[str, str, str]:
    name, n = MONTHS[dip.month - 1], len(dip.falls)
    names = f"{name}es" if name.endswith("ch") else f"{name}s"
    emphasis = f"{say_percents(min(dip.falls), max(dip.falls))}"
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
    drawn = resample_rates(days.totals, groups, len(codes), draw_weights(len(days.days), rng))
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
