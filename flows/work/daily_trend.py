"""Do the days grow fuller or emptier? One straight line through the daily counts, found in five ways.

The normal equations give the line at once: so many a day at the start, and so many more each year. A search
among neighbours and descent by all rows, by some and by one walk there from a line at nothing, and each is
asked how many rows it had to look at until it stayed near. The line of the days before the scored ones is
drawn on over these, and scored once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import repeat
from math import floor, log10

import numpy as np

from flows.work.card import fill_card
from flows.work.daily_trend_result import make_result, say_too_little, tell_trend, tell_ways
from flows.work.evidence import find_too_little
from flows.work.far_ahead import number_quarters
from flows.work.result import TOO_LITTLE, WorkDone, say_start, span_days
from flows.work.trend_line import Line, Walk, count_years
from models.batches import count_batches, iter_batches
from models.layers.affine import Affine
from models.regression.descent import ALL_ROWS, Rows, descend, find_smoothness, search_neighbours
from models.regression.linear import solve_normal_equations
from models.regression.trend import bound_slope
from models.saving import check_numbers, fit_together, name_leaves, pack_model, restore_tree, unpack_model
from models.schedules import Schedule, fall_by_cosine, keep_constant
from models.tree import pack
from models.types import Array
from models.validation import split_by_time
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject
from pipeline.settings import ZoneSpan

VERSION = 1
ENOUGH = 730  # covered days: in fewer, a wave of the year looks like a slope
NEIGHBOURS = 9  # of a place, itself among them
SEARCH_STEPS = (1.0, 0.1, 0.01)  # of the power of ten below the mean day
SOME = 32  # rows of a mini-batch; and rows between two places that are kept of the walk by one
PASSES_BY_SOME, PASSES_BY_ONE = 10, 3  # of all days, at the least
STEPS_BY_ONE = 3500  # at the least
MOST_STEPS = 3000  # by all rows
NEAR = 0.1  # of the days' standard deviation
LEAST_NEAR = 0.01  # of the mean day, where the days are alike


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    table = count_covered_days(subject)
    days, counts = table.days, table.totals.astype(float)
    too_little = find_too_little(len(days), int(counts.sum()), subject.noun, subject.nouns)
    if too_little is None and len(days) < ENOUGH:
        too_little = f"Still learning: {len(days)} of {ENOUGH} covered days."
    if too_little is not None:
        return WorkDone(say_too_little(subject, too_little), None, 0, TOO_LITTLE)
    split = split_by_time(len(days))
    before, scored = split.before_test, days[split.test]
    learned, known = days[before], counts[before]
    line = solve_line(learned, known)
    came, mean = counts[split.test], known.mean()
    squares = (line.guess(scored) - came) ** 2, (mean - came) ** 2
    result = make_result(subject, squares, span_days(learned), scored, seed)

    years = count_years(line.first, learned)
    interval = bound_slope(years, known, number_quarters(learned), rng=np.random.default_rng(seed))
    near = max(NEAR * float(known.std()), LEAST_NEAR * float(mean))
    walks = walk_down(years, known, line, near, seed)
    beliefs = [
        tell_trend(subject, days, counts, line.guess(days), len(learned), line, interval, result.emphasis)
    ]
    if known.any():
        beliefs.append(tell_ways(subject, line, walks, near, years, known))
    result = fill_card(
        replace(result, beliefs=tuple(beliefs)),
        n_learned=before.stop, learned_nouns=("day", "days"),
        looks_at="The time gone by; no count, and nothing else of the calendar.",
        features=("years",),
        label=f"the number of {subject.nouns} of a day, however far ahead.",
        chosen="Nothing was: the line is the exact least of the squares, by the normal equations. A search "
        "among neighbours and three kinds of descent walk to the same line.",
        file="the line’s two numbers, and its first day; no word.",
        not_for="It must not be used to tell what anybody will do.",
    )  # fmt: skip
    return WorkDone(result, pack_line(line), before.stop, say_start(saved))


def solve_line(days: Array, counts: Array) -> Line:
    """Return the exact line through ``counts`` by the normal equations."""
    exact = solve_normal_equations(count_years(days[0], days)[:, None], counts[:, None])
    return Line(days[0], float(exact.weight[0, 0]), float(exact.bias[0]))


def walk_down(years: Array, counts: Array, line: Line, near: float, seed: int) -> tuple[Walk, ...]:
    """Walk to the line from (0, 0): by neighbours, then by all rows a step, by some, by one.

    A place is near where its line lies within ``near`` of the exact one on all the days learned from.
    """
    exact, n = np.array([line.change, line.start]), len(years)
    x, y = years[:, None], counts[:, None]

    def measure_away(places: Array) -> Array:
        at_both_ends = (places - exact) @ np.array([[0.0, years[-1]], [1.0, 1.0]])
        away: Array = np.abs(at_both_ends).max(axis=-1)
        return away

    def keep(places: Array, rows_a_step: int, every: int = 1) -> Walk:
        far = np.flatnonzero(measure_away(places) > near)
        first = int(far[-1]) + 1 if len(far) else 0
        steps = np.arange(len(places)) * every
        return Walk(places, steps, rows_a_step, first if first < len(places) else None)

    def measure(places: Array) -> Array:
        error = places[:, :1] * years + places[:, 1:] - counts
        squares: Array = (error * error).mean(axis=1)
        return squares

    def go(batches: Iterable[Rows], schedule: Schedule) -> Iterator[Array]:
        flat, p = pack(Affine(np.zeros((1, 1)), np.zeros(1)))
        yield flat.copy()
        for _ in descend(flat, p, x, y, batches=batches, schedule=schedule):
            yield flat.copy()

    def go_by(size: int, passes: int) -> Array:
        rate = 1 / find_smoothness(x, size)
        batches = iter_batches(n, size, rng=np.random.default_rng(seed), n_epochs=passes)
        return np.array(list(go(batches, fall_by_cosine(rate, count_batches(n, size) * passes))))

    unit = 10.0 ** floor(log10(counts.mean())) if counts.any() else 1.0
    steps = [unit * step for step in SEARCH_STEPS]
    searched = np.array(list(search_neighbours(measure, (0.0, 0.0), steps=steps)))
    by_all = []
    for place in go(repeat(ALL_ROWS, MOST_STEPS), keep_constant(1 / find_smoothness(x, n))):
        by_all.append(place)
        if measure_away(place) <= NEAR * near:
            break
    return (
        keep(searched, NEIGHBOURS * n),
        keep(np.array(by_all), n),
        keep(go_by(SOME, max(PASSES_BY_SOME, floor(1.5 * years[-1]))), SOME),
        keep(go_by(1, max(PASSES_BY_ONE, -(-STEPS_BY_ONE // n)))[::SOME], 1, every=SOME),
    )


def pack_line(line: Line) -> bytes:
    """Return the model's file: the line's two numbers, and its first day."""
    p = Affine(np.array([[line.change]]), np.array([line.start]))
    arrays = {**name_leaves(p), "first": np.array(line.first.astype(float))}
    return pack_model("DailyTrend", VERSION, ["years"], arrays)


def load_line(content: bytes, *, where: str) -> Line:
    """Return what ``pack_line`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    arrays = unpack_model(content, name="DailyTrend", version=VERSION, features=["years"], where=where).arrays
    with fit_together(where):
        p = Affine(np.zeros((1, 1)), np.zeros(1))
        restore_tree(p, arrays, where=where)
        check_numbers(arrays["first"], ())
        for part in p:
            check_numbers(part, part.shape)
        return Line(np.datetime64(int(arrays["first"]), "D"), float(p.weight[0, 0]), float(p.bias[0]))
