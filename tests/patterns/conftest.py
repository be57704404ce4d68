"""Invented archives with a known rhythm; nothing here is shared with the patterns or with the sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.subject import Subject, choose_subject
from pipeline.settings import Settings, ZoneSpan

MakeSettings = Callable[..., Settings]
MakeSubject = Callable[..., Subject]

DAYTIME = np.array([2, 1, 0, 0, 0, 0, 0, 1, 4, 6, 7, 7, 6, 6, 7, 6, 5, 4, 4, 5, 7, 9, 6, 4], dtype=float)


@pytest.fixture(scope="session")
def make_settings() -> MakeSettings:
    """Settings of an invented home in UTC, with any field replaced."""

    def make(**fields: object) -> Settings:
        plain = {
            "out": Path("nowhere"),
            "home_zone": (ZoneSpan(None, "UTC"),),
            "weekend": (5, 6),
            "first_weekday": 0,
        }
        return Settings(**{**plain, **fields})  # type: ignore[arg-type]

    return make


def list_activity(
    times: Sequence[str] | np.ndarray, product: str = "search", action: str = "searched", **columns: object
) -> pd.DataFrame:
    """Activity rows at these UTC times."""
    when = pd.Series(pd.DatetimeIndex(np.sort(np.array(times, dtype="datetime64[ms]"))).tz_localize("UTC"))
    frame = pd.DataFrame({"time": when, "product": product, "action": action, "mark": None, "text": None})
    return frame.assign(**columns)


def list_sources(activity: pd.DataFrame, product: str = "search") -> pd.DataFrame:
    """One source that spans the rows of the product."""
    time = activity["time"][activity["product"] == product]
    first, last = (pd.Series(end, dtype="datetime64[ms, UTC]") for end in ([time.min()], [time.max()]))
    names = pd.DataFrame({"export": ["e"], "folder": ["My Activity/Search"], "product": [product]})
    return names.assign(first=first, last=last).dropna()


def draw_times(
    seed: int,
    first: str,
    last: str,
    *,
    a_day: float = 20.0,
    hours: np.ndarray = DAYTIME,
    weekend: float = 1.0,
    months: dict[int, float] | None = None,
    years: dict[int, float] | None = None,
    late: tuple[int, float] | None = None,
    restless: float = 0.3,
    drift: float = 0.0,
) -> np.ndarray:
    """Draw UTC times day by day, from noon to noon at both ends so that every day between is covered.

    ``weekend``, ``months`` and ``years`` multiply a day's rate; ``late`` = (weekday, n) adds n activities
    between 22:00 and 02:00 on such nights; ``restless`` is the spread of a day's own log-normal factor,
    ``drift`` that of its week's, half of which the next week keeps.
    """
    rng = np.random.default_rng(seed)
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    weekday = (days.astype(int) + 3) % 7
    rates = np.full(len(days), a_day) * rng.lognormal(-(restless**2) / 2, restless, len(days))
    if drift:
        rates *= draw_drift(np.random.default_rng(seed + 1000), days, drift)
    rates *= np.where(weekday >= 5, weekend, 1.0)
    month, year = (
        days.astype("datetime64[M]").astype(int) % 12 + 1,
        days.astype("datetime64[Y]").astype(int) + 1970,
    )
    for k, factor in (months or {}).items():
        rates[month == k] *= factor
    for k, factor in (years or {}).items():
        rates[year == k] *= factor
    counts = rng.poisson(rates[:, None] * hours / hours.sum())
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    times = days[cell // 24].astype("datetime64[ms]") + (cell % 24 * 3_600_000).astype("timedelta64[ms]")
    times = times + rng.integers(0, 3_600_000, len(times)).astype("timedelta64[ms]")
    if late:
        nights = np.repeat(days[weekday == late[0]], rng.poisson(late[1], int((weekday == late[0]).sum())))
        extra = rng.integers(22 * 3_600_000, 26 * 3_600_000, len(nights)).astype("timedelta64[ms]")
        times = np.concatenate([times, nights.astype("datetime64[ms]") + extra])
    edges = np.array([np.datetime64(first) - 1, np.datetime64(last) + 1], dtype="datetime64[ms]")
    times = times[(times > edges[0]) & (times < edges[1])]
    return np.concatenate([times, edges + np.timedelta64(12, "h")])


def draw_drift(rng: np.random.Generator, days: np.ndarray, spread: float) -> np.ndarray:
    """Draw a log-normal level of mean 1 for every week, correlated by one half with the week before."""
    weeks = (days.astype(int) + 3) // 7
    level = rng.normal(size=int(weeks[-1] - weeks[0]) + 1)
    for k in range(1, len(level)):
        level[k] = 0.5 * level[k - 1] + 0.75**0.5 * level[k]
    return np.asarray(np.exp(spread * level - spread**2 / 2)[weeks - weeks[0]])


@pytest.fixture(scope="session")
def make_subject(make_settings: MakeSettings) -> MakeSubject:
    """A subject of the given times (UTC home), covered between its first and last entry."""

    def make(
        times: Sequence[str] | np.ndarray, *, product: str = "search", action: str = "searched",
        sources: pd.DataFrame | None = None, weekend: tuple[int, ...] = (5, 6), **columns: object,
    ) -> Subject:  # fmt: skip
        activity = list_activity(times, product, action, **columns)
        spans = list_sources(activity, product) if sources is None else sources
        return choose_subject(activity, spans, make_settings(weekend=weekend, product=product, action=action))

    return make


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def draw() -> Callable[..., np.ndarray]:
    """``draw_times``, for test modules that cannot import this file."""
    return draw_times


@pytest.fixture(scope="session")
def draw_session() -> Callable[..., np.ndarray]:
    """``draw_times`` for fixtures of the whole session."""
    return draw_times
