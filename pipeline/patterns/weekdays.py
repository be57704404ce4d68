"""The seven weekdays, and how weekends compare with workdays."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import (
    CLEAR,
    HOW_DRAWN,
    Floats,
    count_blocks,
    draw_weights,
    find_interval,
    find_top,
    resample_rates,
    say_chance,
    widen,
)
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES, DayTable, count_covered_days, rate_by
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    WEEKDAYS,
    begin,
    say_count,
    say_percent,
    say_percents,
    say_rate,
    say_too_few,
)

ENOUGH_DAYS_FOR_WEEKENDS = 42  # six weeks of covered days before weekends are compared
SMALLEST_CHANGE = 0.03
WIDE = 0.15  # an interval that reaches further from "equal" cannot say that the days look alike
HOW = (
    "A weekday’s rate is its activities on covered days divided by its covered days. The ratio is the "
    f"mean of the weekend’s rates over the mean of the workdays’ rates; for its interval, {HOW_DRAWN}. "
    "A difference under 3\u00a0% is not called one."
)


def count_by_weekday(subject: Subject) -> pd.DataFrame:
    """Count by weekday: weekday 0–6, searches (all), covered_searches, covered_days, per_day, weekend."""
    rates = rate_by(subject, lambda days: days.weekday, 7)
    rates.insert(0, "weekday", np.arange(7))
    return rates.assign(weekend=np.isin(np.arange(7), subject.weekend))


def weekend_ratio(subject: Subject, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return mean weekend rate over mean workday rate with its 95 % interval.

    NaN thrice under 42 covered days or 100 activities on them, or where the setting leaves no weekend
    or no workday; infinite where only weekends hold anything.
    """
    return measure_weekend(count_covered_days(subject), subject.weekend, rng)


def measure_weekend(
    days: DayTable, weekend: tuple[int, ...], rng: np.random.Generator
) -> tuple[float, float, float]:
    """Do as ``weekend_ratio`` for the given days."""
    is_weekend = np.isin(np.arange(7), weekend)
    nothing = (math.nan, math.nan, math.nan)
    if len(days.days) < ENOUGH_DAYS_FOR_WEEKENDS or days.totals.sum() < ENOUGH_SEARCHES:
        return nothing
    if is_weekend.all() or not is_weekend.any():
        return nothing
    rates = resample_rates(days.totals, days.weekday, 7, np.ones((1, len(days.days))))
    if not np.isfinite(rates).all():
        return nothing
    ratio = float(divide_weekend(rates, is_weekend)[0])
    drawn = divide_weekend(
        resample_rates(days.totals, days.weekday, 7, draw_weights(days.days, rng)), is_weekend
    )
    if math.isfinite(ratio):
        drawn = np.maximum(widen(drawn, ratio, count_blocks(len(days.days))), 0.0)
    low, high = find_interval(drawn)
    return ratio, low, high


def divide_weekend(rates: Floats, is_weekend: np.ndarray) -> Floats:
    """Return (n,): the mean of the weekend's rates over that of the workdays', of ``rates`` (n, 7)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(rates[:, is_weekend].mean(axis=1) / rates[:, ~is_weekend].mean(axis=1))


def list_ratio(ratio: tuple[float, float, float]) -> pd.DataFrame:
    """Return the ratio as one row: ratio, low, high."""
    return pd.DataFrame([ratio], columns=["ratio", "low", "high"], dtype=float)


def find_weekdays(
    frame: pd.DataFrame, ratio: tuple[float, float, float], subject: Subject, rng: np.random.Generator
) -> Finding:
    """Say how weekends differ from workdays, or that they look alike, or that it is too early."""
    coverage, nouns = subject.coverage, subject.nouns
    value, low, high = ratio
    mark: tuple[int, ...] = ()
    emphasis, remarkable = "", 0.0
    deck = f"{begin(nouns)} per covered day."
    if math.isfinite(value) and math.isfinite(low):
        headline, emphasis, certainty = _say_ratio(value, low, high, nouns)
        if emphasis:
            mark = subject.weekend
            remarkable = measure_remarkable(high if value < 1 else low, value, 1.0)
            word = "fall" if value < 1 else "rise"
            deck += f" The {word} is between {_say_distances(low, high)} with 95\u00a0% confidence."
        else:
            deck += f" {certainty}."
    elif value == math.inf:
        headline, certainty = f"All {nouns} fall on weekends", "No workday holds any"
        mark = subject.weekend
    elif (
        coverage.n_covered >= ENOUGH_DAYS_FOR_WEEKENDS
        and int(frame["covered_searches"].sum()) >= ENOUGH_SEARCHES
    ):
        headline, emphasis, certainty, mark = _say_fullest(frame, subject, rng)
    else:
        headline, deck, certainty = _say_too_few(frame, subject)
    notes = [note_coverage(coverage), ("How sure", certainty + ".")]
    return Finding(
        "weekdays", "Weeks", headline, emphasis, deck, certainty, tuple(notes),
        _describe(frame, subject), HOW, remarkable, mark=mark,
    )  # fmt: skip


def answer_weekdays(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by weekday; extra: ratio, one row (ratio, low, high)."""
    frame, ratio = count_by_weekday(subject), weekend_ratio(subject, rng)
    return Answer({MAIN: frame, "ratio": list_ratio(ratio)}, find_weekdays(frame, ratio, subject, rng))


def _say_ratio(value: float, low: float, high: float, nouns: str) -> tuple[str, str, str]:
    """Return headline, emphasis ('' without a claim) and certainty."""
    if low <= 1 <= high or abs(1 - value) < SMALLEST_CHANGE:
        certainty = f"Between {_say_change(low)} and {_say_change(high)}"
        if not low < 1 < high:
            certainty = f"Between {_say_distances(low, high)} {'fewer' if value < 1 else 'more'}"
        if 1 - low > WIDE or high - 1 > WIDE:
            certainty += ": uncertain"
        return "Weekends look like workdays", "", certainty
    certainty = f"Between {_say_distances(low, high)}"
    if value == 0:
        return f"Weekends bring no {nouns}", f"no {nouns}", "Not one on any covered weekend day"
    phrase = _say_change(value)
    return f"Weekends bring {phrase} {nouns} than workdays", phrase, certainty


def _say_change(ratio: float) -> str:
    return f"{say_percent(abs(1 - ratio))} {'fewer' if ratio < 1 else 'more'}"


def _say_distances(low: float, high: float) -> str:
    """Write how far the ends of an interval lie from equal, the nearer first: 24 and 33 %."""
    nearer, further = sorted((abs(1 - low), abs(1 - high)))
    return say_percents(nearer, further, "and")


def _say_fullest(
    frame: pd.DataFrame, subject: Subject, rng: np.random.Generator
) -> tuple[str, str, str, tuple[int, ...]]:
    """Speak of the fullest weekday where weekends and workdays cannot be compared."""
    rates, days = frame["per_day"].to_numpy(dtype=float), count_covered_days(subject)
    best, chance = find_top(rates, resample_rates(days.totals, days.weekday, 7, draw_weights(days.days, rng)))
    certainty = f"The highest {say_chance(chance)}"
    if chance < CLEAR:
        return "No weekday stands out", "", certainty, ()
    phrase = f"{say_rate(rates[best])} {subject.nouns} a day"
    return f"{WEEKDAYS[best]}s are the fullest: {phrase}", phrase, certainty, (best,)


def _say_too_few(frame: pd.DataFrame, subject: Subject) -> tuple[str, str, str]:
    n, nouns = subject.coverage.n_covered, subject.nouns
    deck = (
        f"Weekends are compared after {ENOUGH_DAYS_FOR_WEEKENDS} covered days with {ENOUGH_SEARCHES} {nouns}."
    )
    certainty = f"{say_count(n)} of the {ENOUGH_DAYS_FOR_WEEKENDS} covered days that it takes"
    if n >= ENOUGH_DAYS_FOR_WEEKENDS:
        n_searches = int(frame["covered_searches"].sum())
        certainty = f"{say_count(n_searches)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
        return say_too_few(n_searches, subject.noun, nouns, "to compare weekends"), deck, certainty
    if subject.coverage.n_rows == 0:
        return f"No {nouns} to count yet", deck, certainty
    which = "covered day" if n else "day"
    return say_too_few(n or len(subject.days), which, f"{which}s", "to compare weekends"), deck, certainty


def _describe(frame: pd.DataFrame, subject: Subject) -> str:
    rates = frame["per_day"].to_numpy(dtype=float)
    if not np.isfinite(rates).any():
        return f"Nothing is drawn: no covered day of {subject.nouns}."
    best, worst = int(np.nanargmax(rates)), int(np.nanargmin(rates))
    return (
        f"Bars, {subject.nouns} per covered day by weekday, {subject.coverage.years}. "
        f"Highest {WEEKDAYS[best]}, {say_rate(rates[best])}; "
        f"lowest {WEEKDAYS[worst]}, {say_rate(rates[worst])}."
    )
