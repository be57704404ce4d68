"""People for cohorts, drawn from rates that the tests choose: the small tables that their patterns hold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from pipeline.patterns.cohort_people import Person, measure_person
from pipeline.patterns.coverage import Coverage

YEARS = (2023, 2024, 2025)
OPTIONAL_TABLES = {"quiet": "quiet--habit", "months": "months", "drift": "clock"}


def invent_frames(
    rng: np.random.Generator,
    *,
    centre: float = 18.0,
    rate: float = 20.0,
    weekend: float = 0.7,
    dip: tuple[int, float] = (8, 0.7),
    begin: float = 9.0,
    lack: Collection[str] = (),
) -> dict[str, pd.DataFrame]:
    """Return the tables of a person whose hours lie about ``centre``, without those of what they lack."""
    hours = np.arange(24) + 0.5
    curve = np.exp(1.4 * np.cos((hours - centre) / 24 * 2 * np.pi))
    curve /= curve.sum()
    weeks = 114
    rates = np.where(np.isin(np.arange(7), (5, 6)), weekend, 1.0) * rate
    cells = rng.poisson(np.outer(rates, curve) * weeks)
    week = pd.DataFrame(
        {
            "weekday": np.repeat(np.arange(7), 24),
            "hour": np.tile(np.arange(24), 7),
            "per_week": cells.ravel() / weeks,
        }
    )
    whole = cells.sum(axis=1)
    weekdays = pd.DataFrame(
        {
            "weekday": np.arange(7),
            "covered_searches": whole,
            "covered_days": weeks,
            "per_day": whole / weeks,
        }
    )
    months = pd.DataFrame({"year": np.repeat(YEARS, 12), "month": np.tile(np.arange(1, 13), len(YEARS))})
    months["per_day"] = rate * np.where(months["month"] == dip[0], dip[1], 1.0) * rng.lognormal(0, 0.1, 36)
    months["searches"] = (months["per_day"] * 30).astype("int64") + 10
    clock = pd.DataFrame({"year": YEARS, "n": 6000, "mean_hour": (centre + rng.normal(0, 0.15, 3)) % 24})
    clock = clock.assign(low=clock["mean_hour"] - 0.3, high=clock["mean_hour"] + 0.3, length=0.4)
    habit = pd.DataFrame({"start": [begin + rng.normal(0, 0.5)], "end": [begin + 8 + rng.normal(0, 0.5)]})
    frames = {
        "week": week, "weekdays": weekdays, "months": months, "clock": clock,
        "quiet--habit": habit,
    }  # fmt: skip
    for name in lack:
        if name in OPTIONAL_TABLES:
            frames[OPTIONAL_TABLES[name]] = frames[OPTIONAL_TABLES[name]].iloc[:0]
    return frames


def invent_coverage(*, n_covered: int = 798, product: str = "search", action: str = "searched") -> Coverage:
    """Return what the archive of an invented person covers."""
    return Coverage(
        date(2023, 1, 1), date(2025, 12, 31), 1096, n_covered, 10_000, date(2025, 12, 31), product, action,
        "search", "searches", "searched", "Europe/Paris",
    )  # fmt: skip


def invent_person(name: str, seed: int, **kind: object) -> Person:
    """Return an invented person's part in a cohort."""
    frames = invent_frames(np.random.default_rng(seed), **kind)  # type: ignore[arg-type]
    person = measure_person(name, frames, invent_coverage())
    assert person is not None
    return person


def invent_two_kinds(n_early: int = 7, n_late: int = 8) -> list[Person]:
    """Return people of whom some centre about 14:00 and the others about 20:00."""
    rng = np.random.default_rng(5)
    early = [(f"early{k:02}", 14 + rng.normal(0, 0.5)) for k in range(n_early)]
    late = [(f"late{k:02}", 20 + rng.normal(0, 0.5)) for k in range(n_late)]
    return [
        invent_person(name, seed, centre=centre, begin=centre - 9, rate=float(rng.lognormal(3, 0.5)))
        for seed, (name, centre) in enumerate([*early, *late])
    ]


def invent_alike(n: int = 12, centre: float = 18.0) -> list[Person]:
    """Return people who keep the same hours."""
    return [invent_person(f"p{seed:02}", seed, centre=centre) for seed in range(n)]
