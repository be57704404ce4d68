"""How usual was each week? A spatial LSTM says how likely its 168 counts were, hour after hour.

It begins as the hourly negative binomial (``flows.networks.hourly_counts``), whose scores are its offset, and
learns what an hour owes to the hours before it and to the same hours of the day before. The classical model
begins there too, and adds a weighted sum of the same ten numbers, so that what the network adds is not that
it was told of other hours. What else it may learn, such as how bunched an hour's counts are, a control tells:
weeks whose hours come each from another week, where no hour tells of another. The
likelihood of a week is that of all its counts together, in nats, − log p; a model that has given the week
more of a chance has fewer.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from flows.networks.hourly_counts import (
    Hourly,
    learn_hourly,
    learn_log_linear,
    measure_both,
    measure_levels,
    measure_log_linear,
    score_hours,
)
from flows.networks.network import Control, Facts, Network, NetworkDone, Tried, lack
from flows.networks.teaching import choose_by_validation, tell_of_half
from flows.networks.week_likelihood_belief import tell_surprise
from flows.work.card import say_choice
from flows.work.evidence import find_too_little
from flows.work.materials import Materials
from flows.work.result import span_days
from models.batches import count_batches, take_batches
from models.early_stopping import Tell, run_epochs, train_until_worse
from models.likelihoods import NEGATIVE_BINOMIAL
from models.optimizers import Adam
from models.saving import check_numbers, fit_together, name_leaves, pack_model, restore_tree, unpack_model
from models.schedules import keep_constant
from models.systems.spatial_counts import (
    SpatialCounts,
    list_known,
    make_count_objective,
    make_spatial_counts,
    measure_surprise,
    score_cells,
)
from models.training import train
from models.tree import pack
from models.types import Array
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.waves import make_waves, name_waves
from pipeline.features.week_maps import make_week_maps
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.wording import say_count

NAME = "week_likelihood"
QUESTION = "How usual was each week?"
NETWORK_NAME = "a spatial LSTM on week maps"
CLASSICAL = "a log-linear negative binomial"
HOURLY = "the hourly negative binomial"
CLASSICAL_L2 = (1e-3, 1e-2, 1e-1)
BASELINE = "hourly Poisson"
VERSION = 1
ENOUGH = 52  # whole weeks
UNITS = (8, 16)
RATE, L2, BATCH, N_EPOCHS, PATIENCE = 0.01, 1e-3, 16, 60, 10
NEIGHBOURS = ("left", "upper_left", "upper", "upper_right")
CONTEXT = ("log_usual", *name_waves("day", 2), "weekend")
FEATURES = [*(f"log_count_{name}" for name in NEIGHBOURS), *CONTEXT]
HOW = (
    "Each whole covered week is a map of 7 × 24 counts, read row by row from Monday 04:00. Of each hour a "
    "model says how likely each count is, after all hours before it; the product over the week is how likely "
    "the week was. The spatial LSTM hands on what it has read from each hour to the next one and to the same "
    "hour of the next day. The classical model adds to the logarithms of the expected count and of its shape "
    "a weighted sum of the same ten numbers, the counts of four hours before it and what is usual, with a "
    "penalty that is chosen before the scored weeks. Both start out as the hourly negative binomial; this, "
    "and the hourly Poisson, know of the hour of the week its usual share, and of the week the mean of the "
    "52 before it. An error is − log p of the week, in nats: one nat less is a chance 2.7 times as large. "
    "Where each hour’s counts are shuffled among all weeks, no hour tells of another."
)


class Weeks(NamedTuple):
    """Whole weeks in the order of time."""

    days: Array  # (n,) datetime64[D], their Mondays
    counts: Array  # (n, 7, 24)
    levels: Array  # (n,)

    def take(self, rows: slice) -> Weeks:
        """Return a span of them."""
        return Weeks(*(part[rows] for part in self))


class Trained(NamedTuple):
    """A model that has learned some weeks."""

    flat: Array
    parameters: SpatialCounts
    hourly: Hourly
    context: Array
    n_units: int
    measures: list[float]  # nats a week of the validation span, after each epoch; none without one


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Choose, learn, and measure the scored weeks once."""
    maps = make_week_maps(materials.subject)
    if len(maps.weeks) < ENOUGH:
        return lack(
            f"Still learning: it takes {ENOUGH} whole weeks to tell usual ones; there are {len(maps.weeks)}."
        )
    subject = materials.subject
    too_little = find_too_little(len(subject.covered), int(maps.counts.sum()), subject.noun, subject.nouns)
    if too_little is not None:
        return lack(too_little)
    weeks = Weeks(maps.weeks, maps.counts, measure_levels(maps.counts))
    split = split_by_time(len(weeks.days))
    before, test = split.before_test, split.test
    n_units, n_epochs, trained = choose(weeks, split, subject.weekend, seed=seed, tell=tell_of_half(tell, 0))
    scored = weeks.take(test)
    poisson, _ = measure_both(trained.hourly, scored.counts, scored.levels)
    nats, scores = read_weeks(trained, weeks)
    surprise = measure_surprise(
        nats, scores, likelihood=NEGATIVE_BINOMIAL, rng=np.random.default_rng([seed, 2])
    )
    tried = Tried(
        scored.days, poisson, measure_classical(weeks, split, subject.weekend), nats[test].sum(axis=(1, 2)),
        BASELINE, "weeks",
        control=run_control(weeks, split, subject.weekend, seed=seed, tell=tell_of_half(tell, 1)),
        root=False, unit="nats a week",
    )  # fmt: skip
    facts = Facts(
        n_learned=before.stop,
        learned_nouns=("whole week", "whole weeks"),
        learned=span_days(weeks.days[before]),
        looks_at="Of each hour the counts of four hours before it in the week’s map, and its usual count.",
        features=FEATURES,
        label="the week’s own counts.",
        chosen=say_choice(
            f"{n_units} units, {say_count(n_epochs)} epochs", len(UNITS), "weeks",
            span_days(weeks.days[split.validation]),
        ),
        file="weights, the usual week and its shape; no word.",
    )  # fmt: skip
    content = pack_trained(trained, subject.weekend, n_epochs)
    beliefs = (tell_surprise(weeks.days, surprise, before.stop),)
    return NetworkDone(tried, facts, content, beliefs)


def pack_trained(trained: Trained, weekend: tuple[int, ...], n_epochs: int) -> bytes:
    """Return the file of a model."""
    log_profile, log_shape, slope = trained.hourly
    return pack_model(
        "SpatialCounts", VERSION, FEATURES, {**name_leaves(trained.parameters), "log_profile": log_profile},
        n_units=trained.n_units, n_epochs=n_epochs, log_shape=log_shape, slope=slope, weekend=list(weekend),
    )  # fmt: skip


def load_trained(content: bytes, *, where: str) -> Trained:
    """Return what ``pack_trained`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    saved = unpack_model(content, name="SpatialCounts", version=VERSION, features=FEATURES, where=where)
    header, arrays = saved
    with fit_together(where):
        check_numbers(arrays["log_profile"], (7, 24))
        hourly = Hourly(arrays["log_profile"], float(header["log_shape"]), float(header["slope"]))
        n_units = UNITS[UNITS.index(header["n_units"])]
        made = make_new(hourly, tuple(header["weekend"]), n_units, np.random.default_rng(0))
        for name, leaf in name_leaves(made.parameters).items():
            check_numbers(arrays[name], leaf.shape)
    restore_tree(made.parameters, arrays, where=where)
    return made


def run_control(weeks: Weeks, split: Split, weekend: tuple[int, ...], *, seed: int, tell: Tell) -> Control:
    """Do the same with weeks whose hours come each from another week, learned ones and scored ones alike."""
    counts = np.random.default_rng([seed, 1]).permuted(weeks.counts, axis=0)
    mixed = Weeks(weeks.days, counts, measure_levels(counts))
    trained = choose(mixed, split, weekend, seed=seed, tell=tell)[2]
    scored = mixed.take(split.test)
    _, binomial = measure_both(trained.hourly, scored.counts, scored.levels)
    nats = read_weeks(trained, scored)[0].sum(axis=(1, 2))
    return Control(nats, binomial, "each hour’s counts shuffled among all weeks", HOURLY)


def measure_classical(weeks: Weeks, split: Split, weekend: tuple[int, ...]) -> Array:
    """Return the nats a week of the scored weeks by the classical model, its penalty chosen before them."""

    def measure(l2: float, learned: slice, asked: slice) -> Array:
        hourly = learn_hourly(weeks.counts[learned], weeks.levels[learned])
        offset, x = score_hours(hourly, weeks.levels), list_known(weeks.counts, make_context(hourly, weekend))
        weights = learn_log_linear(weeks.counts[learned], offset[learned], x[learned], l2)
        return measure_log_linear(weights, weeks.counts[asked], offset[asked], x[asked])

    chosen = choose_lowest(CLASSICAL_L2, lambda l2: float(measure(l2, split.train, split.validation).mean()))
    return measure(chosen, split.before_test, split.test)


def choose(
    weeks: Weeks, split: Split, weekend: tuple[int, ...], *, seed: int, tell: Tell
) -> tuple[int, int, Trained]:
    """Return how many units and epochs met the validation span best, and a model of all before the test."""

    def watch(n_units: int, tell: Tell) -> list[float]:
        rows = split.train, split.validation
        return learn(weeks, *rows, weekend, n_units, N_EPOCHS, seed=seed, tell=tell).measures

    def finish(n_units: int, n_epochs: int, tell: Tell) -> Trained:
        return learn(weeks, split.before_test, None, weekend, n_units, n_epochs, seed=seed, tell=tell)

    return choose_by_validation(UNITS, [N_EPOCHS] * len(UNITS), watch, finish, tell=tell)


def make_new(hourly: Hourly, weekend: tuple[int, ...], n_units: int, rng: np.random.Generator) -> Trained:
    """Return a model that has learned nothing yet but the usual week and its shape."""
    context = make_context(hourly, weekend)
    flat, parameters = pack(
        make_spatial_counts(rng, context.shape[-1], n_units, NEGATIVE_BINOMIAL, np.float64)
    )
    return Trained(flat, parameters, hourly, context, n_units, [])


def learn(
    weeks: Weeks,
    rows: slice,
    held: slice | None,
    weekend: tuple[int, ...],
    n_units: int,
    n_epochs: int,
    *,
    seed: int,
    tell: Tell,
) -> Trained:
    """Learn the weeks ``rows``, until those ``held`` are met no better, or for ``n_epochs``."""
    rng = np.random.default_rng(seed)
    hourly = learn_hourly(weeks.counts[rows], weeks.levels[rows])
    offset = score_hours(hourly, weeks.levels)
    made = make_new(hourly, weekend, n_units, rng)
    learned = {"counts": weeks.counts[rows], "offset": offset[rows]}
    objective = partial(make_count_objective(NEGATIVE_BINOMIAL, l2=L2), context=made.context)
    batches = take_batches(learned, BATCH, rng=rng, n_epochs=n_epochs)
    steps = train(
        objective, made.flat, made.parameters, batches,
        optimizer=Adam(made.flat), schedule=keep_constant(RATE),
    )  # fmt: skip
    every = count_batches(rows.stop - rows.start, BATCH)
    if held is None:
        run_epochs(steps, every=every, n_epochs=n_epochs, tell=tell)
        return made
    watched = weeks.take(held)

    def measure() -> float:
        return float(read_weeks(made, watched)[0].sum(axis=(1, 2)).mean())

    epochs = train_until_worse(
        steps, measure, flat=made.flat, every=every, patience=PATIENCE, n_epochs=n_epochs, tell=tell
    )
    made.measures.extend(epoch.measure for epoch in epochs)
    return made


def read_weeks(made: Trained, weeks: Weeks) -> tuple[Array, Array]:
    """Return the nats (n, 7, 24) of each hour, and the scores of its distribution, (n, 7, 24, 2)."""
    offset = score_hours(made.hourly, weeks.levels)
    scores, _ = score_cells(made.parameters, weeks.counts, offset=offset, context=made.context)
    return NEGATIVE_BINOMIAL.nats(scores, counts=weeks.counts)[0], scores


def make_context(hourly: Hourly, weekend: tuple[int, ...]) -> Array:
    """Return what is known of each hour of any week, (7, 24, 6): its usual count, the clock, the weekend."""
    waves = np.stack(make_waves((np.arange(24) + FIRST_HOUR) / 24, 2), axis=-1)  # (24, 4)
    usual = hourly.log_profile - hourly.log_profile.mean()
    days = np.isin(np.arange(7), weekend).astype(float)
    parts = [usual[..., None], np.broadcast_to(waves, (7, 24, 4))]
    return np.concatenate([*parts, np.broadcast_to(days[:, None, None], (7, 24, 1))], axis=-1)


NETWORK = Network(
    NAME, QUESTION, NETWORK_NAME, CLASSICAL, HOW,
    needs="a year of whole weeks",
    estimate=lambda materials: 2.0 + 7.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)  # fmt: skip
