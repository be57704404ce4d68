"""The forecast's models beside the pattern's: the same question asked of months, with season and without.

It goes the way of a pattern's answer, redaction included, but needs the models; so it is made here. The
replayed seasons are taken from the pattern, not made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from flows.work.forecast_ways import (
    ALIKE,
    BLOCKS,
    N_DRAWS,
    WAYS,
    WEEKS,
    Known,
    Outcomes,
    count_outcomes,
    is_near,
    keep_common,
    list_fits,
    measure_months,
    seed_way,
    try_way,
)
from models.comparison import Avoided, compare_few_blocks
from models.errors import InputError
from models.forecasting.backtest import Backtest
from models.forecasting.fits import Fit
from models.types import Array
from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.forecast import CHANCES
from pipeline.patterns.forecast_replay import N_REPLAYS
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    NO_BREAK,
    count_noun,
    say_count,
    say_percent,
    say_percents,
)

NAME = "forecast_ways"
BAND = (0.1, 0.5, 0.9)
MUCH_ALIKE = 1  # chances in twenty
TOO_NEAR = "less than a month is to come, and within one they leave nothing to chance."
ENOUGH_YEARS = 3  # of tries, before their losses are compared
SEED = 0
HOW = (
    "Seasons: the replayed weeks of the picture before. Seasonal months: each month’s rate against the mean "
    "of the twelve before it, as a season and what is left over; the leftovers are drawn three months at a "
    "time from around the same months of past years, and set on the season and on the level that the path "
    "has come to. Months alike: the rates of all whole months, each of ten covered days or more, as a "
    "sample of one curve; which, AIC says, of seven fitted by maximum likelihood; months are drawn from it "
    "independently, between the lowest and the highest that there was. The distance is Kolmogorov’s and "
    "Smirnov’s, the largest between the curve’s share and the months’. Johnson’s curve is fitted by five "
    "quantiles, so its AIC and BIC are only upper bounds of the least that one could have. Tries: the same "
    "from the last day of each past month, at most 36, for as many days ahead, with what was known by then; "
    "the table counts those that all its ways made, but for a way that made fewer than six. The pinball loss "
    "is the mean over nineteen quantiles of what stating them cost, in {nouns}: the least is the best. Tries "
    "overlap where more than a month is asked about, so the interval comes from how years of tries differ "
    "(Student’s t)."
)


class Beside(NamedTuple):
    """What the ways say of one year's count, and how each fared."""

    year: int
    target: int
    n_ahead: int
    chances: dict[str, int]  # in twenty
    tries: dict[str, Backtest]  # of the two, those that both made
    fits: tuple[Fit, ...]
    n_months: int
    avoided: Avoided | None  # of the loss of months alike, by replayed seasons, in these tries
    outcomes: Outcomes | None  # of seasonal months, where they are a handful


def answer_beside(subject: Subject, forecast: Answer | None, *, seed: int = SEED) -> Answer | None:
    """Ask the pattern's question of the models.

    ``None`` where it could not answer, months are few, or less than a month is to come.

    Gives main: date, count, then seasons_low, seasons, seasons_high, alike_low, alike, alike_high (80 % bands
    and middles of the running count). Extras: ways [way, chance_in_20, low, high, tries, held, loss], fits
    [curve, aic, bic, distance].
    """
    if forecast is None or "target" not in forecast.frames:
        return None
    table = count_covered_days(subject)
    known = Known(table.days, table.totals.astype(float))
    is_past = forecast.frame["count"].notna()
    so_far = float(forecast.frame["count"][is_past].iloc[-1])
    coming = forecast.frame[~is_past].reset_index(drop=True)
    days = coming["date"].to_numpy().astype("datetime64[D]")
    target = int(forecast.frames["target"]["target"].iloc[0])
    if is_near(known.days[-1].astype(object), days[-1].astype(object)):
        return None
    try:
        rates = measure_months(known)[0]
        fits = list_fits(rates)
        paths = {
            name: so_far + np.cumsum(_draw(name, known, days, seed), axis=1) for name in (ALIKE, BLOCKS)
            if name == ALIKE or _can_draw(name, known, days, seed)
        }  # fmt: skip
    except InputError:
        return None
    tried = {name: try_way(WAYS[name], known, len(days), seed) for name in (WEEKS, *paths)}
    both = {name: tried[name] for name in (WEEKS, ALIKE)}
    chances = {WEEKS: int(forecast.frames["target"]["chance_in_20"].iloc[0])}
    chances |= {name: count_chances(path[:, -1], target) for name, path in paths.items()}
    bands = {WEEKS: (float(coming["q10"].iloc[-1]), float(coming["q90"].iloc[-1]))}
    for name, path in paths.items():
        low, high = np.rint(np.quantile(path[:, -1], (BAND[0], BAND[2])))
        bands[name] = float(low), float(high)
    beside = Beside(
        int(days[-1].astype(object).year), target, len(days), chances,
        keep_common(both), fits, int(np.isfinite(rates).sum()), compare_tries(*both.values()),
        count_outcomes(BLOCKS, paths[BLOCKS][:, -1], target) if BLOCKS in paths else None,
    )  # fmt: skip
    main = _frame_fans(forecast.frame, coming, np.rint(np.quantile(paths[ALIKE], BAND, axis=0)))
    frames = {MAIN: main, "ways": _frame_ways(chances, bands, keep_common(tried)), "fits": _frame_fits(fits)}
    return Answer(frames, find_beside(beside, frames["ways"], subject))


def add_beside(answers: Mapping[str, Answer], subject: Subject, *, seed: int = SEED) -> dict[str, Answer]:
    """Return the answers with what the models say beside the forecast, or in it why they say nothing."""
    forecast = answers.get("forecast")
    beside = answer_beside(subject, forecast, seed=seed)
    if beside is not None:
        return {**answers, NAME: beside}
    if forecast is None or "target" not in forecast.frames:
        return dict(answers)
    finding, days = forecast.finding, forecast.frame["date"].dt.date
    now = days[forecast.frame["count"].notna()].iloc[-1]
    why = TOO_NEAR if is_near(now, days.iloc[-1]) else "too few whole months are known."
    note = ("Other ways", f"Ways made of whole months are left out: {why}")
    told = replace(forecast, finding=replace(finding, notes=(*finding.notes, note)))
    return {**answers, "forecast": told}


def count_chances(totals: Array, target: int) -> int:
    """Return how many of twenty equally likely totals pass ``target``."""
    return int((np.rint(np.quantile(totals, (np.arange(CHANCES) + 0.5) / CHANCES)) > target).sum())


def find_beside(beside: Beside, ways: pd.DataFrame, subject: Subject) -> Finding:
    """Say what the season and the present level do to the chance."""
    seasons, alike = beside.chances[WEEKS], beside.chances[ALIKE]
    number = say_count(beside.target)
    untried = [name for name in (WEEKS, ALIKE) if len(beside.tries[name].truth) == 0]
    if untried:  # nothing says that the one is nearer than the other
        emphasis = "neither could be tried" if len(untried) == 2 else f"{untried[0]} could hardly be tried"
        headline = f"{seasons} of {CHANCES} replayed seasons pass {number}, {alike} of {CHANCES} with all "
        headline += f"months alike; {emphasis}"
    elif abs(seasons - alike) <= MUCH_ALIKE:
        emphasis = "much the same chance"
        headline = f"Were all months alike, {beside.year} would have {emphasis} to pass {number}"
    else:
        emphasis = f"{count_noun(alike, 'chance', 'chances')} of {CHANCES}, not in {seasons}"
        headline = f"Were all months alike, {beside.year} would pass {number} in {emphasis}"
    curve = next(fit.name for fit in beside.fits if not fit.name.startswith("Johnson"))
    deck = (
        f"Filled: {say_count(N_REPLAYS)} replays of past seasons, as above. Outlined: months drawn from one "
        f"{curve} curve, which fits the {beside.n_months} whole months best. Each holds 80 of "
        "100 outcomes."
    )
    certainty = say_tries(beside)
    fared = certainty if len(untried) == 2 else f"{certainty}. {say_losses(beside)}".removesuffix(".")
    notes = [("How they fared", f"{fared}.")]
    if BLOCKS in beside.chances:
        text = f"{count_noun(beside.chances[BLOCKS], 'chance', 'chances')} in {CHANCES}"
        if beside.outcomes:
            text = f"{beside.outcomes.n_passing} of the {beside.outcomes.n} different outcomes pass"
        notes.append(("Seasonal months", f"{text}, from whole months that keep their place in the year."))
    row = ways.set_index("way")
    ends = {
        name: f"{say_count(int(row['low'][name]))} to {say_count(int(row['high'][name]))}"
        for name in (WEEKS, ALIKE)
    }
    alt = (
        f"Line and two fans, {subject.nouns} through {beside.year}. In 80 of 100 outcomes replayed seasons "
        f"end at {ends[WEEKS]}, months alike at {ends[ALIKE]}; {seasons} and {alike} in {CHANCES} pass "
        f"{number}."
    )
    how = HOW.replace("{nouns}", subject.nouns)
    return Finding(
        NAME, "Forecast", headline, emphasis, deck, certainty, tuple(notes), alt, how, mark=(beside.target,)
    )


def say_tries(beside: Beside) -> str:
    """Write how often the bands held what came: the 80 % band of replayed seasons held 29 times."""
    seasons, alike = (beside.tries[name].hold() for name in (WEEKS, ALIKE))
    n = len(seasons)
    if n == 0:
        return "No past month could be tried"
    tries = "In the one try from a past month" if n == 1 else f"In {n} tries from past months"
    other = f", that of months alike {alike.sum()} of {len(alike)}" if len(alike) else ""
    return (
        f"{tries}, {count_noun(beside.n_ahead, 'day', 'days')} ahead, the 80{NO_BREAK}% band of replayed "
        f"seasons held {seasons.sum()} of {n}{other}"
    )


def say_losses(beside: Beside) -> str:
    """Write whose loss is the smaller, where that is clear."""
    avoided = beside.avoided
    if avoided is None:
        return "Too few years could be tried to say which is the better."
    low, high = sorted((abs(avoided.low), abs(avoided.high)))
    span = f"{say_percent(abs(avoided.share))}, from {say_percents(low, high)}"
    if avoided.low > 0:
        return f"The seasons’ pinball loss is the smaller, by {span}."
    if avoided.high < 0:
        return f"The seasons’ pinball loss is the larger, by {span}."
    return "Neither has clearly the smaller pinball loss."


def _can_draw(name: str, known: Known, days: Array, seed: int) -> bool:
    try:
        _draw(name, known, days, seed)
    except InputError:
        return False
    return True


def _draw(name: str, known: Known, days: Array, seed: int) -> Array:
    """Return the counts of the ``days`` to come, (n_draws, n_days); days before them are left out."""
    return WAYS[name](known, days[-1], seed_way(name, seed), N_DRAWS)[:, -len(days) :]


def compare_tries(seasons: tuple[Backtest, Array], alike: tuple[Backtest, Array]) -> Avoided | None:
    """Compare the losses of the tries that both made, by years of tries; ``None`` under three years.

    Of three or four years the interval is taken from how they differ: draws of so few again are all alike.
    """
    common, first, second = np.intersect1d(seasons[1], alike[1], return_indices=True)
    years = common.astype("datetime64[Y]").astype(np.int64)
    if len(np.unique(years)) < ENOUGH_YEARS:
        return None
    losses = seasons[0].losses[first], alike[0].losses[second]
    return compare_few_blocks(*losses, years)


def _frame_fans(frame: pd.DataFrame, coming: pd.DataFrame, alike: Array) -> pd.DataFrame:
    past = frame[frame["count"].notna()][["date", "count"]]
    fans = pd.DataFrame(
        {
            "date": coming["date"],
            "seasons_low": coming["q10"],
            "seasons": coming["q50"],
            "seasons_high": coming["q90"],
            "alike_low": alike[0],
            "alike": alike[1],
            "alike_high": alike[2],
        }
    )
    columns = ["date", "count", *fans.columns[1:]]
    whole = pd.concat([past, fans], ignore_index=True).reindex(columns=columns)
    return whole.astype({"date": "datetime64[ms]", **dict.fromkeys(columns[1:], "float64")})


def _frame_ways(
    chances: dict[str, int], bands: dict[str, tuple[float, float]], tries: dict[str, Backtest]
) -> pd.DataFrame:
    rows = [
        (
            name, chances[name], *bands[name], len(tries[name].truth), int(tries[name].hold().sum()),
            float(tries[name].losses.mean()) if len(tries[name].truth) else np.nan,
        )
        for name in chances
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["way", "chance_in_20", "low", "high", "tries", "held", "loss"])
    whole = dict.fromkeys(("chance_in_20", "tries", "held"), "int64")
    return frame.astype({"way": "str", **whole, **dict.fromkeys(("low", "high", "loss"), "float64")})


def _frame_fits(fits: tuple[Fit, ...]) -> pd.DataFrame:
    """List the curves; one that rules out some of the months has no AIC."""
    rows = [
        (fit.name, *(value if np.isfinite(value) else np.nan for value in (fit.aic, fit.bic)), fit.distance)
        for fit in fits
    ]
    return pd.DataFrame(rows, columns=["curve", "aic", "bic", "distance"]).astype(
        {"curve": "str", **dict.fromkeys(("aic", "bic", "distance"), "float64")}
    )
