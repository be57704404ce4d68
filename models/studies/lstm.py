"""An LSTM of one unit, unrolled for two steps, as it was derived by hand; then what its gates are for.

The article's net has eight weights and no biases: of each of the four gates one for the input and one for
the state before. Its cost is ½(out − y)² at each of two steps. Its numbers are not published; here another
such net, the teacher, gives the targets, so that a cost of nothing can be reached.

Then two experiments. A sum of twenty inputs is learned with a loss at each step, and with one at the end
alone. And of nets that have learned nothing yet it is measured how much of a gradient comes back over how
many steps, which is what forget gates that begin open are for.

References: S. Hochreiter & J. Schmidhuber 1997, *Long Short-Term Memory*; F. Gers, J. Schmidhuber & F.
Cummins 2000, *Learning to Forget*; Y. Bengio, P. Simard & P. Frasconi 1994, *Learning Long-Term Dependencies
with Gradient Descent Is Difficult*.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from models.layers.affine import Affine
from models.losses import squared_loss
from models.net import Net, dense, sequence
from models.optimizers import SGD, Adam
from models.parts.recurrent import each_step, lstm, simple
from models.recurrent.lstm import Memory, lstm_step
from models.recurrent.scan import scan
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.training import train
from models.tree import pack
from models.types import Array, Pullback, Tree

SOURCE = "J. D. Seo 2018, Only NumPy: feed forward and back propagation of an LSTM; numbers not published"
N_ROWS, N_STEPS, RATE = 20, 5000, 1.0
LONG, N_UNITS, LONG_STEPS, LONG_RATE, N_BATCH = 20, 12, 1500, 0.01, 32
N_NEW, N_SEEDS, HALF = 200, 5, 10  # sequences to score by; beginnings; a place on the way
FAR, N_FAR = 60, 20  # steps back; nets to take the median of
STEP = 1e-6  # of a difference
NOTHING = 1e-12  # a gradient below it teaches nothing


class Way(NamedTuple):
    """How the small net was learned."""

    costs: Array  # (n_steps,) before each step
    weights: Array  # (8,) at the end
    difference: float  # the largest one between the gradient and central differences, before the first step


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Learn the small net's two steps; then the sum of twenty inputs in two ways; then look back.

    Arrays: ``cost (n_steps,)`` of the small net; ``at_each`` and ``at_end (20,)``, the root of the mean
    squared error of the sum at each place of new sequences, the median of five nets; ``back_names (3,)`` and
    ``back (3, 61)``: what comes back of a gradient of length 1, by steps.
    """
    of = 2 * N_SEEDS + 2
    way = learn_two_steps(seed)
    tell(done := 1, of)
    courses: dict[bool, list[Array]] = {True: [], False: []}
    for k in range(N_SEEDS):
        for at_each, course in courses.items():
            course.append(learn_sum([seed, k], at_each=at_each))
            tell(done := done + 1, of)
    each, end = (np.median(course, axis=0) for course in courses.values())
    back = {
        "LSTM, forget gate open": look_back(lstm, seed, opened=3.0),
        "LSTM, half open": look_back(lstm, seed, opened=0.0),
        "simple net": look_back(simple, seed, opened=0.0),
    }
    tell(of, of)
    most, half, plain = (float(curve[FAR]) for curve in back.values())
    figures = (
        Figure("cost of two steps, before", None, "", float(way.costs[0])),
        Figure(f"the same after {N_STEPS:,} steps of descent", None, "", float(way.costs[-1])),
        Figure("largest difference of its gradient from differences", None, "", way.difference),
        Figure(f"sum of {LONG} missed at the end by, loss at each step, median", None, "", float(each[-1])),
        Figure("the same, loss at the end alone", None, "", float(end[-1])),
        Figure(f"sum of {HALF} missed on the way by, loss at each step", None, "", float(each[HALF - 1])),
        Figure("missed on the way, loss at the end alone", None, "", float(end[HALF - 1])),
        Figure(f"length of a gradient of 1 after {FAR} steps back, LSTM, gates open", None, "", most),
        Figure("the same, LSTM, gates half open", None, "", half),
        Figure("the same, simple net", None, "", plain),
    )
    words = (
        f"A gradient of 1 is {most:.2g} long after {FAR} steps back in an LSTM with open gates, "
        f"{say_plainly(plain)} in a simple net.",
        f"Where its forget gates begin half open, it is {say_length(half)} long.",
        f"A loss at the end alone learns the sum of {LONG} inputs too, and misses it by {end[-1]:.2f} "
        f"(with a loss at each step {each[-1]:.2f}); but on the way, at the {HALF}th, it misses by "
        f"{end[HALF - 1]:.2f} instead of {each[HALF - 1]:.2f}.",
        f"The two steps of one unit are learned: their cost falls from {way.costs[0]:.2g} to "
        f"{way.costs[-1]:.2g}.",
    )
    arrays = {
        "cost": way.costs,
        "at_each": each,
        "at_end": end,
        "back_names": np.array(list(back)),
        "back": np.array(list(back.values())),
    }
    return StudyResult("lstm", "An LSTM: two steps by hand, and many", SOURCE, figures, arrays, words)


def say_length(length: float) -> str:
    """Write a small number, but none that only rounding tells from 0."""
    return f"{length:.2g}" if length >= NOTHING else f"under {NOTHING:g}"


def say_plainly(length: float) -> str:
    """Write a small number without a power of ten."""
    return f"{length:.6f}" if length >= 1e-6 else "under 0.000001"


def cost_of_two_steps(parameters: Tree, *, x: Array, target: Array) -> tuple[Array, Pullback]:
    """Return the mean over rows of Σₜ ½(hₜ − yₜ)²; ``parameters`` (2, 4): input and state, four gates."""
    zeros = np.zeros((len(x), 1))
    states, pull = scan(lstm_step, Affine(parameters, np.zeros(4)), Memory(zeros, zeros), x)
    error = states.hidden - target

    def pull_cost(d_cost: float, out: Array | None = None) -> tuple[Array]:
        d_hidden = error * (float(d_cost) / len(x))
        dp, _, _ = pull(Memory(d_hidden, np.zeros_like(states.cell)))
        return (np.positive(dp.weight, out=out),)

    return 0.5 * np.square(error).sum() / len(x), pull_cost


def learn_two_steps(seed: int) -> Way:
    """Learn what a teacher of the same form says, by plain descent."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(N_ROWS, 2, 1))
    teacher, flat = rng.normal(scale=1.5, size=(2, 4)), rng.normal(scale=0.5, size=8)
    zeros = np.zeros((N_ROWS, 1))
    target = scan(lstm_step, Affine(teacher, np.zeros(4)), Memory(zeros, zeros), x)[0].hidden
    weight = flat.reshape(2, 4)
    (gradient,) = cost_of_two_steps(weight, x=x, target=target)[1](1.0)
    differences = np.empty_like(gradient)
    for place in np.ndindex(weight.shape):
        moved = np.zeros_like(weight)
        moved[place] = STEP
        above, below = (cost_of_two_steps(weight + d, x=x, target=target)[0] for d in (moved, -moved))
        differences[place] = (above - below) / (2 * STEP)
    off = float(np.abs(gradient - differences).max())
    steps = train(
        lambda parameters, **batch: cost_of_two_steps(parameters, **batch),
        flat,
        weight,
        repeat({"x": x, "target": target}, N_STEPS),
        optimizer=SGD(flat),
        schedule=keep_constant(RATE),
    )
    return Way(np.array([step.loss for step in steps]), flat, off)


def learn_sum(seed: list[int], *, at_each: bool) -> Array:
    """Learn the running sum of numbers ±1; return by how much a new one is missed at each place, (LONG,)."""
    rng = np.random.default_rng([*seed, 1])
    net = sequence(lstm(N_UNITS), each_step(dense(1)))
    flat, parameters = pack(net.init(rng, (LONG, 1))[0])
    batches = (dict(zip(("x", "target"), draw_sums(rng, N_BATCH), strict=True)) for _ in range(LONG_STEPS))
    for _ in train(
        make_sum_objective(net, at_each=at_each),
        flat,
        parameters,
        batches,
        optimizer=Adam(flat),
        schedule=keep_constant(LONG_RATE),
    ):
        pass
    new, sums = draw_sums(np.random.default_rng([*seed, 2]), N_NEW)
    missed: Array = np.sqrt(np.mean((net(parameters, new)[0] - sums) ** 2, axis=(0, 2)))
    return missed


def draw_sums(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Return sequences of ±1, (n, LONG, 1), and their running sums."""
    x = rng.choice([-1.0, 1.0], size=(n, LONG, 1))
    return x, x.cumsum(axis=1)


def make_sum_objective(net: Net, *, at_each: bool) -> Callable[..., tuple[Array, Pullback]]:
    """Return the squared loss at each step, or at the last alone."""
    first = 0 if at_each else LONG - 1

    def objective(parameters: Tree, *, x: Array, target: Array) -> tuple[Array, Pullback]:
        value, pull_net = net(parameters, x, pull_input=False)
        loss, pull_loss = squared_loss(value[:, first:], target=target[:, first:])

        def pull_objective(d_loss: float, out: Tree | None = None) -> tuple[Tree]:
            d_value = np.zeros_like(value)
            (d_value[:, first:],) = pull_loss(d_loss)
            return (pull_net(d_value, out)[0],)

        return loss, pull_objective

    return objective


def look_back(part: Callable[[int], Any], seed: int, *, opened: float) -> Array:
    """Return what comes back of the last state's gradient, (FAR + 1,), by steps; the median of new nets.

    The length of the gradient by each earlier input is divided by that by the last one. ``opened`` is the
    bias of the forget gates, which are the first columns.
    """
    curves = []
    for k in range(N_FAR):
        rng = np.random.default_rng([seed, 3, k])
        net = part(N_UNITS)
        p, _ = net.init(rng, (FAR + 1, 1))
        p.bias[:N_UNITS] = opened
        value, pull = net(p, rng.choice([-1.0, 1.0], size=(N_BATCH, FAR + 1, 1)))
        d_last = np.zeros_like(value)
        d_last[:, -1] = rng.normal(size=N_UNITS)
        dx = pull(d_last)[1][..., 0]
        lengths = np.sqrt(np.mean(dx[:, ::-1] ** 2, axis=0))
        curves.append(lengths / lengths[0])
    middle: Array = np.median(curves, axis=0)
    return middle
