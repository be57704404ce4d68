"""Invented days, on which a net with two inputs and two outputs can be tried: anyone can make them again.

A level that wanders, a rhythm of the week, and for each weekday hours that are a little its own; the
entries of an hour are Poisson draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array

USUAL = 80.0  # entries a day
RHYTHM = np.array([1.05, 1.1, 1.0, 1.05, 0.95, 0.8, 0.75])  # Monday to Sunday
STAYS, WANDERS = 0.95, 0.12  # of the level's logarithm: how much of it is left a day later, and what is added
OWN = 0.25  # how far a weekday's hours are its own


class Days(NamedTuple):
    """Days in order of time, each with what came before it and what comes after it."""

    hours: Array  # (n_days, 24), the logarithm of one plus the count, less the day's mean of these
    week: Array  # (n_days, 7), the logarithm of the last seven days' counts in tens, the day itself last
    weekday: Array  # (n_days,), 0 to 6
    to_come: Array  # (n_days,), the next day's entries
    rate: Array  # (n_days,), what those were drawn with, which nobody knows


def invent_days(n_days: int, *, rng: np.random.Generator) -> Days:
    """Return ``n_days`` days."""
    n = n_days + 7  # six before the first, one after the last
    weekday = np.arange(n) % 7
    level = np.zeros(n)
    for day in range(1, n):
        level[day] = STAYS * level[day - 1] + WANDERS * rng.normal()
    rate = USUAL * np.exp(level) * RHYTHM[weekday]
    hour = 2 * np.pi / 24 * np.arange(24)
    usual = 1.2 * np.cos(hour - 5.2) + 0.5 * np.cos(2 * hour - 5.8)  # late evening, and before noon
    share = np.exp(usual + OWN * rng.normal(size=(7, 24)))
    share /= share.sum(axis=1, keepdims=True)
    entries = rng.poisson(rate[:, None] * share[weekday])
    count = entries.sum(axis=1)
    logs = np.log1p(entries[6:-1])
    last_week = np.stack([count[back : back + n_days] for back in range(7)], axis=1)
    return Days(
        hours=logs - logs.mean(axis=1, keepdims=True),
        week=np.log(np.maximum(last_week, 1) / 10),
        weekday=weekday[6:-1],
        to_come=count[7:].astype(float),
        rate=rate[7:],
    )
