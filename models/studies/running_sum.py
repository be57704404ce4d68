"""The running sum of three inputs, each 0 or 0.5: what a net with gates along time and depth learns of it.

The article's task: at each of three steps say the sum of all inputs so far. There are eight such sequences,
and all of them are learned. The intersection net is the article's; beside it, on the same task with as many
units, stand the update-gate net, an LSTM and a simple net. As in the paper, an affine layer first brings the
input to as many features as there are units; another reads the output. After the third step nothing was
taught: six steps show who counts on.

References: J. Collins, J. Sohl-Dickstein & D. Sussillo 2017, *Capacity and Trainability in Recurrent Neural
Networks*, arXiv 1611.09913.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import NamedTuple

import numpy as np

from models.losses import squared_loss
from models.net import Net, dense, sequence
from models.objective import make_objective
from models.optimizers import SGD, Adam, Optimizer
from models.parts.recurrent import each_step, intersection, lstm, simple, update_gate
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.training import train
from models.tree import pack
from models.types import Array

SOURCE = "J. D. Seo 2018, Only NumPy: intersection recurrent neural network; no figure is published"
N_UNITS, N_STEPS, RATE, N_SEEDS = 6, 2000, 0.01, 5
DESCENT_RATE = 0.1  # of plain descent, the article's rule
LEARNED, SHOWN = 3, 6  # steps of a sequence
LOW = 0.01  # the error to reach
CELLS: dict[str, Callable[[int], Net]] = {
    "intersection": intersection,
    "update gate": update_gate,
    "LSTM": lstm,
    "simple": simple,
}


class Learned(NamedTuple):
    """A net that has learned the sums."""

    errors: Array  # (n_steps,) the mean absolute error of all sums, after each step
    said: Array  # (8, 3, 1)
    by_place: Array  # (SHOWN,) the mean absolute error at each place of longer sequences


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach four cells the running sum, each from five beginnings, and the first one by plain descent too.

    Arrays: ``cell (4,)`` names; ``error (4, n_steps)`` the mean absolute error after each step, the median
    of the five; ``by_place (4, 6)`` that at each place of sequences of six, of which the first ``n_learned``
    were taught; ``x (8, 3)``, ``sum (8, 3)`` and ``said (8, 3)`` by the first intersection net.
    """
    x, sums = list_sequences(LEARNED)
    learned: dict[str, list[Learned]] = {}
    of, done = len(CELLS) + 1, 0
    for name in CELLS:
        learned[name] = [learn(name, Adam, RATE, [seed, k]) for k in range(N_SEEDS)]
        tell(done := done + 1, of)
    plain = [learn("intersection", SGD, DESCENT_RATE, [seed, k]) for k in range(N_SEEDS)]
    tell(of, of)
    last = {name: np.array([each.errors[-1] for each in some]) for name, some in learned.items()}
    plain_last = np.array([each.errors[-1] for each in plain])
    ours, by_place = last["intersection"], measure_places(learned)
    what = f"mean error of the sums after {N_STEPS:,} steps"
    figures = (
        Figure(f"{what}, intersection net, median of {N_SEEDS}", None, "", float(np.median(ours))),
        Figure("the same, the worst of them", None, "", float(ours.max())),
        Figure(
            f"steps until that error stays under {LOW:g}, median", None, "",
            float(np.median([count_steps(each.errors) for each in learned["intersection"]])),
        ),
        Figure("the same net by plain descent, median", None, "", float(np.median(plain_last))),
        *(
            Figure(f"{what}, {name} net, median", None, "", float(np.median(errors)))
            for name, errors in last.items()
            if name != "intersection"
        ),
        Figure("error at the sixth of six steps, intersection net", None, "", float(by_place[0, -1])),
        Figure("the same, whoever does it best", None, "", float(by_place[:, -1].min())),
    )  # fmt: skip
    k = int(by_place[:, -1].argmin())
    far = (
        "goes on best: at the sixth it is off by"
        if k == 0
        else f"is off by {by_place[0, -1]:.2f} at the sixth, the {list(CELLS)[k]} net by"
    )
    words = (
        f"Taught sums of three inputs, the intersection net {far} {by_place[k, -1]:.2f}.",
        f"After {N_STEPS:,} steps the intersection net misses the sums, of up to {0.5 * LEARNED:g}, by "
        f"{np.median(ours):.4f}; from the worst of {N_SEEDS} beginnings by {ours.max():.4f}.",
        f"Three more steps were never taught: there the sums go up to {0.5 * SHOWN:g}, and of the four the "
        f"{list(CELLS)[k]} net is off least.",
    )
    arrays = {
        "cell": np.array(list(CELLS)),
        "error": np.array([np.median([each.errors for each in some], axis=0) for some in learned.values()]),
        "by_place": by_place,
        "n_learned": np.array(LEARNED),
        "x": x[..., 0],
        "sum": sums[..., 0],
        "said": learned["intersection"][0].said[..., 0],
    }
    return StudyResult("running_sum", "The running sum of three inputs", SOURCE, figures, arrays, words)


def list_sequences(n_steps: int) -> tuple[Array, Array]:
    """Return every sequence of 0 and 0.5, and its running sums: both (2ⁿ, n, 1)."""
    number = np.arange(2**n_steps)[:, None]
    x = 0.5 * (number >> np.arange(n_steps)[::-1] & 1)[..., None]
    return x, x.cumsum(axis=1)


def make_net(name: str) -> Net:
    """Return a cell between two affine layers, at each step."""
    return sequence(each_step(dense(N_UNITS)), CELLS[name](N_UNITS), each_step(dense(1)))


def learn(name: str, make: Callable[[Array], Optimizer], rate: float, seed: list[int]) -> Learned:
    """Teach a new net all sequences of three steps at once."""
    rng, net = np.random.default_rng(seed), make_net(name)
    x, sums = list_sequences(LEARNED)
    flat, parameters = pack(net.init(rng, x.shape[1:])[0])
    steps = train(
        make_objective(net, squared_loss),
        flat,
        parameters,
        repeat({"x": x, "target": sums}, N_STEPS),
        optimizer=make(flat),
        schedule=keep_constant(rate),
    )
    errors = [float(np.abs(net(parameters, x)[0] - sums).mean()) for _ in steps]
    longer, further = list_sequences(SHOWN)
    by_place = np.abs(net(parameters, longer)[0] - further).mean(axis=(0, 2))
    return Learned(np.array(errors), net(parameters, x)[0], by_place)


def measure_places(learned: dict[str, list[Learned]]) -> Array:
    """Return each cell's mean absolute error by place, the median over its beginnings."""
    return np.array([np.median([each.by_place for each in some], axis=0) for some in learned.values()])


def count_steps(errors: Array) -> float:
    """Return after how many steps an error stays under ``LOW``; NaN where it does not."""
    above = np.flatnonzero(errors >= LOW)
    after = int(above[-1]) + 1 if len(above) else 0
    return float(after) if after < len(errors) else float("nan")
