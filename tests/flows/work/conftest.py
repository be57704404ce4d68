"""Subjects with a rhythm that is planted, or with none, made of hourly counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.patterns.subject import Subject
from pipeline.settings import ZoneSpan

MakeSubject = Callable[..., Subject]
FIRST_DAY = np.datetime64("2023-01-02", "D")  # a Monday


@pytest.fixture(scope="session")
def home_zone() -> tuple[ZoneSpan, ...]:
    return (ZoneSpan(None, "UTC"),)


@pytest.fixture(scope="session")
def make_subject() -> MakeSubject:
    """Searches from a (days, 24) table of counts, the first day a Monday; ``gap`` days are not covered."""

    def make(
        counts: NDArray[np.int64],
        *,
        gap: slice = slice(0, 0),
        weekend: tuple[int, ...] = (5, 6),
        text: str = "kites",
        product: str = "search",
    ) -> Subject:
        days = FIRST_DAY + np.arange(len(counts))
        hours = (days.astype("datetime64[h]")[:, None] + np.arange(24)).ravel()
        local = pd.Series(np.repeat(hours, counts.ravel()).astype("datetime64[ms]"))
        rows = pd.DataFrame(
            {
                "time": local.dt.tz_localize("UTC"),
                "product": product,
                "action": "searched",
                "text": text,
                "url": None,
                "local": local,
                "date": local.dt.normalize(),
                "hour": local.dt.hour,
            }
        )
        covered = pd.DatetimeIndex(np.delete(days, gap).astype("datetime64[ms]"))
        return Subject(
            rows, product, "searched", "search", "searches", "searched", covered, "UTC", weekend, 0
        )

    return make


@pytest.fixture(scope="session")
def draw_rhythm() -> Callable[..., NDArray[np.int64]]:
    """Counts of a (days, 24) rhythm; ``effect`` 0 makes every hour of every day alike."""

    def draw(n_days: int, *, seed: int = 0, effect: float = 1.0, level: float = 1.5) -> NDArray[np.int64]:
        hours = np.arange(24)
        workday = 1 + effect * np.where((hours >= 8) & (hours < 18), 1.5, -0.7)
        weekend = 1 + effect * np.where((hours >= 14) & (hours < 23), 1.2, -0.7)
        is_weekend = np.arange(n_days) % 7 >= 5
        rates = level * np.where(is_weekend[:, None], weekend, workday)
        return np.random.default_rng(seed).poisson(rates).astype(np.int64)

    return draw
