"""Two losses and three penalties on a line with outliers: what a loss forgives, what a penalty takes away.

One point in ten lies far off, all in one place. The squared loss counts an error e = prediction − y by its
square, so that the few pull the curve; the absolute loss counts it by its size. Its derivative is
sign(e)/m, with sign(0) = 0. The article then "loosens" that derivative to e/m. But e/m is the derivative of
½·e²/m: what is trained is then the squared loss at half its rate, whatever cost is printed beside it.

The L2 penalty is a term of the loss; the L1 penalty is a proximal step after each step, so that a weight at
zero stays there. Biases get none. All cases begin with the same weights.

References: R. Tibshirani 1996, *Regression Shrinkage and Selection via the Lasso*; P. Huber 1964, *Robust
Estimation of a Location Parameter*.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import NamedTuple

import numpy as np

from models.initial import draw_normal
from models.layers.activations import arctan
from models.losses import absolute_loss, squared_loss
from models.net import Net, activation, dense, sequence
from models.objective import list_weights, make_objective
from models.optimizers import SGD, with_shrinking
from models.penalties import squared_penalty
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.training import train
from models.tree import pack
from models.types import Array, Pullback, Tree

SOURCE = "J. D. Seo 2018, Only NumPy: combinations of L1 and L2 norm and regularisation; points not published"
N_POINTS, N_OUTLIERS, SLOPE = 500, 50, 60.0
N_STEPS, RATE, STRENGTH = 800, 4e-4, 1.0
GRID = np.linspace(-2.5, 2.5, 101)
PLACE = 70  # of x = 1 on the grid
NEAR = 0.9  # of the line's height; below it a curve falls short


class Case(NamedTuple):
    """A loss with a penalty."""

    loss: str  # "L1", "L2" or "loosened L1"
    penalty: str  # "", "L1" or "L2"

    @property
    def name(self) -> str:
        """Return its name in tables and pictures."""
        return f"{self.loss} loss" + (f", {self.penalty} penalty" if self.penalty else "")


CASES = tuple(Case(loss, penalty) for loss in ("L1", "L2", "loosened L1") for penalty in ("", "L1", "L2"))


def loosened_loss(prediction: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of |e|, as the L1 loss, with the derivative e/m of the article.

    This pullback is not the derivative of its formula, on purpose.
    """
    error = prediction - target

    def pull_loosened(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(error, d_loss / error.size, out=out),)

    return np.abs(error).sum() / error.size, pull_loosened


LOSSES: dict[str, Callable[..., tuple[Array, Pullback]]] = {
    "L1": absolute_loss,
    "L2": squared_loss,
    "loosened L1": loosened_loss,
}


def make_net() -> Net:
    """Return the net: 100, 104 and 200 units and one output, by turns with arctan and as they are."""
    unit = partial(dense, initial=draw_normal(1.0))
    return sequence(unit(100), activation(arctan), unit(104), unit(200), activation(arctan), unit(1))


def draw_points(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return x and y (n, 1): a line with a little noise, and outliers around (1, −85)."""
    x = rng.normal(size=(N_POINTS, 1))
    y = SLOPE * x + rng.normal(scale=5.0, size=x.shape)
    x[:N_OUTLIERS] = 1 + 0.08 * rng.normal(size=(N_OUTLIERS, 1))
    y[:N_OUTLIERS] = -85 + 0.8 * rng.normal(size=(N_OUTLIERS, 1))
    return x, y


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Train the nine cases from the same weights.

    Arrays: ``x, y`` (the points, (n, 1); the first ``n_outliers`` lie off), ``case`` (the cases' names),
    ``grid`` and ``line`` (the truth on it), ``fit`` (case, grid), ``sums`` (case, layer: Σ|w|), ``zeros``
    (case: the share of weights that are exactly 0).
    """
    rng = np.random.default_rng(seed)
    x, y = draw_points(rng)
    start = make_net().init(rng, (1,), dtype=np.float32)[0]
    trained = []
    for number, case in enumerate(CASES):
        tell(number, len(CASES))
        trained.append(_train(case, start, x, y))
    tell(len(CASES), len(CASES))
    fits = np.array([fit for fit, _ in trained])
    sums = np.array([[np.abs(w).sum() for w in weights] for _, weights in trained])
    zeros = np.array([np.mean(np.concatenate([w.ravel() for w in weights]) == 0) for _, weights in trained])
    heights = {case.name: float(fit[PLACE]) for case, fit in zip(CASES, fits, strict=True)}
    ends = {case.name: float(fit[-1]) for case, fit in zip(CASES, fits, strict=True) if not case.penalty}
    end = SLOPE * GRID[-1]
    short = "; at the ends L1 falls short" if ends["L1 loss"] < NEAR * end <= ends["L2 loss"] else ""
    figures = [
        Figure(f"{name}: height at x = 1, where the line is at {SLOPE:g}", None, "", height)
        for name, height in heights.items()
    ]
    figures += [
        Figure(f"{name}: height at x = {GRID[-1]:g}, where the line is at {end:g}", None, "", height)
        for name, height in ends.items()
    ]
    figures += [
        Figure(f"{case.name}: Σ|w| of all layers", None, "", float(total))
        for case, total in zip(CASES, sums.sum(axis=1), strict=True)
    ]
    figures += [
        Figure(f"{case.name}: weights that are exactly 0", None, "", 100 * float(share), "%")
        for case, share in zip(CASES, zeros, strict=True)
        if case.penalty
    ]
    sparse = 100 * zeros[[case.penalty == "L1" for case in CASES]]
    return StudyResult(
        "losses_penalties",
        "What a loss forgives, what a penalty takes away",
        SOURCE,
        tuple(figures),
        {
            "x": x, "y": y, "n_outliers": np.array(N_OUTLIERS), "case": np.array(list(heights)),
            "grid": GRID, "line": SLOPE * GRID, "fit": fits, "sums": sums, "zeros": zeros,
        },
        (
            f"With one point in ten far off, at x = 1 L1 stays at {_write(heights['L1 loss'])} of {SLOPE:g}, "
            f"L2 falls to {_write(heights['L2 loss'])}{short}.",
            f"At x = {GRID[-1]:g} the line is at {end:g}; after {N_STEPS} steps L1 is at "
            f"{_write(ends['L1 loss'])} there, L2 at {_write(ends['L2 loss'])}.",
            f"With its derivative loosened the L1 loss ends at {_write(heights['loosened L1 loss'])}: "
            "that is the derivative of half the squared loss.",
            f"The L1 penalty makes {sparse.min():.0f} to {sparse.max():.0f} % of the weights exactly zero, "
            f"the L2 penalty {100 * zeros[[case.penalty == 'L2' for case in CASES]].max():.0f} %.",
        ),
    )  # fmt: skip


def _write(height: float) -> str:
    return f"{height:.0f}".replace("-", "−")


def _train(case: Case, start: Tree, x: Array, y: Array) -> tuple[Array, list[Array]]:
    """Train one case; return the fit on the grid and the weights."""
    net = make_net()
    flat, p = pack(start, np.float32)
    l2 = partial(squared_penalty, strength=STRENGTH) if case.penalty == "L2" else None
    steps = train(
        make_objective(net, LOSSES[case.loss], penalty=l2),
        flat,
        p,
        repeat({"x": x.astype(np.float32), "target": y.astype(np.float32)}, N_STEPS),
        optimizer=with_shrinking(SGD(flat), list_weights(p), l1=STRENGTH if case.penalty == "L1" else 0.0),
        schedule=keep_constant(RATE),
    )
    for _ in steps:
        pass
    return net(p, GRID[:, None].astype(np.float32))[0][:, 0], list_weights(p)
