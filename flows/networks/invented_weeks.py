"""What could another week look like? Weeks invented by two nets that play against each other.

The three are scored as distributions: each invents many weeks for the time of the year of each scored week,
and the energy score says how well they foretell it. ``almanac sample --like-me`` writes an archive of the
network's weeks; what it needs for that, a distance to keep from every real week, is saved with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from flows.networks.invented_weeks_gan import N_EPOCHS, WeekGan, save_week_gan, train_week_gan
from flows.networks.invented_weeks_likeness import show_likeness
from flows.networks.invented_weeks_nearness import draw_weeks, find_limit, find_nearest, find_nearest_others
from flows.networks.invented_weeks_shapes import (
    WAVES,
    draw_counts,
    draw_normal,
    find_shapes,
    learn_normal,
    wave_years,
)
from flows.networks.network import Control, Facts, Network, NetworkDone, Tried, lack
from flows.networks.teaching import tell_of_half
from flows.work.card import say_choice
from flows.work.materials import Materials
from flows.work.result import span_days
from models.early_stopping import Tell, tell_of_part
from models.energy_score import find_energy_scores
from models.types import Array
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.week_maps import make_week_maps
from pipeline.patterns.wording import count_noun, say_count, say_percent, spell_small

NAME = "invented_weeks"
QUESTION = "What could another week look like?"
ENOUGH_WEEKS = 104
ENOUGH_A_WEEK = 10  # activities in the mean
N_SHAPES = (3, 6)  # of the network's scores
N_CLASSICAL = (3, 6, 12)
N_DRAWS, N_POOL = 200, 1000  # weeks invented for one scored week; weeks to find the limit with
Inventor = Callable[[Array, np.random.Generator], Array]  # waves (n, n_waves) → counts (n, 168)
HOW = (
    "Each whole covered week is a table of 7 × 24 counts. A generator makes scores of a few shapes, by which "
    "weeks differ most, of random numbers and the time of the year; a discriminator is taught to tell the "
    "weeks that they give from real ones, and the generator to mislead it. The classical model draws such "
    "scores from a normal distribution whose mean follows the year; with both, days are as restless and "
    "counts as bunched into sessions as the real ones. The baseline draws every hour apart, as it was in one "
    f"of the learned weeks. How many shapes there are ({spell_small(len(N_SHAPES))} ways for the network, "
    f"{spell_small(len(N_CLASSICAL))} for the classical model) is chosen on the fifth of the weeks before "
    f"the scored ones. Each invents {N_DRAWS} weeks for every scored one, and the error is the energy score: "
    "how far they lie from what came, less half of how far they lie apart, in roots of the counts of four "
    "hours. Shuffled counts: the same pair of nets, taught and asked in the same way, but with the counts of "
    "each hour of the week shuffled among all weeks, so that hours are truly apart."
)


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Learn to invent weeks, and score the three on the last fifth of the weeks, once."""
    maps, subject = make_week_maps(materials.subject), materials.subject
    n_weeks, n_rows = len(maps.weeks), int(maps.counts.sum())
    if n_weeks < ENOUGH_WEEKS:
        return lack(f"Still learning: {n_weeks} of {ENOUGH_WEEKS} whole weeks.")
    if n_rows < ENOUGH_A_WEEK * n_weeks:
        found = count_noun(n_rows, subject.noun, subject.nouns)
        return lack(
            f"Still learning: {found} in whole weeks, {say_count(ENOUGH_A_WEEK * n_weeks)} are needed."
        )
    counts, waves = maps.counts.reshape(n_weeks, -1).astype(np.float64), wave_years(maps.weeks)
    split = split_by_time(n_weeks)
    before, test = split.before_test, split.test

    def score(invent: Inventor, rows: slice) -> Array:
        return score_weeks(invent, counts[rows], waves[rows], np.random.default_rng(seed))

    chosen, made = choose_network(counts, waves, split, seed=seed, tell=tell_of_half(tell, 0))
    normal = choose_lowest(
        N_CLASSICAL,
        lambda k: float(
            score(make_normal(counts[split.train], waves[split.train], k), split.validation).mean()
        ),
    )
    errors = Tried(
        maps.weeks[test],
        score(make_apart(counts[before]), test),
        score(make_normal(counts[before], waves[before], normal), test),
        score(partial(draw_weeks, made), test),
        "every hour drawn apart",
        "weeks",
        control=run_control(counts, waves, split, seed=seed, tell=tell_of_half(tell, 1)),
        root=False,
        unit="by the energy score",
    )
    rng = np.random.default_rng(seed)
    pool = draw_weeks(made, np.tile(waves, (-(-N_POOL // n_weeks), 1))[:N_POOL], rng)
    nearest, real = find_nearest(pool, counts), find_nearest_others(counts)
    held_out = find_nearest(counts[test], counts[before])
    limit = find_limit(nearest, real, find_nearest(pool, counts[before]), held_out)
    kept = pool if limit is None else pool[nearest >= limit]
    facts = Facts(
        len(counts[before]),
        ("whole week", "whole weeks"),
        span_days(maps.weeks[before]),
        "The counts of a week’s hours, and the time of the year.",
        [*(f"shape_{k + 1}" for k in range(chosen)), *WAVES],
        "nothing: it invents weeks.",
        say_choice(
            f"{spell_small(chosen)} shapes",
            len(N_SHAPES),
            "weeks",
            span_days(maps.weeks[split.validation]),
        ),
        "weights, the mean week and a few shapes by which weeks differ; no single week and no word. "
        + say_limit(limit, nearest, real, held_out),
        "The weeks that it invents never were, and say nothing of any day.",
    )
    belief = show_likeness(kept, counts, maps.weeks, (subject.noun, subject.nouns), rng)
    return NetworkDone(errors, facts, save_week_gan(made, limit=limit), (belief,))


def choose_network(
    counts: Array, waves: Array, split: Split, *, seed: int, tell: Tell
) -> tuple[int, WeekGan]:
    """Return how many shapes met the validation span best, and the network of all weeks before the test."""
    most = (len(N_SHAPES) + 1) * N_EPOCHS

    def teach(rows: slice, n_shapes: int, n_before: int) -> WeekGan:
        told = tell_of_part(tell, n_before * N_EPOCHS, most)
        return train_week_gan(counts[rows], waves[rows], n_shapes, seed=seed, tell=told)

    def measure(n_shapes: int) -> float:
        rows, rng = split.validation, np.random.default_rng(seed)
        return float(score_weeks(partial(draw_weeks, tried[n_shapes]), counts[rows], waves[rows], rng).mean())

    tried = {k: teach(split.train, k, n) for n, k in enumerate(N_SHAPES)}
    chosen = choose_lowest(N_SHAPES, measure)
    return chosen, teach(split.before_test, chosen, len(N_SHAPES))


def run_control(counts: Array, waves: Array, split: Split, *, seed: int, tell: Tell) -> Control:
    """Do the same with weeks whose hours come each from another week, learned ones and scored ones alike."""
    mixed = np.random.default_rng([seed, 1]).permuted(counts, axis=0)
    _, made = choose_network(mixed, waves, split, seed=seed, tell=tell)
    network, baseline = (
        score_weeks(invent, mixed[split.test], waves[split.test], np.random.default_rng(seed))
        for invent in (partial(draw_weeks, made), make_apart(mixed[split.before_test]))
    )
    return Control(network, baseline, "each hour’s counts shuffled among all weeks")


def make_apart(counts: Array) -> Inventor:
    """Return the baseline of these weeks: each hour as it was in one of them, drawn by lot."""
    hours = np.arange(counts.shape[1])
    return lambda waves, rng: counts[rng.integers(len(counts), size=(len(waves), len(hours))), hours]


def make_normal(counts: Array, waves: Array, n_shapes: int) -> Inventor:
    """Return the eigenweek-Gaussian of these weeks."""
    shapes = find_shapes(counts, n_shapes)
    normal = learn_normal(shapes, counts, waves)
    return lambda waves, rng: draw_counts(shapes, draw_normal(normal, waves, rng), rng)


def score_weeks(invent: Inventor, counts: Array, waves: Array, rng: np.random.Generator) -> Array:
    """Return the energy score of each week, by as many invented ones for its own time of the year."""
    drawn = invent(np.tile(waves, (N_DRAWS, 1)), rng).reshape(N_DRAWS, *counts.shape)
    return find_energy_scores(block_hours(drawn), block_hours(counts))


def block_hours(counts: Array) -> Array:
    """Return the roots of the counts of four hours, (…, 42), of (…, 168)."""
    blocks: Array = np.sqrt(counts.reshape(*counts.shape[:-1], -1, 4).sum(axis=-1))
    return blocks


def say_limit(limit: float | None, nearest: Array, real: Array, held_out: Array) -> str:
    """Say how near invented weeks come to real ones, and what is kept away from them."""
    near, between, later = (float(np.median(part)) for part in (nearest, real, held_out))
    said = (
        f"An invented week lies {near:.2f} from the nearest real one, a real one {between:.2f} from the "
        f"nearest other, a scored one {later:.2f} from the nearest learned (medians; 0 is the same week)"
    )
    if limit is None:
        return f"{said}: too near to make an archive of them."
    again = say_percent(float((nearest < limit).mean()))
    return (
        f"{said}; for an archive, not for the scores, those nearer than {limit:.2f} are drawn again: {again}."
    )


NETWORK = Network(
    NAME,
    QUESTION,
    "a GAN on shapes of weeks",
    "the eigenweek-Gaussian",
    HOW,
    needs="two years of whole weeks",
    estimate=lambda materials: 2.0 + 18.0 * len(materials.subject.covered) / 1800,
    run=run_work,
)
