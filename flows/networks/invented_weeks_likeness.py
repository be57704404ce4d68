"""Invented weeks beside real ones: a few of each to look at, and how alike all of them are in numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flows.work.result import Belief
from models.types import Array
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.wording import say_count

N_SHOWN = 4  # weeks of each kind
N_LOTS = 20  # times that lots are drawn and compared
NAME = "invented_weeks"
COLUMNS = ("invented", "place", "week", "weekday", "hour", "count")


class Likeness(NamedTuple):
    """How far two lots of weeks agree: correlations over hours, and over pairs of blocks of hours."""

    means: float  # of the means of the 168 hours
    spreads: float  # of their standard deviations
    correlations: float  # of the correlations between blocks of four hours


def compare_weeks(some: Array, others: Array) -> Likeness:
    """Compare two lots of counts (n, 168) and (m, 168)."""
    pairs = [(rows.mean(axis=0), rows.std(axis=0), _correlate_blocks(rows)) for rows in (some, others)]
    return Likeness(*(_correlate(one, other) for one, other in zip(*pairs, strict=True)))


def compare_lots(invented: Array, real: Array, rng: np.random.Generator) -> tuple[Likeness, Likeness, int]:
    """Compare invented weeks with real ones, real ones with real ones, and say how many are in a lot.

    Fewer weeks agree less. So all lots are of one size, half of the real weeks; the mean of 20 draws.
    """
    size = min(len(real) // 2, len(invented))
    ours, own = [], []
    for _ in range(N_LOTS):
        one, other = np.split(rng.permutation(len(real))[: 2 * size], 2)
        ours.append(compare_weeks(invented[rng.choice(len(invented), size, replace=False)], real[one]))
        own.append(compare_weeks(real[other], real[one]))
    return Likeness(*np.mean(ours, axis=0).tolist()), Likeness(*np.mean(own, axis=0).tolist()), size


def show_likeness(
    invented: Array, real: Array, weeks: Array, nouns: tuple[str, str], rng: np.random.Generator
) -> Belief:
    """Return the belief: four weeks of each kind, and all of them compared in its words.

    The four are drawn by lot, one of each quarter by how much a week holds, so that they stand for all;
    ``weeks`` are the real ones' Mondays; an invented week has none.
    """
    ours, own, size = compare_lots(invented, real, rng)
    middle, of_real = (int(np.median(rows.sum(axis=1))) for rows in (invented, real))
    lots = [_draw_shown(rows, rng) for rows in (real, invented)]
    days = weeks.astype("datetime64[D]").astype(np.int64)
    rows = tuple(
        (float(kind), float(place), None if kind else float(days[lot]), float(hour // 24),
         float((hour + FIRST_HOUR) % 24), float(count))
        for kind, (lot_of_kind, counts) in enumerate(zip(lots, (real, invented), strict=True))
        for place, lot in enumerate(lot_of_kind, 1)
        for hour, count in enumerate(counts[lot])
    )  # fmt: skip
    return Belief(
        NAME,
        f"An invented week holds {say_count(middle)} {nouns[1]}, a real one {say_count(of_real)}",
        f"{nouns[1].capitalize()} by weekday and hour, one of each quarter by how full they are; above, "
        f"medians. Correlation of {size} invented weeks with "
        f"{size} real ones (1: alike): {ours.means:.2f} in the means of hours, {ours.spreads:.2f} in their "
        f"spreads, {ours.correlations:.2f} in which blocks of four hours go together; of {size} real ones "
        f"with {size} others {own.means:.2f}, {own.spreads:.2f} and {own.correlations:.2f}.",
        f"Heat maps, four real weeks and four invented ones of {nouns[1]} by weekday and clock time. The "
        f"median week holds {say_count(of_real)} and {say_count(middle)}.",
        COLUMNS,
        rows,
    )


def _draw_shown(rows: Array, rng: np.random.Generator) -> Array:
    """Return ``N_SHOWN`` rows' numbers in their order, one by lot of each part of them by their sums."""
    by_sum = np.argsort(rows.sum(axis=1), kind="stable")
    return np.sort([rng.choice(part) for part in np.array_split(by_sum, N_SHOWN)])


def _correlate_blocks(counts: Array) -> Array:
    """Return the correlations between the 42 blocks of four hours, those above the diagonal."""
    blocks = np.sqrt(counts.reshape(len(counts), -1, 4).sum(axis=2))
    centred = blocks - blocks.mean(axis=0)
    unit = centred / np.maximum(np.sqrt((centred**2).sum(axis=0)), 1e-12)
    upper: Array = (unit.T @ unit)[np.triu_indices(blocks.shape[1], 1)]
    return upper


def _correlate(some: Array, others: Array) -> float:
    one, other = some - some.mean(), others - others.mean()
    return float(one @ other / max(float(np.sqrt((one @ one) * (other @ other))), 1e-12))
