"""How many on the next day? What the four recurrent nets of this question share; their cell alone differs.

A net reads the days one after the other, each as it was known on the evening before, and says at each one by
what factor the simple baseline's guess is to be changed: log rate = log baseline + output. Its output is the
sum of an affine map of the day and of one of the cell's state, both zero at first: it begins as the baseline,
and what it learns holds while an archive grows. The loss is that of counts, at each step:

    L = Σ wₜ (e^sₜ − nₜ sₜ) / Σ wₜ        s the log rate, n the day's count, w 0 on a day that is not known
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from flows.networks.network import Control, Facts, Network, NetworkDone, Tried, lack
from flows.networks.next_day_windows import (
    CONTEXT,
    FEATURES,
    WINDOW,
    Days,
    cut_windows,
    list_starts,
    lose,
    prepare,
)
from flows.networks.teaching import tell_of_half
from flows.work.card import say_choice
from flows.work.materials import Materials
from flows.work.next_day import ANY_DAY, Guessed, find_lack, guess_all
from flows.work.result import span_days
from models.baselines import guess_mean_so_far
from models.batches import count_batches, take_batches
from models.composition import Net
from models.early_stopping import Tell, run_epochs, tell_of_part, train_until_worse
from models.initial import zeros
from models.net import add, branch, dense, sequence
from models.objective import list_weights
from models.optimizers import Adam, with_shrinking
from models.parts.recurrent import each_step
from models.saving import check_numbers, fit_together, pack_model, unpack_model
from models.schedules import keep_constant
from models.training import train
from models.tree import pack
from models.types import Array, Pullback, Tree
from models.validation import choose_lowest
from pipeline.features.day_series import DaySeries, make_day_series, make_features, sum_weeks
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import count_noun, spell_small

VERSION = 1
QUESTION = "How many on the next day?"
CLASSICAL = "online regression on days"
EVERY = 7  # days between two windows to learn from
HALF_A_YEAR = 182  # covered days; how many it takes depends on how they lie
N_UNITS = 16
RATES = (3e-3, 1e-2)
N_NETS = 5  # from other initial weights each; what counts is the mean of what they say
N_BATCH, N_EPOCHS, PATIENCE, DECAY = 8, 40, 8, 0.3

Make = Callable[[int], Net]  # units → the net


class Taught(NamedTuple):
    """A net that has learned, and for how many epochs."""

    net: Net
    flat: Array
    parameters: Tree
    n_epochs: int


class Chosen(NamedTuple):
    """The nets that learned all days before the scored ones, at the rate that was chosen."""

    rate: float
    nets: list[Taught]
    scale: Array  # of ``Days``
    errors: Array  # (n_scored,) squared


def run_nets(
    name: str, make: Make, materials: Materials, *, tell: Tell, seed: int = 0, n_epochs: int = N_EPOCHS
) -> NetworkDone:
    """Choose the rate on the validation span, learn all before the scored days, and score once."""
    series = make_day_series(materials.subject)
    too_little, n_covered = find_lack(series, materials.subject), int(np.isfinite(series.counts).sum())
    if too_little is not None:
        short = (
            f"Still learning: {count_noun(n_covered, 'covered day', 'covered days')}; it takes half a year."
        )
        return lack(short if n_covered < HALF_A_YEAR else too_little)
    guessed = guess_all(series)
    choosing, scored = np.flatnonzero(guessed.choosing), np.flatnonzero(guessed.scored)
    chosen = choose_nets(make, series, guessed, n_epochs, seed=seed, tell=tell_of_half(tell, 0))
    mixed = shuffle_days(series, materials.subject, seed)
    usual = guess_mean_so_far(mixed.counts)
    control = choose_nets(
        make, mixed, guessed._replace(simple=usual), n_epochs, seed=seed, tell=tell_of_half(tell, 1)
    )
    counts, rows = series.counts[scored], series.days[scored]
    errors = Tried(
        rows, (guessed.simple[scored] - counts) ** 2, (guessed.guesses[scored] - counts) ** 2,
        chosen.errors, guessed.baseline, "days",
        control=Control(
            control.errors, (usual - mixed.counts)[scored] ** 2, "the counts of all days shuffled", ANY_DAY
        ),
    )  # fmt: skip
    learned = series.days[guessed.known & (series.days < rows[0])]
    lengths = [one.n_epochs for one in chosen.nets]
    fewest, most = min(lengths), max(lengths)
    epochs = f"{fewest} to {most} epochs" if fewest < most else count_noun(most, "epoch", "epochs")
    facts = Facts(
        n_learned=len(learned), learned_nouns=("day", "days"), learned=span_days(learned),
        looks_at="The days of eight weeks: their places in week and year, and the counts before each.",
        features=FEATURES,
        label=f"the number of {materials.subject.nouns} of the day.",
        chosen=say_choice(
            f"rate {chosen.rate:g} and {epochs}", len(RATES), "days", span_days(series.days[choosing])
        ),
        file="weights of the nets, and means and spreads of the features; no word.",
    )  # fmt: skip
    return NetworkDone(errors, facts, pack_nets(name, chosen.nets, chosen.scale))


def pack_nets(name: str, nets: list[Taught], scale: Array) -> bytes:
    """Return the file of the nets; ``scale`` is that of ``Days``."""
    arrays = {f"net_{j}": one.flat for j, one in enumerate(nets)} | {"scale": scale}
    lengths = [one.n_epochs for one in nets]
    return pack_model(name, VERSION, FEATURES, arrays, units=N_UNITS, n_epochs=lengths)


def load_nets(content: bytes, name: str, make: Make, *, where: str) -> tuple[list[Taught], Array]:
    """Return what ``pack_nets`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    saved = unpack_model(content, name=name, version=VERSION, features=FEATURES, where=where)
    with fit_together(where):
        if saved.header["units"] != N_UNITS:
            raise ValueError("a net of another size")
        nets = []
        for j, n_epochs in enumerate(saved.header["n_epochs"]):
            net, rng = make(N_UNITS), np.random.default_rng(0)
            flat, parameters = pack(net.init(rng, (WINDOW, len(FEATURES)), dtype=np.float32)[0], np.float32)
            check_numbers(saved.arrays[f"net_{j}"], flat.shape)
            np.copyto(flat, saved.arrays[f"net_{j}"])
            nets.append(Taught(net, flat, parameters, n_epochs))
        check_numbers(saved.arrays["scale"], (2, len(FEATURES) - 1))
        return nets, saved.arrays["scale"]


def shuffle_days(series: DaySeries, subject: Subject, seed: int) -> DaySeries:
    """Return the series with its known counts in another order, and each day as it would then be known.

    All days are shuffled together, the scored ones too: a level that has changed by then would else be left
    for a net to find.
    """
    counts, known = series.counts.copy(), np.isfinite(series.counts)
    counts[known] = np.random.default_rng([seed, 1]).permutation(counts[known])
    return DaySeries(series.days, counts, sum_weeks(counts), make_features(series.days, counts, subject))


def choose_nets(
    make: Make, series: DaySeries, guessed: Guessed, n_epochs: int, *, seed: int, tell: Tell
) -> Chosen:
    """Choose the rate on the validation span, learn all before the scored days, and score once."""
    choosing, scored = np.flatnonzero(guessed.choosing), np.flatnonzero(guessed.scored)
    of = N_NETS * (len(RATES) + 1) * n_epochs
    hear = [tell_of_part(tell, before, of) for before in range(0, of, n_epochs)]
    days = prepare(series, guessed.simple, choosing[0])
    tried: dict[float, list[Taught]] = {}
    for k, rate in enumerate(RATES):
        tried[rate] = [
            teach(make(N_UNITS), days, choosing, rate, n_epochs, [seed, j], hear[N_NETS * k + j])
            for j in range(N_NETS)
        ]
    rate = choose_lowest(RATES, lambda r: measure_errors(tried[r], days, choosing).mean())
    days = prepare(series, guessed.simple, scored[0])
    last = hear[N_NETS * len(RATES) :]
    nets = [
        teach(make(N_UNITS), days, scored, rate, one.n_epochs, [seed, j], last[j], stops=False)
        for j, one in enumerate(tried[rate])
    ]
    tell(of, of)
    return Chosen(rate, nets, days.scale, measure_errors(nets, days, scored))


def add_up(*cell: Net) -> Net:
    """Return ``cell`` with an output at each step, added to an affine one of the step's own input."""
    straight, through = each_step(dense(1, zeros)), sequence(*cell, each_step(dense(1, zeros)))
    return sequence(branch(straight, through), add())


def teach(
    net: Net,
    days: Days,
    after: Array,
    rate: float,
    n_epochs: int,
    seed: list[int],
    tell: Tell,
    *,
    stops: bool = True,
) -> Taught:
    """Teach a new net the days before ``after``; if it ``stops``, then by its errors on these."""
    rng = np.random.default_rng(seed)
    flat, parameters = pack(net.init(rng, (WINDOW, days.x.shape[1]), dtype=np.float32)[0], np.float32)
    windows = cut_windows(days, list_starts(after[0], EVERY))
    steps = train(
        make_objective(net), flat, parameters, take_batches(windows, N_BATCH, rng=rng, n_epochs=n_epochs),
        optimizer=with_shrinking(Adam(flat), list_weights(parameters), l1=0.0, l2=DECAY),
        schedule=keep_constant(rate),
    )  # fmt: skip
    every = count_batches(len(windows["x"]), N_BATCH)
    if not stops:
        run_epochs(steps, every=every, n_epochs=n_epochs, tell=tell)
        return Taught(net, flat, parameters, n_epochs)
    taught = Taught(net, flat, parameters, 1)
    epochs = train_until_worse(
        steps, lambda: float(measure_errors([taught], days, after).mean()), flat=flat, every=every,
        patience=PATIENCE, n_epochs=n_epochs, tell=tell,
    )  # fmt: skip
    return taught._replace(n_epochs=1 + max((epoch.number for epoch in epochs if epoch.best), default=0))


def make_objective(net: Net) -> Callable[..., tuple[Array, Pullback]]:
    """Return the net's loss on windows, as ``models.training.train`` takes it."""

    def objective(parameters: Tree, *, x: Array, **truth: Array) -> tuple[Array, Pullback]:
        output, pull_net = net(parameters, x, pull_input=False)
        total, pull_loss = lose(output, **truth)

        def pull_objective(d_total: float, out: Tree | None = None) -> tuple[Tree]:
            (d_output,) = pull_loss(d_total)
            return (pull_net(d_output, out)[0],)

        return total, pull_objective

    return objective


def measure_errors(nets: list[Taught], days: Days, rows: Array) -> Array:
    """Return the squared errors of the nets' mean guess on ``rows``, (n_rows,)."""
    factors = np.mean([guess_factors(one.net, one.parameters, days) for one in nets], axis=0)
    errors: Array = np.exp(factors + days.log_base)[rows] - days.target[rows]
    return errors**2


def guess_factors(net: Net, parameters: Tree, days: Days) -> Array:
    """Return the logarithm of the factor for every day, (n,), made of that day and those before it alone."""
    starts, factors = list_starts(len(days.x), WINDOW - CONTEXT), np.zeros(len(days.x))
    output = net(parameters, days.x[starts[:, None] + np.arange(WINDOW)])[0][..., 0]
    for start, row in zip(starts, output, strict=True):
        begin = CONTEXT if start else 0
        factors[start + begin : start + WINDOW] = row[begin:]
    return factors


def make_network(name: str, network_name: str, cell: str, make: Make) -> Network:
    """Return the work of one cell; ``cell`` says in half a sentence what it is."""
    how = (
        f"{cell} Each net reads the days of eight weeks in turn, each as it was known on the evening "
        "before: its calendar and the counts before it, as the classical model sees them, and whether all of "
        "these are known. At each day it says by what factor the simple baseline’s guess is to be changed; "
        "its loss is that of counts, at every day of a window’s second half. The mean of "
        f"{spell_small(N_NETS)} nets that begin from other weights is taken. The classical model "
        "goes on learning on the scored days, one by one; the nets do not. “Off by” is the root of the mean "
        "squared error. The interval comes from drawing whole weeks again. Where the counts of all days are "
        "shuffled, nothing says more than the mean of all days before."
    )
    return Network(
        name, QUESTION, network_name, CLASSICAL, how,
        needs="half a year of covered days",
        estimate=lambda materials: 2.0 + 6.0 * len(materials.subject.covered) / 1000,
        run=partial(run_nets, name, make),
    )  # fmt: skip
