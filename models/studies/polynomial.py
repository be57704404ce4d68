"""A curve of the fourth degree through a hundred points, by 10,000 steps of descent and by solving.

The points were made without noise, y = 0 + 1·x + 2·x² + 3·x³ + 4·x⁴ for x from 0 to about 1. There the
powers of x are nearly parallel: along their difference the loss hardly rises, and descent hardly moves.

References: those of ``models.regression``.
"""

from __future__ import annotations

from itertools import repeat

import numpy as np

from models.layers.affine import Affine
from models.regression.descent import ALL_ROWS, descend
from models.regression.linear import solve_normal_equations
from models.regression.polynomial import expand_powers, list_exponents
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.tree import pack
from models.types import Array

SOURCE = "course on regression and classification: polynomials; its hundred points"
DEGREE, RATE, N_STEPS = 4, 1.0, 10_000
EXACT = np.arange(DEGREE + 1.0)  # the coefficients of 1, x, x² …
POWERS = ("1", "x", "x²", "x³", "x⁴")
SHOWN = (1, 10, 100, 1000, 10_000)  # after how many steps a curve is kept


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Descend from zero as the course does, and solve; there is nothing random.

    Arrays: ``x, y`` (the points, by x), ``steps (k,)``, ``coefficients (k, 5)`` and ``losses (k,)`` at those
    steps, ``exact (5,)``; ``shown_steps`` and at them the ``curves`` (shown, points).
    """
    table = data.table("polynomial")
    x, y = table[np.argsort(table[:, 0], kind="stable")].T
    powers = expand_powers(x[:, None], list_exponents(1, DEGREE))
    flat, p = pack(Affine(np.zeros((DEGREE, 1)), np.zeros(1)))
    kept, losses = [flat.copy()], []
    steps = repeat(ALL_ROWS, N_STEPS)
    for step in descend(flat, p, powers, y[:, None], batches=steps, schedule=keep_constant(RATE)):
        kept.append(flat.copy())
        losses.append(step.loss)
        if (step.number + 1) % 1000 == 0:
            tell(step.number + 1, N_STEPS)
    path = np.roll(np.array(kept), 1, axis=1)  # the bias first
    solved = solve_normal_equations(powers, y[:, None])
    found = np.append(solved.bias, solved.weight)
    chosen = np.unique(np.geomspace(1, N_STEPS, 200).astype(int)) - 1
    condition = np.linalg.cond(measure_curvature(powers))
    return StudyResult(
        "polynomial",
        "A curve of the fourth degree through a hundred points",
        SOURCE,
        (
            *(
                Figure(f"coefficient of {name}, after 10,000 steps", float(k), str(k), float(path[-1, k]))
                for k, name in enumerate(POWERS)
            ),
            *(
                Figure(f"coefficient of {name}, solved", float(k), str(k), float(found[k]))
                for k, name in enumerate(POWERS)
            ),
            Figure("loss after 10,000 steps", None, "", losses[-1]),
            Figure("steepest curvature of the loss over its flattest", None, "", float(condition)),
        ),
        {
            "x": x,
            "y": y,
            "steps": chosen,
            "coefficients": path[chosen],
            "losses": np.array(losses)[chosen],
            "exact": EXACT,
            "shown_steps": np.array(SHOWN),
            "curves": np.stack([path[n, 0] + powers @ path[n, 1:] for n in SHOWN]),
        },
        (
            f"After 10,000 steps the curve is right to {np.sqrt(2 * losses[-1]):.1g}, while its "
            f"coefficients are still off by up to {np.abs(path[-1] - EXACT).max():.2g}.",
            f"The loss is {condition:,.0f} times as steep along one direction as along another: what descent "
            "does in one step there takes it as many here. Solving does not mind.",
        ),
    )


def measure_curvature(powers: Array) -> Array:
    """Return the second derivative of the loss: zᵀz/n with z = (1, powers)."""
    z = np.column_stack([np.ones(len(powers)), powers])
    curvature: Array = z.T @ z / len(z)
    return curvature
