"""What an auto-encoder holds of weeks: the most usual one and some far ones, as they came and as drawn.

How far a week lies is told by its code: the distance to the mean code, with the covariance of all (that of
Mahalanobis), so that neither the size nor the direction of a number of the code counts by itself.

Reference: P. C. Mahalanobis 1936, *On the Generalised Distance in Statistics*.
"""

from __future__ import annotations

import numpy as np

from flows.work.result import Belief, span_days
from models.types import Array
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.wording import count_noun, say_count, say_days, spell_small

NAME = "denoised_weeks"
COLUMNS = ("number", "week", "weekday", "hour", "came", "drawn")
N_FAR = 3
APART = 60  # days between two far weeks: neighbours are far for one reason
RIDGE = 1e-6  # of the mean variance, for a code with a number that never varies


def measure_distances(codes: Array) -> Array:
    """Return how far each of ``codes (n, k)`` lies from their mean, in spreads."""
    centred = codes - codes.mean(axis=0)
    covariance = centred.T @ centred / len(codes)
    size = max(float(np.trace(covariance)) / len(covariance), np.finfo(np.float64).tiny)
    solved = np.linalg.solve(covariance + RIDGE * size * np.eye(len(covariance)), centred.T)
    distances: Array = np.sqrt((centred * solved.T).sum(axis=1))
    return distances


def tell_weeks(days: Array, codes: Array, came: Array, drawn: Array, unusual: Array) -> Belief:
    """Return the belief of the most usual week, number 0, and of far ones, the farthest number 1.

    ``days (n,)`` are Mondays; ``came`` and ``drawn (n, 7, 24)`` log counts beside those of the mean week;
    ``unusual`` are the Mondays that the pattern of unusual weeks names.
    """
    distances = measure_distances(codes)
    numbers = days.astype("datetime64[D]").astype(np.int64)
    far: list[int] = []
    for k in np.argsort(-distances, kind="stable").tolist():
        if len(far) < N_FAR and all(abs(numbers[k] - numbers[other]) >= APART for other in far):
            far.append(k)
    shown = [int(distances.argmin()), *far]
    hours = (np.arange(24) + FIRST_HOUR) % 24
    rows = tuple(
        (
            float(number), float(numbers[k]), float(weekday), float(hours[place]),
            round(float(came[k, weekday, place]), 4), round(float(drawn[k, weekday, place]), 4),
        )
        for number, k in enumerate(shown)
        for weekday in range(7)
        for place in range(24)
    )  # fmt: skip
    return Belief(
        NAME,
        "Weeks without their chance: the most usual one, and the three farthest by their code",
        "Left of each pair: one half of a week’s searches, hour by hour; right: what the auto-encoder draws "
        "of it from eight numbers, its code. More or less than in the mean week, by the logarithm. "
        + _say_unusual(days[far], unusual),
        f"Pairs of heat maps by weekday and hour, of four of {say_count(len(days))} whole weeks, "
        f"{say_days(*span_days(days))}: as they came, and as they are drawn.",
        COLUMNS,
        rows,
    )


def _say_unusual(far: Array, unusual: Array) -> str:
    """Say how many of the far weeks the pattern of unusual weeks names."""
    if not len(unusual):
        return "The pattern of unusual weeks names none."
    both, of = int(np.isin(far, unusual).sum()), count_noun(len(unusual), "week", "weeks")
    among = spell_small(both) if both else "none"
    return f"The pattern of unusual weeks names {of}, {among} of these three among them."
