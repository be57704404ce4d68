"""One net with two inputs and two outputs: which weekday was it, and how much comes tomorrow?

One input is a day's 24 hours, the other the last seven days' counts (the net is that of
``models.two_heads``; n is the next day's count in tens). Beside it stand two nets with one head each.

References: R. Caruana 1997, *Multitask Learning*.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.early_stopping import Epoch, train_until_worse
from models.losses import cross_entropy, poisson_loss
from models.net import Net
from models.objective import make_objective
from models.optimizers import Adam
from models.schedules import keep_constant
from models.studies.invented_days import Days, invent_days
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.training import train
from models.tree import pack
from models.two_heads import add_losses, make_net
from models.types import Array, Pullback, Tree
from models.validation import Split, split_by_time

SOURCE = "course on neural networks: several inputs and several outputs; no figure is published"
N_DAYS = 1500
RATE, N_BATCH, N_EPOCHS, PATIENCE = 3e-3, 32, 100, 10
HEADS = ("both", "weekday", "count")


class Taught(NamedTuple):
    """A net that has learned, and how."""

    net: Net
    parameters: Tree
    curves: list[Epoch]


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach one net both questions, and two nets one each; the last fifth of the days is scored.

    Arrays: ``count``, ``expected`` and ``week_mean`` (of the scored days: the next day's count, what the net
    of two heads expects, the mean of the seven days before), ``confusion (7, 7)`` (row: the weekday),
    ``<both|weekday|count>_learned`` and ``_held`` (losses by epoch); of the net's graph ``part_names``,
    ``part_sizes`` (numbers of parameters) and ``edges (n, 2)``: from which part to which; −1 and −2 are
    the inputs.
    """
    days, split = invent_days(N_DAYS, rng=np.random.default_rng(seed)), split_by_time(N_DAYS)
    scored = Days(*(values[split.test] for values in days))
    taught = {}
    for number, heads in enumerate(HEADS, 1):
        taught[heads] = teach(heads, days, split, seed=seed)
        tell(number, len(HEADS))
    value, _ = ask(taught["both"], scored)
    said, expected = value[0].argmax(axis=1), 10 * np.exp(value[1][:, 0])
    said_alone = ask(taught["weekday"], scored)[0].argmax(axis=1)
    expected_alone = 10 * np.exp(ask(taught["count"], scored)[0][:, 0])
    week_mean = 10 * np.exp(scored.week).mean(axis=1)
    right = [100 * float(np.mean(guess == scored.weekday)) for guess in (said, said_alone)]
    guesses = (expected, expected_alone, week_mean, scored.rate)
    missed = [float(np.abs(guess - scored.to_come).mean()) for guess in guesses]
    figures = (
        Figure("weekdays named right, one net with two heads", None, "", right[0], "%"),
        Figure("weekdays named right, a net with that head alone", None, "", right[1], "%"),
        Figure("weekdays named right, by chance", None, "", 100 / 7, "%"),
        Figure("next day’s count missed by, one net with two heads", None, "", missed[0], "entries"),
        Figure("next day’s count missed by, a net with that head alone", None, "", missed[1], "entries"),
        Figure("next day’s count missed by, the mean of a week", None, "", missed[2], "entries"),
        Figure("next day’s count missed by, the rate it was drawn with", None, "", missed[3], "entries"),
    )
    confusion = np.zeros((7, 7), int)
    np.add.at(confusion, (scored.weekday, said), 1)
    arrays = {"count": scored.to_come, "expected": expected, "week_mean": week_mean, "confusion": confusion}
    for heads, each in taught.items():
        arrays[f"{heads}_learned"] = np.array([epoch.loss for epoch in each.curves])
        arrays[f"{heads}_held"] = np.array([epoch.measure for epoch in each.curves])
    return StudyResult(
        "two_heads",
        "One net, two questions",
        SOURCE,
        figures,
        arrays | describe_graph(taught["both"].net),
        (
            f"One net names {right[0]:.0f} weekdays in 100 and misses the next day’s count by "
            f"{missed[0]:.0f} entries; two nets, {right[1]:.0f} and {missed[1]:.0f}.",
            f"The mean of a week misses it by {missed[2]:.0f}; who knew the true rate, by {missed[3]:.0f}.",
        ),
    )


def teach(heads: str, days: Days, split: Split, *, seed: int) -> Taught:
    """Train a net on the first days until the validation span is met no better."""
    rng = np.random.default_rng(seed)
    net = make_net(heads)
    flat, parameters = pack(net.init(rng, (24,), (7,))[0])
    truth = {"label": days.weekday, "target": days.to_come[:, None] / 10}
    wanted = {"both": ("label", "target"), "weekday": ("label",), "count": ("target",)}[heads]
    losses: dict[str, Callable[..., tuple[Array, Pullback]]]
    losses = {"both": add_losses, "weekday": cross_entropy, "count": poisson_loss}
    objective = make_objective(net, losses[heads])

    def choose(rows: slice) -> dict[str, Any]:
        return {"x": (days.hours[rows], days.week[rows])} | {name: truth[name][rows] for name in wanted}

    steps = train(
        objective,
        flat,
        parameters,
        take_batches(choose(split.train), N_BATCH, rng=rng, n_epochs=N_EPOCHS),
        optimizer=Adam(flat),
        schedule=keep_constant(RATE),
    )
    epochs = train_until_worse(
        steps,
        lambda: float(objective(parameters, **choose(split.validation))[0]),
        flat=flat,
        every=count_batches(split.train.stop, N_BATCH),
        patience=PATIENCE,
        n_epochs=N_EPOCHS,
    )
    return Taught(net, parameters, list(epochs))


def ask(taught: Taught, days: Days) -> tuple[Any, Pullback]:
    """Return what a net says of days."""
    return taught.net(taught.parameters, days.hours, days.week)


def describe_graph(net: Net) -> dict[str, Array]:
    """Return the net's parts and what follows what."""
    rows = net.list_parts((24,), (7,))
    return {
        "part_names": np.array([row.name for row in rows]),
        "part_sizes": np.array([row.n_parameters for row in rows]),
        "edges": np.array([(source, number) for number, row in enumerate(rows) for source in row.after]),
    }
