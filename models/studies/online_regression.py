"""Profit by population: 1,500 steps with all 97 rows, then rows that come one at a time on a line that moved.

The course descends from (0, 0) with the rate 0.01 along the mean gradient of 97 rows. It has no data for
what comes then, so 600 new rows are made: populations drawn from the 97, profits on a line of another
slope, with the noise that the first line left. Six learners go on, the first four from the course's
weights, the others from the 97 rows:

- the course's online step, a row's gradient **divided by the old 97**: in truth a rate of 0.0001;
- the row's gradient as it is. Where populations are taken as they are, a row with z·z above 2/0.01 = 200
  overshoots, since one step multiplies its error by 1 − rate · z·z;
- the same where populations are standardised, z·z is about 2, and nothing overshoots;
- batches of ten rows, by their mean gradient;
- least squares of all rows with forgetting, which needs no rate;
- the regularised leader, whose rates fall by the gradients that it has met, and forget nothing.

References: A. Ng 2011, *Machine Learning* (Stanford and Coursera), exercise 1 (``ex1.pdf``, ``ex1.m``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from models.online.conformal import AdaptiveInterval
from models.online.descent import OnlineDescent
from models.online.ftrl import FollowTheLeader
from models.online.prequential import Learner, judge_rows
from models.online.recursive import RecursiveLeastSquares
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.types import Array

SOURCE = (
    "A. Ng 2011, Machine Learning (Stanford and Coursera), exercise 1: profit of food trucks in 97 cities"
)
RATE, N_STEPS, N_OLD = 0.01, 1500, 97
LEADER_RATE = 1.0
N_NEW, BATCH_ROWS, FORGETTING, FADE = 600, 10, 0.98, 0.98
NEW_SLOPE = 1.8  # the old one is near 1.17; the lines cross at the mean population
MISS = 0.1
MADE = "the course has no rows to come; these are made, with the slope 1.8"


class Rows(NamedTuple):
    """Some rows and their targets."""

    x: Array  # (n_rows, 1)
    y: Array


class Followed(NamedTuple):
    """What a learner made of the new rows."""

    predictions: Array  # each before its row was learned
    off: Array  # root of the faded mean of squared errors, after each row
    lines: Array  # (n_rows, 2): constant and slope after each row

    def measure(self, y: Array) -> float:
        """Return the root of the mean squared error over all rows."""
        return float(np.sqrt(np.mean((y - self.predictions) ** 2)))


class ByBatch:
    """A descent that takes one step for all rows that come together."""

    def __init__(self, learner: OnlineDescent) -> None:
        self.learn_many = learner.learn_batch


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Descend with the 97 rows as the course does, then follow rows that come one at a time."""
    table = data.table("population_profit")
    old = Rows(table[:, :1], table[:, 1])
    path = descend(old)
    tell(1, 3)
    new, line = make_rows(old, path[-1], np.random.default_rng(seed))
    followed = follow_all(old, new, path[-1])
    tell(2, 3)
    interval = AdaptiveInterval(miss=MISS, rate=0.02, n_scores=200)
    low, high = interval.learn_many(followed["least squares, forgetting"].predictions, new.y)
    tell(3, 3)
    return StudyResult(
        name="online_regression",
        title="Profit by population, then one new row at a time",
        source=SOURCE,
        figures=(
            *_list_published(old, path),
            *_list_followed(new, followed, line),
            Figure(
                "new rows within their 90 % interval", None, "",
                100 * float(np.mean((low <= new.y) & (new.y <= high))), "%",
                note="adaptive conformal, around the guesses of least squares",
            ),
        ),
        arrays={
            "x": old.x, "y": old.y, "weights": path[-1],
            "costs": np.array([measure_cost(old, w) for w in path]),
            "new_x": new.x, "new_y": new.y, "new_weights": line,
            "way_names": np.array(list(followed)), "way_steps": np.arange(1, N_NEW + 1),
            "way_slopes": np.stack([one.lines[:, 1] for one in followed.values()]),
            "way_off": np.stack([one.off for one in followed.values()]),
            "interval_low": low, "interval_high": high,
        },
        words=_say(new, followed, path[-1]),
    )  # fmt: skip


def measure_cost(rows: Rows, w: Array) -> float:
    """Return the course's cost, Σ (w·z − y)² / 2m."""
    error = _extend(rows.x) @ w - rows.y
    return float(error @ error) / (2 * len(error))


def descend(rows: Rows) -> Array:
    """Return the weights (N_STEPS + 1, 2) from (0, 0) on, each step along the mean gradient of all rows."""
    z, path = _extend(rows.x), np.zeros((N_STEPS + 1, 2))
    for k in range(N_STEPS):
        path[k + 1] = path[k] - RATE * z.T @ (z @ path[k] - rows.y) / len(z)
    return path


def make_rows(old: Rows, w: Array, rng: np.random.Generator) -> tuple[Rows, Array]:
    """Return new rows on a line that turned around the middle of the old one, and that line."""
    spread, middle = np.std(old.y - _extend(old.x) @ w), float(old.x.mean())
    line = np.array([w[0] + (w[1] - NEW_SLOPE) * middle, NEW_SLOPE])
    x = rng.choice(old.x, N_NEW)
    return Rows(x, _extend(x) @ line + rng.normal(scale=spread, size=N_NEW)), line


def follow_all(old: Rows, new: Rows, w: Array) -> dict[str, Followed]:
    """Let descents go on from the line ``w``, the others from the old rows, over the new rows."""
    divided, whole, batches = (_start(w, rate) for rate in (RATE / N_OLD, RATE, RATE))
    scaled = OnlineDescent(1, rate=RATE)
    scaled.scale.learn_many(old.x)
    mean, spread = scaled.scale.mean, scaled.scale.spread
    scaled.weights[:] = [w[0] + w[1] * mean[0], w[1] * spread[0]]
    least = RecursiveLeastSquares(1, forgetting=FORGETTING, ridge=1e-3, standardise=False)
    leader = FollowTheLeader(1, rate=LEADER_RATE)
    for learner in (least, leader):
        learner.learn_many(old.x, old.y)

    def unscale(learner: OnlineDescent | FollowTheLeader) -> Array:
        slope = learner.weights[1] / learner.scale.spread[0]
        return np.array([learner.weights[0] - slope * learner.scale.mean[0], slope])

    return {
        "divided by the old 97": follow(divided, lambda: divided.weights, new),
        "one row": follow(whole, lambda: whole.weights, new),
        "one row, standardised": follow(scaled, lambda: unscale(scaled), new),
        "batches of ten": follow(ByBatch(batches), lambda: batches.weights, new, BATCH_ROWS),
        "least squares, forgetting": follow(least, lambda: least.weights, new),
        "the regularised leader": follow(leader, lambda: unscale(leader), new),
    }


def follow(learner: Learner, find_line: Callable[[], Array], new: Rows, n_rows: int = 1) -> Followed:
    """Let ``learner`` predict and learn the new rows, ``n_rows`` at a time; look at its line after each."""
    predictions, off, lines = [], [], []
    for judged in judge_rows(learner, new.x, new.y, n_rows=n_rows, fade=FADE):
        predictions.append(judged.predictions)
        off.append(np.sqrt(judged.faded_squares))
        lines += [find_line().copy()] * len(judged.errors)
    return Followed(np.concatenate(predictions), np.concatenate(off), np.stack(lines))


def _start(w: Array, rate: float) -> OnlineDescent:
    learner = OnlineDescent(1, rate=rate, standardise=False)
    learner.weights[:] = w
    return learner


def _extend(x: Array) -> Array:
    return np.concatenate([np.ones_like(x), x], axis=1)


def _list_published(old: Rows, path: Array) -> list[Figure]:
    w, exact = path[-1], np.linalg.lstsq(_extend(old.x), old.y, rcond=None)[0]
    at_minimum = "at the minimum"
    constant, slope = (f"{at_minimum}: {weight:.4f}" for weight in exact)
    return [
        Figure("cost at (0, 0)", 32.07, "32.07", measure_cost(old, path[0])),
        Figure("constant after 1,500 steps", -3.6303, "−3.6303", float(w[0]), note=constant),
        Figure("slope after 1,500 steps", 1.1664, "1.1664", float(w[1]), note=slope),
        Figure(
            "cost after 1,500 steps", None, "", measure_cost(old, w),
            note=f"{at_minimum}: {measure_cost(old, exact):.4f}",
        ),
    ]  # fmt: skip


def _list_followed(new: Rows, followed: dict[str, Followed], line: Array) -> list[Figure]:
    noise = float(np.std(new.y - _extend(new.x) @ line))
    figures = [Figure("noise of the new rows", None, "", noise, note=MADE)]
    for name, one in followed.items():
        figures += [
            Figure(f"guesses off by, {name}", None, "", one.measure(new.y)),
            Figure(f"slope after {N_NEW} new rows, {name}", None, "", float(one.lines[-1, 1])),
        ]
    return figures


def _say(new: Rows, followed: dict[str, Followed], w: Array) -> tuple[str, ...]:
    off = {name: one.measure(new.y) for name, one in followed.items()}
    best = min(off, key=lambda name: off[name])
    divided = followed["divided by the old 97"].lines[-1, 1]
    return (
        f"Divided by the old 97, {N_NEW} new rows move the slope from {w[1]:.2f} to "
        f"{divided:.2f}; the new line has {NEW_SLOPE:g}.",
        f"A row’s own gradient leaps at large populations: its guesses are off by {off['one row']:.1f}, "
        f"and by {off['one row, standardised']:.1f} where populations are standardised.",
        f"Off least, by {off[best]:.1f}: {best}.",
    )
