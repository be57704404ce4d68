"""Four cases: a net that waits for its gradient and one that guesses it, each with and without noise on it.

Three layers tell a ring from the disc in it, by points that anyone can make; a tenth of the labels is wrong.
In the decoupled net each hidden layer moves by the guess of an interface that sees the layer's output and the
point's label. Noise is Gaussian, of the variance η/(1+t)^0.55 at step t. All four begin with the same weights
and see the same batches; that is done again from several initial weights, and the means are drawn. After each
epoch the guesses are laid beside the true gradients, which only the last layer ever sees.

References: M. Jaderberg et al. 2017, *Decoupled Neural Interfaces using Synthetic Gradients*, arXiv
1608.05343; A. Neelakantan et al. 2015, *Adding Gradient Noise Improves Learning for Very Deep Networks*,
arXiv 1511.06807.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.initial import he_uniform
from models.layers.activations import compute_logistic, relu
from models.losses import logistic_loss
from models.net import activation, dense, sequence
from models.objective import make_objective
from models.optimizers import Adam, with_noise
from models.schedules import keep_constant
from models.studies.shapes import Points, make_grid, make_ring
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.systems.decoupled import (
    Decoupled,
    DecoupledNet,
    make_decoupled_objective,
    make_interface,
    make_joint,
)
from models.training import train
from models.tree import pack
from models.types import Array

SOURCE = "article on decoupled neural interfaces in NumPy, four cases; no figure is published"
CASES = ("joint", "joint, noise", "decoupled", "decoupled, noise")
N_POINTS, N_NEW, N_TIMES = 300, 4000, 5
WRONG = 0.1  # of the labels to learn from
N_HIDDEN, ETA = 16, 0.01
RATE, N_BATCH, N_EPOCHS = 0.01, 30, 40
N_SIDE = 61


class Run(NamedTuple):
    """One case from one set of initial weights."""

    cost: Array  # (N_EPOCHS,), the mean loss of an epoch's steps
    far: Array  # (N_EPOCHS, 2), how far each layer's guesses are from the true gradients, as a share of these
    right: float  # the share of new points
    p: Decoupled


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Train all four cases, several times.

    Arrays: ``case`` (4,), ``cost (4, n_epochs)``; ``far (2, n_epochs, 2)`` of the decoupled cases: case,
    epoch, layer; of the first time ``x (n, 2)``, ``y (n,)``, ``across``, ``up`` and ``maps (4, n_side,
    n_side)``, the chance of the second class.
    """
    rng = np.random.default_rng(seed)
    points, new = make_ring(N_POINTS, rng=rng), make_ring(N_NEW, rng=rng)
    points = points._replace(y=np.where(rng.random(N_POINTS) < WRONG, 1 - points.y, points.y))
    net = make_net()
    runs: dict[str, list[Run]] = {case: [] for case in CASES}
    for time in range(N_TIMES):
        for number, case in enumerate(CASES, 1):
            runs[case].append(run_case(case, net, points, new, seed=[seed, time]))
            tell(time * len(CASES) + number, N_TIMES * len(CASES))
    cost = np.array([np.mean([run.cost for run in runs[case]], axis=0) for case in CASES])
    far = np.array([np.mean([run.far for run in runs[case]], axis=0) for case in CASES[2:]])
    right = {case: [100 * run.right for run in runs[case]] for case in CASES}
    across, up, grid = make_grid(points.x, N_SIDE)
    maps = [say_chance(net, runs[case][0].p, grid).reshape(N_SIDE, N_SIDE) for case in CASES]
    means = [float(np.mean(right[case])) for case in CASES]
    spread = float(np.std(right["decoupled"], ddof=1))
    figures = [
        Figure(f"right on new points, {case}", None, "", float(np.mean(right[case])), "%") for case in CASES
    ]
    figures += [
        Figure("right, by the best rule there is", None, "", 100 * points.best, "%"),
        Figure("spread of the share right over initial weights, decoupled", None, "",
               spread, "%"),
        Figure("cost after the last epoch, joint", None, "", float(cost[0, -1])),
        Figure("cost after the last epoch, decoupled", None, "", float(cost[2, -1])),
        Figure("guess behind the second layer off by, of the true gradient, at the end", None, "",
               100 * float(far[0, -1, 1]), "%"),
    ]  # fmt: skip
    return StudyResult(
        "decoupled",
        "Layers that guess their gradients",
        SOURCE,
        tuple(figures),
        {
            "case": np.array(CASES), "cost": cost, "far": far, "x": points.x, "y": points.y,
            "across": across, "up": up, "maps": np.array(maps),
        },
        (
            f"Guessed gradients do {compare(means[2], means[0], spread)} true ones: {means[2]:.1f} and "
            f"{means[0]:.1f} points in 100 right (± {spread:.1f}).",
            f"With noise on the gradients they are {means[3]:.1f} and {means[1]:.1f}; other initial weights "
            f"change each by about {spread:.1f}.",
            f"Behind the second layer the guesses end {100 * far[0, -1, 1]:.0f} % away from the true "
            f"gradients, behind the first {100 * far[0, -1, 0]:.0f} %.",
        ),
    )  # fmt: skip


def compare(one: float, other: float, spread: float) -> str:
    """Say how one mean of ``N_TIMES`` starts stands to another; ``spread`` is that of single ones."""
    if abs(one - other) <= 2 * spread * np.sqrt(2 / N_TIMES):  # two standard errors of the difference
        return "about as well as"
    return "better than" if one > other else "worse than"


def make_net() -> DecoupledNet:
    """Return three modules 2–16–16–1, with an affine interface behind each of the first two."""
    bent = activation(relu)
    hidden = sequence(dense(N_HIDDEN, he_uniform), bent)
    interface = make_interface(N_HIDDEN)
    return DecoupledNet((hidden, hidden, sequence(dense(1))), (interface, interface))


def run_case(case: str, net: DecoupledNet, points: Points, new: Points, *, seed: list[int]) -> Run:
    """Train one case; one seed gives the same initial weights and batches to all."""
    rng = np.random.default_rng(seed)
    flat, p = pack(net.init(rng, (2,), n_context=1))
    y = points.y[:, None].astype(float)
    rows = {"x": points.x, "target": y}
    joint = make_objective(make_joint(net, 1), logistic_loss)
    guessing = case.startswith("decoupled")
    batches = take_batches(rows, N_BATCH, rng=rng, n_epochs=N_EPOCHS)
    steps = train(
        make_decoupled_objective(net, logistic_loss) if guessing else joint,
        flat,
        p,
        ({**batch, "context": batch["target"]} if guessing else batch for batch in batches),
        optimizer=with_noise(Adam(flat), ETA if "noise" in case else 0.0, np.random.default_rng([*seed, 1])),
        schedule=keep_constant(RATE),
    )
    every = count_batches(len(y), N_BATCH)
    cost, far = np.zeros(N_EPOCHS), np.zeros((N_EPOCHS, 2))
    for step in steps:
        epoch, last = divmod(step.number, every)
        cost[epoch] += step.loss / every
        if guessing and last == every - 1:
            far[epoch] = compare_guesses(net, p, points.x, y)
    right = float(np.mean((say_chance(net, p, new.x) > 0.5) == new.y))
    return Run(cost, far, right, p)


def compare_guesses(net: DecoupledNet, p: Decoupled, x: Array, y: Array) -> list[float]:
    """Return how far each interface's guesses are from the true gradients, over the size of these."""
    h, pulls = x, []
    for module, theta in zip(net.modules, p.modules, strict=True):
        h, pull = module(theta, h)
        pulls.append(pull)
    (dh,) = logistic_loss(h, target=y)[1](float(len(x)))
    shares = []
    for guess, pull in zip(net.guess(p, x, context=y)[::-1], pulls[:0:-1], strict=True):
        _, dh = pull(dh)
        shares.append(float(np.linalg.norm(guess - dh) / np.linalg.norm(dh)))
    return shares[::-1]


def say_chance(net: DecoupledNet, p: Decoupled, x: Array) -> Array:
    """Return the chance of the second class for points (n, 2)."""
    return compute_logistic(sequence(*net.modules)(p.modules, x)[0][:, 0])
