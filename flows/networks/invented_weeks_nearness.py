"""How near invented weeks lie to real ones, so that none of them can pass for one.

The distance of two weeks is that of the roots of their 168 counts, over the fourth root of all that both
hold: so neither a busy nor a quiet week lies far from others by its size alone. Real weeks are held out in
two ways: each once, from all others; and the scored ones, from those that the network has learned. How far
do they lie from the nearest? Invented weeks are to lie no nearer, neither to all nor to the learned ones. So
those below a *limit* are drawn again. No limit is below the distance of the nearest two real weeks that
differ; from there on it is the least from which the rest lies at least as far away as the real weeks do, in
the nearest twentieth as in the middle.
"""

from __future__ import annotations

import numpy as np

from flows.networks.invented_weeks_gan import WeekGan, invent_scores
from flows.networks.invented_weeks_shapes import draw_counts
from models.energy_score import find_distances
from models.types import Array
from pipeline.errors import StoreError

PLACES = (0.05, 0.5)  # the quantiles that are compared
SAME = 1e-4  # weeks less far apart hold the same counts
FEWEST_KEPT = 0.1  # of all that are drawn; else they resemble the real weeks too much
MOST_DRAWS = 200  # of one week, before it is given up


def measure_apart(some: Array, others: Array) -> Array:
    """Return (n, m) distances of weeks ``some (n, 168)`` from ``others (m, 168)``; 0 is the same week."""
    size = np.maximum(some.sum(axis=1)[:, None] + others.sum(axis=1), 1)
    apart: Array = find_distances(np.sqrt(some), np.sqrt(others)) / size**0.25
    return apart


def find_nearest(counts: Array, real: Array) -> Array:
    """Return (n,) distances of weeks ``counts (n, 168)`` to the nearest of the ``real`` ones."""
    nearest: Array = measure_apart(counts, real).min(axis=1)
    return nearest


def find_nearest_others(real: Array) -> Array:
    """Return (n,) distances of each real week (n, 168) to the nearest of all others; of two at least."""
    distances = measure_apart(real, real)
    np.fill_diagonal(distances, np.inf)
    nearest: Array = distances.min(axis=1)
    return nearest


def find_limit(invented: Array, real: Array, learned: Array, held_out: Array) -> float | None:
    """Return the least distance to keep invented weeks from, given how near each lies, and each real one.

    ``invented`` and ``real`` are distances to the nearest of all others, ``learned`` those of invented weeks
    to the nearest learned one, ``held_out`` those of scored weeks to it.
    It is never less than the least of two real weeks that differ. ``None`` where fewer than a tenth of the
    invented weeks would be kept, or where all real ones are the same.
    """
    order, least = np.argsort(invented, kind="stable"), float(real[real > SAME].min(initial=np.inf))
    wanted, n_near = np.quantile(real, PLACES), int((invented < least).sum())
    from_learned = np.quantile(held_out, PLACES)
    for n_left in range(n_near, int(len(order) * (1 - FEWEST_KEPT)) + 1):
        kept = order[n_left:]
        far = np.quantile(invented[kept], PLACES) >= wanted
        if far.all() and (np.quantile(learned[kept], PLACES) >= from_learned).all():
            return float(invented[kept[0]]) if n_left > n_near else least
    return None


def draw_weeks(made: WeekGan, waves: Array, rng: np.random.Generator) -> Array:
    """Return counts (n, 168) of weeks invented for the times of the year ``waves``, however near they lie."""
    return draw_counts(made.shapes, invent_scores(made, waves, rng), rng)


def draw_far_weeks(made: WeekGan, waves: Array, real: Array, limit: float, rng: np.random.Generator) -> Array:
    """Return counts (n, 168) of invented weeks, each at least ``limit`` from every ``real`` one.

    Raises ``StoreError`` where a week cannot be drawn so in 200 tries.
    """
    counts = draw_weeks(made, waves, rng)
    near = np.flatnonzero(find_nearest(counts, real) < limit)
    for _ in range(MOST_DRAWS):
        if not len(near):
            return counts
        counts[near] = draw_weeks(made, waves[near], rng)
        near = near[find_nearest(counts[near], real) < limit]
    raise StoreError(
        "A week cannot be invented that lies far enough from the real ones",
        where="models/invented_weeks.npz",
        remedy="Run `almanac learn --only invented_weeks` to teach it by the weeks that there are now.",
    )
