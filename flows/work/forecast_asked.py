"""What the owner asks: will this year pass so many, by a day? Asked of the tables, in each of the three ways.

The year is that of the last covered day. The answer is that of the replayed seasons, with the page's own
draws; on invented archives (steady, seasonal, wandering, both) no other way had bands that held as nearly as
often as they should, or a loss as small, but for months alike where there is neither season nor change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from flows.work.forecast_beside import count_chances
from flows.work.forecast_ways import (
    ALIKE,
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
from models.errors import InputError
from models.forecasting.backtest import Backtest
from models.forecasting.fits import Fit
from models.forecasting.monte_carlo import FAN, Chance, measure_chance, measure_fan
from models.types import Array
from pipeline.errors import SettingsError
from pipeline.patterns.days import count_all_days, count_covered_days
from pipeline.patterns.forecast import answer_forecast
from pipeline.patterns.forecast_levels import WEEK, count_weeks
from pipeline.patterns.forecast_replay import count_past_years
from pipeline.patterns.forecast_tries import has_enough
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_day

SEED = 0


@dataclass(frozen=True, slots=True)
class Way:
    """What one way to look ahead says, and how it fared from past months."""

    name: str
    chance: Chance
    chances_in_20: int
    band: tuple[float, ...]  # the total by the day, at the shares of FAN
    tries: Backtest  # those that all ways made
    outcomes: Outcomes | None = None  # where they are a handful


@dataclass(frozen=True, slots=True)
class Asked:
    """The question and what is known of it; ``ways`` is empty where nothing is left to chance, or too little.

    ``passed``: the day on which the count passed the target, where it has.
    """

    year: int
    target: int
    by: date
    now: date | None  # the last covered day; None: there is none
    so_far: int  # by the end of ``now``, or of ``by`` where that was before
    n_ahead: int  # days
    passed: date | None = None
    too_little: tuple[str, str] | None = None  # what is missing, and how much it takes
    half: date | None = None  # by then half of the replays have passed
    n_years: int = 0  # past years that the replays were drawn from
    ways: tuple[Way, ...] = ()
    fan: tuple[tuple[date, tuple[float, ...]], ...] = ()  # of the first way, by the ends of months
    fits: tuple[Fit, ...] = ()

    @property
    def is_known(self) -> bool:
        """Say whether nothing is left to chance."""
        return self.too_little is None and (self.passed is not None or self.n_ahead == 0)

    @property
    def is_near(self) -> bool:
        """Say whether less than a month is asked about: ways made of months are left out."""
        return self.now is not None and is_near(self.now, self.by)


def ask_forecast(
    subject: Subject, target: int, by: date | None = None, *, coarse: bool = False, seed: int = SEED
) -> Asked:
    """Ask whether the count since 1 January passes ``target`` by the end of ``by``, else of the year.

    Raises ``SettingsError`` for a day of another year, and with ``coarse`` for one that ends no month: its
    answer would be told as that of the whole month.
    """
    if coarse and by is not None and (by + timedelta(days=1)).day != 1:
        raise SettingsError(
            f"{say_day(by)} is not the last day of a month, and coarse answers name no other",
            where="--by",
            remedy=f"Name the last day of a month, such as {_end_month(by)}.",
        )
    covered = count_covered_days(subject)
    if len(covered.days) == 0:
        until = by or date(date.today().year, 12, 31)
        return Asked(until.year, target, until, None, 0, 0, too_little=_find_missing(subject))
    known = Known(covered.days, covered.totals.astype(float))
    now: date = known.days[-1].astype(object)
    until = by or date(now.year, 12, 31)
    if until.year != now.year:
        raise SettingsError(
            f"{say_day(until)} is not of {now.year}, the year of the last covered day",
            where="--by",
            remedy=f"Name a day of {now.year}.",
        )
    days, counts = _count_year(subject, min(now, until))
    so_far = int(counts.sum())
    passing = np.flatnonzero(np.cumsum(counts) > target)
    passed = days[passing[0]].astype(object) if len(passing) else None
    n_ahead = max((until - now).days, 0)
    asked = Asked(now.year, target, until, now, so_far, n_ahead, passed)
    if asked.is_known:
        return asked
    if not has_enough(known.days, known.counts):
        return replace(asked, too_little=_find_missing(subject))
    return _look_ahead(asked, known, seed)


def _look_ahead(asked: Asked, known: Known, seed: int) -> Asked:
    assert asked.now is not None
    end = np.datetime64(date(asked.year, 12, 31))
    paths = {}
    for name, draw in WAYS.items():
        if asked.is_near and name != WEEKS:
            continue
        try:
            drawn = draw(known, end, seed_way(name, seed), N_DRAWS)
        except InputError:
            continue
        paths[name] = asked.so_far + np.cumsum(drawn, axis=1)
    tries = keep_common({name: try_way(WAYS[name], known, asked.n_ahead, seed) for name in paths})
    ways, running = [], paths[WEEKS]
    for name, path in paths.items():
        totals = path[:, asked.n_ahead - 1]
        band = tuple(np.rint(measure_fan(totals[:, None]))[:, 0].tolist())
        chance = measure_chance(np.rint(totals), asked.target)
        n_of_20, outcomes = count_chances(totals, asked.target), count_outcomes(name, totals, asked.target)
        ways.append(Way(name, chance, n_of_20, band, tries[name], outcomes))
    days = known.days[-1] + 1 + np.arange(running.shape[1])
    share = (np.rint(running) > asked.target).mean(axis=0)
    halves = np.flatnonzero(share >= 0.5)
    half = days[halves[0]].astype(object) if len(halves) and halves[0] < asked.n_ahead else None
    fits = list_fits(measure_months(known)[0]) if any(way.name == ALIKE for way in ways) else ()
    fan = tuple(_list_fan(days, running))
    weeks = count_weeks(known.days, known.counts, known.days[-1])
    n_years = count_past_years(weeks, -(-len(days) // WEEK))
    return replace(asked, half=half, n_years=n_years, ways=tuple(ways), fan=fan, fits=fits)


def _end_month(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)


def _list_fan(days: Array, paths: Array) -> list[tuple[date, tuple[float, ...]]]:
    """List the running count's quantiles, at the shares of FAN, by the end of each month to come."""
    ends = (days + 1).astype("datetime64[M]") != days.astype("datetime64[M]")
    values = np.rint(measure_fan(paths[:, ends], FAN)).T
    return [(day.astype(object), tuple(row)) for day, row in zip(days[ends], values.tolist(), strict=True)]


def _count_year(subject: Subject, until: date) -> tuple[Array, Array]:
    """Return the days with a count from 1 January to ``until``, and their counts."""
    table = count_all_days(subject)
    kept = (table.days >= np.datetime64(date(until.year, 1, 1))) & (table.days <= np.datetime64(until))
    return table.days[kept], table.totals[kept]


def _find_missing(subject: Subject) -> tuple[str, str]:
    """Say what is missing in the words of the page's forecast."""
    finding = answer_forecast(subject, np.random.default_rng(SEED)).finding
    return finding.headline, finding.deck
