"""How would a week look without chance? A convolutional auto-encoder draws it from one half of its searches.

The half is put into eight numbers, the code, and drawn again from these; the other half says how well
(``flows.networks.week_autoencoder_halves``). The classical model keeps some numbers of a week as well: its
scores on the first eigenweeks. In training each batch is dealt anew, so that the net never sees the same
noise twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from flows.networks.hourly_counts import learn_shapes
from flows.networks.network import Control, Facts, Network, NetworkDone, Tried, lack
from flows.networks.teaching import choose_by_validation, tell_of_half
from flows.networks.week_autoencoder_belief import tell_weeks
from flows.networks.week_autoencoder_halves import (
    Eigenweeks,
    Halves,
    deal,
    deal_often,
    draw_by_eigenweeks,
    learn_eigenweeks,
    measure_errors,
)
from flows.work.card import say_choice
from flows.work.evidence import find_too_little
from flows.work.materials import Materials
from flows.work.result import span_days
from flows.work.weekly import WHOLE, name_view
from models.batches import count_batches, iter_batches
from models.early_stopping import Tell, run_epochs, train_until_worse
from models.layers.activations import tanh
from models.objective import make_objective
from models.optimizers import Adam
from models.penalties import squared_penalty
from models.saving import check_numbers, fit_together, pack_model, unpack_model
from models.schedules import keep_constant
from models.systems.autoencoder import Autoencoder, make_autoencoder, quarter_squared_loss
from models.training import train
from models.tree import pack
from models.types import Array, Tree
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.week_maps import make_week_maps
from pipeline.patterns.unusual_weeks import answer_unusual_weeks
from pipeline.patterns.wording import say_count, spell_small

NAME = "week_autoencoder"
QUESTION = "How would a week look without chance?"
NETWORK_NAME = "an auto-encoder of weeks"
VERSION = 1
ENOUGH = 52  # whole weeks
N_CODE = 8
CLASSICAL = "eigenweeks"
N_AXES = (2, 4, 8)  # eigenweeks, of which the validation span chooses
CHANNELS = ((8, 8, 8), (8, 16, 16))
RATE, L2, BATCH, N_EPOCHS, PATIENCE = 3e-3, 2.5e-4, 16, 120, 15
N_WATCHED, N_SCORED = 2, 8  # how often weeks are dealt, to choose by and to be scored
HOW = (
    "Each whole covered week is a map of 7 × 24 counts. Its searches are dealt at random into two halves, "
    "each hour’s by a chance of its own, so that bursts make the halves no more alike; from one half a model "
    "draws the week, after it has put it into a few numbers, and the other half says how well: what both "
    "have in common is the week, the rest is chance. The auto-encoder does so by three "
    f"convolutions with mean pooling and {spell_small(N_CODE)} numbers, and back by their mirror; the "
    "classical model by the weeks’ scores on the "
    f"first eigenweeks, {', '.join(map(str, N_AXES[:-1]))} or {N_AXES[-1]}, whichever met the "
    "validation span best. An error is the difference of the logarithms of one plus an hour’s count "
    "(root of the mean square), over sixteen halves of each week; the baseline always draws the mean of the "
    "learned weeks. Where the weeks are in no order, and the other half’s counts are shuffled among them "
    "hour by hour, no half tells of the other."
)


class Trained(NamedTuple):
    """A net that has learned some weeks."""

    pair: Autoencoder
    flat: Array
    parameters: Tree
    mean: Array  # (7, 24) of halves of learned weeks
    spread: float
    measures: list[float]  # mean squared error of the validation span, after each epoch

    def draw(self, shown: Array) -> Array:
        """Return the weeks that the net draws from halves ``shown (…, 7, 24)``."""
        rows = self.scale(shown)
        drawn: Array = self.pair.net(self.parameters, rows)[0].astype(np.float64).reshape(shown.shape)
        return drawn * self.spread + self.mean

    def encode(self, shown: Array) -> Array:
        """Return the codes (…, N_CODE) of halves ``shown (…, 7, 24)``."""
        codes: Array = self.pair.encoder(self.parameters[0], self.scale(shown))[0]
        return codes.astype(np.float64).reshape(*shown.shape[:-2], N_CODE)

    def scale(self, shown: Array) -> Array:
        """Return halves as the net takes them, (n, 7, 24, 1)."""
        scaled: Array = ((shown - self.mean) / self.spread).astype(np.float32).reshape(-1, 7, 24, 1)
        return scaled


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Choose, learn, and measure the scored weeks once."""
    maps = make_week_maps(materials.subject)
    n = len(maps.weeks)
    if n < ENOUGH:
        return lack(f"Still learning: it takes {ENOUGH} whole weeks to tell them from chance; there are {n}.")
    subject = materials.subject
    too_little = find_too_little(len(subject.covered), int(maps.counts.sum()), subject.noun, subject.nouns)
    if too_little is not None:
        return lack(too_little)
    split = split_by_time(n)
    before, test = split.before_test, split.test
    shapes = learn_shapes(maps.counts, before)
    halves = deal_often(maps.counts, shapes, N_SCORED, np.random.default_rng([seed, 3]))
    told = tell_of_half(tell, 0)
    channels, n_epochs, trained = choose(maps.counts, shapes, halves, split, seed=seed, tell=told)
    learned, scored = (Halves(*(part[:, rows] for part in halves)) for rows in (before, test))
    eigenweeks = choose_eigenweeks(halves, split)
    usual = learned.other.mean(axis=(0, 1))
    tried = Tried(
        maps.weeks[test],
        measure_errors(usual, scored.other),
        measure_errors(draw_by_eigenweeks(eigenweeks, scored.shown), scored.other),
        measure_errors(trained.draw(scored.shown), scored.other),
        "the mean week",
        "weeks",
        control=run_control(maps.counts, split, seed=seed, tell=tell_of_half(tell, 1)),
    )
    features = name_view(WHOLE)
    facts = Facts(
        n_learned=before.stop,
        learned_nouns=("whole week", "whole weeks"),
        learned=span_days(maps.weeks[before]),
        looks_at="The counts of one half of a week’s searches, dealt at random.",
        features=features,
        label="the counts of the other half.",
        chosen=say_choice(
            f"convolutions of {', '.join(map(str, channels))} channels, {say_count(n_epochs)} epochs",
            len(CHANNELS), "weeks", span_days(maps.weeks[split.validation]),
        ),
        file="weights, the mean week and its spread; no word.",
    )  # fmt: skip
    codes = trained.encode(halves.shown).mean(axis=0)
    came, drawn = halves.shown.mean(axis=0), trained.draw(halves.shown).mean(axis=0)
    unusual = answer_unusual_weeks(subject, np.random.default_rng(seed)).frames["captions"]["week"]
    named = unusual.to_numpy().astype("datetime64[D]")
    beliefs = (tell_weeks(maps.weeks, codes, came - trained.mean, drawn - trained.mean, named),)
    return NetworkDone(tried, facts, pack_trained(trained, channels, n_epochs), beliefs)


def pack_trained(trained: Trained, channels: tuple[int, ...], n_epochs: int) -> bytes:
    """Return the file of a net."""
    arrays = {"flat": trained.flat, "mean": trained.mean, "spread": np.array(trained.spread)}
    return pack_model(
        "Autoencoder", VERSION, name_view(WHOLE), arrays,
        channels=list(channels), n_code=N_CODE, n_epochs=n_epochs,
    )  # fmt: skip


def load_trained(content: bytes, *, where: str) -> Trained:
    """Return what ``pack_trained`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    features = name_view(WHOLE)
    saved = unpack_model(content, name="Autoencoder", version=VERSION, features=features, where=where)
    with fit_together(where):
        flat, mean, spread = (saved.arrays[name] for name in ("flat", "mean", "spread"))
        channels = CHANNELS[CHANNELS.index(tuple(saved.header["channels"]))]
        pair, own, parameters = make_net(channels, np.random.default_rng(0))
        for array, shape in ((flat, own.shape), (mean, (7, 24)), (spread, ())):
            check_numbers(array, shape)
        np.copyto(own, flat)
        return Trained(pair, own, parameters, mean, float(spread), [])


def choose_eigenweeks(halves: Halves, split: Split) -> Eigenweeks:
    """Return the eigenweeks of all before the test, as many as met the validation span best."""
    spans = (split.train, split.validation, split.before_test)
    train, held, before = (Halves(*(part[:, rows] for part in halves)) for rows in spans)

    def measure(n_axes: int) -> float:
        drawn = draw_by_eigenweeks(learn_eigenweeks(train, n_axes), held.shown)
        return float(measure_errors(drawn, held.other).mean())

    return learn_eigenweeks(before, choose_lowest(N_AXES, measure))


def run_control(counts: Array, split: Split, *, seed: int, tell: Tell) -> Control:
    """Do the same with weeks in another order, whose other halves' hours come each from another week.

    The order is drawn so that no level changes with time; the hours are shuffled among the learned weeks, and
    among the scored ones, so that halves which are shown tell of no other half's mean.
    """
    rng = np.random.default_rng([seed, 1])
    counts = rng.permutation(counts)
    others = np.concatenate([rng.permuted(counts[rows], axis=0) for rows in split])
    shapes = learn_shapes(counts, split.before_test)
    halves = deal_often(counts, shapes, N_SCORED, rng, others)
    trained = choose(counts, shapes, halves, split, seed=seed, tell=tell, others=others)[2]
    shown, asked = (part[:, split.test] for part in halves)
    usual = halves.other[:, split.before_test].mean(axis=(0, 1))
    return Control(
        measure_errors(trained.draw(shown), asked),
        measure_errors(usual, asked),
        "the other half’s counts shuffled among weeks in no order, hour by hour",
    )


def choose(
    counts: Array,
    shapes: Array,
    halves: Halves,
    split: Split,
    *,
    seed: int,
    tell: Tell,
    others: Array | None = None,
) -> tuple[tuple[int, ...], int, Trained]:
    """Return the channels and epochs that met the validation span best, and a net of all before the test."""

    def teach(rows: slice, *more: Any, tell: Tell) -> Trained:
        asked = None if others is None else others[rows]
        return learn(counts[rows], shapes[rows], *more, seed=seed, tell=tell, others=asked)

    def watch(channels: tuple[int, ...], tell: Tell) -> list[float]:
        return teach(split.train, held, channels, N_EPOCHS, tell=tell).measures

    def finish(channels: tuple[int, ...], n_epochs: int, tell: Tell) -> Trained:
        return teach(split.before_test, None, channels, n_epochs, tell=tell)

    held = Halves(*(part[: 2 * N_WATCHED, split.validation] for part in halves))
    return choose_by_validation(CHANNELS, [N_EPOCHS] * len(CHANNELS), watch, finish, tell=tell)


def make_net(channels: tuple[int, ...], rng: np.random.Generator) -> tuple[Autoencoder, Array, Tree]:
    """Return a new net, its parameters as one vector, and the views into it."""
    pair = make_autoencoder((7, 24, 1), channels=channels, n_code=N_CODE, bend=tanh)
    return pair, *pack(pair.net.init(rng, (7, 24, 1), dtype=np.float32)[0], np.float32)


def learn(
    counts: Array,
    shapes: Array,
    held: Halves | None,
    channels: tuple[int, ...],
    n_epochs: int,
    *,
    seed: int,
    tell: Tell,
    others: Array | None = None,
) -> Trained:
    """Learn the weeks ``counts``, until those ``held`` are met no better, or for ``n_epochs``.

    The half that is to be drawn is that of ``others (n, 7, 24)``, if given.
    """
    rng = np.random.default_rng(seed)
    pair, flat, parameters = make_net(channels, rng)
    shown = deal_often(counts, shapes, N_SCORED, rng).shown
    made = Trained(pair, flat, parameters, shown.mean(axis=(0, 1)), max(float(shown.std()), 1e-6), [])

    def deal_batches() -> Iterator[dict[str, Array]]:
        for chosen in iter_batches(len(counts), BATCH, rng=rng, n_epochs=n_epochs):
            asked = None if others is None else others[chosen]
            one, other = deal(counts[chosen], shapes[chosen], rng, asked)
            yield {"x": made.scale(one), "target": made.scale(other)}

    objective = make_objective(
        pair.net, quarter_squared_loss, penalty=partial(squared_penalty, strength=L2), rng=rng
    )
    steps = train(
        objective, flat, parameters, deal_batches(), optimizer=Adam(flat), schedule=keep_constant(RATE)
    )
    every = count_batches(len(counts), BATCH)
    if held is None:
        run_epochs(steps, every=every, n_epochs=n_epochs, tell=tell)
        return made
    epochs = train_until_worse(
        steps, lambda: float(measure_errors(made.draw(held.shown), held.other).mean()), flat=flat,
        every=every, patience=PATIENCE, n_epochs=n_epochs, tell=tell,
    )  # fmt: skip
    made.measures.extend(epoch.measure for epoch in epochs)
    return made


NETWORK = Network(
    NAME, QUESTION, NETWORK_NAME, CLASSICAL, HOW,
    needs="a year of whole weeks",
    estimate=lambda materials: 2.0 + 12.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)  # fmt: skip
