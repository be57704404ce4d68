"""Will this year pass a round number? The rest of the year replayed from the same season of past years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import floor, log10

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import count_all_days, count_covered_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.forecast_levels import Days, Floats
from pipeline.patterns.forecast_replay import N_REPLAYS, replay_seasons
from pipeline.patterns.forecast_tries import (
    ENOUGH_COUNTED,
    ENOUGH_DAYS,
    ENOUGH_WEEKS,
    count_known_weeks,
    find_until,
    has_enough,
    say_tries,
    try_past_years,
)
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    NO_BREAK,
    begin,
    count_noun,
    say_count,
    say_short_day,
    say_too_few,
    spell_small,
)

CHANCES = 20
SHARES = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)
QUANTILES = ("q02", "q10", "q25", "q50", "q75", "q90", "q97")
LEAST_STEP = 0.02  # of the median, where the outcomes hardly differ
ODDS = ((1, "very unlikely"), (6, "unlikely"), (13, "about even"), (18, "likely"), (20, "very likely"))
HOW = (
    "Days are gathered into weeks, and each week is a level times a season times chance. The season is what "
    "past years share, as the mean of their weeks against the level of their own time, and is drawn towards "
    "none as far as the years differ. The level follows the weeks by exponential smoothing; how fast, is "
    f"weighed by the errors that it made. The rest of the year is replayed {N_REPLAYS:,} times: the present "
    "level, the season, and the errors of past weeks from around the same date, two weeks at a time, each of "
    "which moves the level on. Errors are widened for few weeks and few years. With one past year half of "
    "the replays have no season; with none, all, and the last months are replayed. Days that no source "
    "covers are gaps, not zeros. The number asked about is the multiple nearest the middle outcome of the "
    f"largest of 1, 2 or 5 and noughts that is no wider than the 80{NO_BREAK}% band. Each chance is one of "
    "twenty outcomes in order, from the middle of the lowest twentieth to that of the highest. Past years "
    "are tried from the same date, with only what was known by then."
)


@dataclass(frozen=True, eq=False)
class Forecast:
    """The count of one year: so far, replayed, and against a target."""

    year: int
    past: pd.DataFrame  # date, count: up to now, in the year
    days: Days  # to come, in the year
    paths: Floats  # (n_replays, n_days) the count by the end of each day
    n_years: int  # past years that were replayed
    target: int
    tries: pd.DataFrame

    @property
    def totals(self) -> Floats:
        """(n_replays,) the count at the year's end."""
        return np.asarray(self.paths[:, -1])

    @property
    def outcomes(self) -> Floats:
        """(20,) equally likely totals, in order."""
        return np.rint(np.quantile(self.totals, (np.arange(CHANCES) + 0.5) / CHANCES))

    @property
    def chances(self) -> int:
        """How many of the twenty outcomes pass the target."""
        return int((self.outcomes > self.target).sum())

    @property
    def so_far(self) -> int:
        """The count up to now."""
        return int(self.past["count"].iloc[-1])


def answer_forecast(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give main: date, count (up to now), q02 to q97 (after it), the count's quantiles by each day's end.

    Extras: target [target, chance_in_20, low, high] (the middle half of outcomes), outcomes [outcome] (the
    twenty), backtest [year, predicted_low, predicted_high, true]; where there is too little, short [what,
    n, needed] in place of these, and no quantile.
    """
    table = count_covered_days(subject)
    days, counts = table.days, table.totals.astype(float)
    if not has_enough(days, counts):
        short = _list_missing(days, counts, subject)
        return Answer({MAIN: _frame_paths(_count_so_far(subject), None), "short": short},
                      _find_too_little(short, subject))  # fmt: skip
    forecast = forecast_year(subject, days, counts, rng)
    low, high = (float(np.rint(np.quantile(forecast.totals, share))) for share in (0.25, 0.75))
    target = pd.DataFrame({"target": [forecast.target], "chance_in_20": [forecast.chances]}, dtype="int64")
    frames = {
        MAIN: _frame_paths(forecast.past, forecast),
        "target": target.assign(low=low, high=high),
        "outcomes": pd.DataFrame({"outcome": forecast.outcomes}),
        "backtest": forecast.tries,
    }
    return Answer(frames, find_forecast(forecast, (low, high), subject))


def forecast_year(subject: Subject, days: Days, counts: Floats, rng: np.random.Generator) -> Forecast:
    """Replay the rest of the year of the last of the covered ``days``, and choose the number to pass."""
    now = days[-1].astype(object)
    until = find_until(now)
    past = _count_so_far(subject)
    replays = replay_seasons(days, counts, np.datetime64(until), rng)
    to_come = days[-1] + 1 + np.arange(replays.counts.shape[1])
    inside = to_come >= np.datetime64(date(until.year, 1, 1))
    paths = past["count"].iloc[-1] + np.cumsum(replays.counts[:, inside], axis=1)
    target = choose_target(np.rint(paths[:, -1]), int(past["count"].iloc[-1]))
    tries = try_past_years(days, counts, rng)
    return Forecast(until.year, past, to_come[inside], paths, replays.n_years, target, tries)


def choose_target(totals: Floats, so_far: int) -> int:
    """Return the multiple of a round step nearest the median, above ``so_far``.

    The step is the largest of 1, 2, 5, 10 … that is no wider than the 80 % band (or 2 % of the median).
    """
    low, middle, high = (float(np.quantile(totals, share)) for share in (0.1, 0.5, 0.9))
    width = max(high - low, LEAST_STEP * middle, 1.0)
    unit = 10 ** floor(log10(width))
    step = next(unit * factor for factor in (5, 2, 1) if unit * factor <= width)
    nearest = int(step * floor(middle / step + 0.5))
    return nearest if nearest > so_far else (so_far // step + 1) * step


def say_odds(chances: int) -> str:
    """Write chances in twenty as words: about even."""
    return next(words for most, words in ODDS if chances <= most)


def find_forecast(forecast: Forecast, half: tuple[float, float], subject: Subject) -> Finding:
    """Say how likely the year passes the target."""
    nouns, k, year = subject.nouns, forecast.chances, forecast.year
    now = forecast.past["date"].iloc[-1].date()
    is_tried = len(forecast.tries) > 0
    emphasis = f"{begin(say_odds(k))}: {count_noun(k, 'chance', 'chances')} in {CHANCES}"
    if not is_tried:  # nothing says how often such replays come true
        emphasis = f"{k} of {CHANCES} replays do"
    headline = f"Will {year} pass {count_noun(forecast.target, subject.noun, nouns)}? {emphasis}"
    begun = forecast.past["date"].iloc[0].date()
    if now.year != year:
        start = f"The archive ends with {now.year}: where"
    elif (begun.month, begun.day) == (1, 1):
        start = f"{begin(nouns)} so far this year, and where"
    else:
        start = f"{begin(nouns)} since {say_short_day(begun)}, when the archive begins, and where"
    what = "past seasons" if forecast.n_years else "the recent months"
    deck = (
        f"{start} {say_count(N_REPLAYS)} replays of {what} lead: bands hold 50, 80 and 95 of 100. Each "
        f"circle is one {'chance' if is_tried else 'outcome'} in {CHANCES}; filled circles pass the mark."
    )
    certainty = begin(say_tries(forecast.tries))
    ends = f"{say_count(round(half[0]))} to {say_count(round(half[1]))}"
    notes = [
        note_coverage(subject.coverage),
        ("How sure", f"{certainty}. The middle half of outcomes: {ends}."),
        ("What it assumes", _say_assumed(forecast.n_years)),
    ]
    n_missing = _count_uncovered(forecast.past, subject)
    if n_missing:
        lacks = count_noun(n_missing, "day", "days")
        notes.append(("Not counted", f"{lacks} of {year} so far that the archive does not cover."))
    reached = f"{say_count(forecast.so_far)} by {say_short_day(now)}; h" if now.year == year else "H"
    alt = (
        f"Line and fan, {nouns} through {year}, counted and replayed. {reached}alf of the outcomes lie "
        f"between {say_count(round(half[0]))} and {say_count(round(half[1]))}; {k} in {CHANCES} pass "
        f"{say_count(forecast.target)}."
    )
    return Finding(
        "forecast", "Forecast", headline, emphasis, deck, certainty, tuple(notes), alt, HOW,
        mark=(forecast.target,),
    )  # fmt: skip


def _say_assumed(n_years: int) -> str:
    if n_years == 0:
        return "That the pace of the last months goes on. No past year holds these dates: no season is known."
    if n_years == 1:
        return (
            "That the present pace goes on as it has. One past year cannot tell a season from a change of "
            "pace: half of the replays take it for a season."
        )
    return (
        f"That the present pace goes on as it has, with the season of {spell_small(n_years)} past years; "
        "nothing new is foreseen."
    )


def _count_so_far(subject: Subject) -> pd.DataFrame:
    """List date and count, day by day of the year in question up to the last covered day."""
    table = count_all_days(subject)
    if len(subject.covered) == 0:
        return pd.DataFrame(
            {"date": np.array([], dtype="datetime64[ms]"), "count": np.array([], dtype=float)}
        )
    now = subject.covered[-1].date()
    first = date(find_until(now).year, 1, 1)
    if first > now:  # the coming year begins with nothing
        return pd.DataFrame({"date": np.array([now], dtype="datetime64[ms]"), "count": [0.0]})
    begins = max(np.datetime64(first), table.days[0])
    days = np.arange(begins, np.datetime64(now) + 1)
    kept = (table.days >= begins) & (table.days <= days[-1])
    counts = np.bincount(
        (table.days[kept] - begins).astype(np.int64), weights=table.totals[kept], minlength=len(days)
    )
    return pd.DataFrame({"date": days.astype("datetime64[ms]"), "count": np.cumsum(counts)})


def _frame_paths(past: pd.DataFrame, forecast: Forecast | None) -> pd.DataFrame:
    parts = [past]
    if forecast is not None:
        ends = np.rint(np.quantile(forecast.paths, SHARES, axis=0))
        dates = forecast.days.astype("datetime64[ms]")
        parts.append(pd.DataFrame({"date": dates, **dict(zip(QUANTILES, ends, strict=True))}))
    frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else past
    return frame.reindex(columns=["date", "count", *QUANTILES]).astype(
        {"date": "datetime64[ms]", **dict.fromkeys(("count", *QUANTILES), "float64")}
    )


def _count_uncovered(past: pd.DataFrame, subject: Subject) -> int:
    """Count the days from the first to the last of ``past`` that no source covers."""
    return int((~pd.DatetimeIndex(past["date"]).isin(subject.covered)).sum())


def _list_missing(days: Days, counts: Floats, subject: Subject) -> pd.DataFrame:
    """List what, n, needed: the first thing that is too little."""
    needs = (
        ("days", len(days), ENOUGH_DAYS),
        (subject.nouns, int(counts.sum()), ENOUGH_COUNTED),
        ("weeks", count_known_weeks(days, counts), ENOUGH_WEEKS),
    )
    row = next(need for need in needs if need[1] < need[2])
    frame = pd.DataFrame([row], columns=["what", "n", "needed"])
    return frame.astype({"what": "str", "n": "int64", "needed": "int64"})


def _find_too_little(short: pd.DataFrame, subject: Subject) -> Finding:
    what, n, needed = short.iloc[0].tolist()
    one = {"days": "day", "weeks": "week"}.get(what, subject.noun)
    lacks = say_too_few(n, f"covered {one}", f"covered {what}", "to look ahead")
    headline = "No forecast before three months" if what == "days" else f"No forecast yet: {lacks.lower()}"
    if n == 0:
        headline = lacks
    deck = f"{lacks}; it takes {say_count(needed)}. A forecast made from less would only look like knowledge."
    certainty = f"{say_count(n)} of the {say_count(needed)} covered {what} that it takes"
    notes = (note_coverage(subject.coverage), ("What is missing", f"{certainty}."))
    alt = f"A bar that fills from nothing to {needed} covered {what}, at {say_count(n)}."
    return Finding("forecast", "Forecast", headline, "", deck, certainty, notes, alt, HOW)
