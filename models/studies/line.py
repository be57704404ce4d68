"""A line through points: by its nine neighbours, by descent, and at once.

The course looks at the loss of (w, b) and of its eight neighbours, moves to the best, and so on: first by
steps of 0.5, then of 0.001, from (−4, 4). Then it descends from the same place with the rate 1. Its points
are not published; here they are drawn around y = x.

References: those of ``models.regression``.
"""

from __future__ import annotations

from itertools import repeat

import numpy as np

from models.layers.affine import Affine
from models.regression.descent import ALL_ROWS, descend, search_neighbours
from models.regression.linear import solve_normal_equations
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.tree import pack
from models.types import Array

SOURCE = (
    "course on regression and classification: a line by nine neighbours and by descent; no points published"
)
START, STEPS, RATE, N_STEPS = (-4.0, 4.0), (0.5, 0.001), 1.0, 100
N_POINTS, NOISE, N_SIDE = 100, 0.2, 81
WHY = "the course's points are not published; these are drawn around y = x"


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Find one line three ways.

    Arrays: ``x, y`` (the points), ``exact (2,)``; ``searched`` and ``descended``, the places (w, b) of
    each way from the start on; ``slopes``, ``biases`` and on that grid (bias, slope) the ``losses``.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, N_POINTS)
    y = x + NOISE * rng.normal(size=N_POINTS)

    def measure(places: Array) -> Array:
        error = places[:, :1] * x + places[:, 1:] - y
        loss: Array = 0.5 * (error * error).mean(axis=1)
        return loss

    searched = np.array(list(search_neighbours(measure, START, steps=STEPS)))
    tell(1, 2)
    descended = walk_down(x[:, None], y[:, None])
    tell(2, 2)
    p = solve_normal_equations(x[:, None], y[:, None])
    exact = np.array([p.weight[0, 0], p.bias[0]])
    n_coarse = int((np.abs(np.diff(searched, axis=0)).max(axis=1) > STEPS[1] * 2).sum())
    n_fine = len(searched) - 1 - n_coarse
    n_near = int(np.argmax(np.abs(descended - exact).max(axis=1) < STEPS[1]))
    slopes, biases = np.linspace(-5, 5, N_SIDE), np.linspace(-5, 5, N_SIDE)
    grid = np.stack(np.meshgrid(slopes, biases), axis=-1).reshape(-1, 2)
    return StudyResult(
        "line",
        "One line through points, three ways",
        SOURCE,
        (
            Figure("w, by nine neighbours", 1.020, "1.020", float(searched[-1, 0]), "", False, WHY),
            Figure("b, by nine neighbours", -0.009, "−0.009", float(searched[-1, 1]), "", False, WHY),
            Figure("w, by descent", None, "", float(descended[-1, 0])),
            Figure("b, by descent", None, "", float(descended[-1, 1])),
            Figure("w, solved", None, "", float(exact[0])),
            Figure("b, solved", None, "", float(exact[1])),
            Figure("moves among nine neighbours", None, "", float(len(searched) - 1)),
            Figure("steps of descent to within 0.001 of the solution", None, "", float(n_near)),
        ),
        {
            "x": x,
            "y": y,
            "exact": exact,
            "searched": searched,
            "descended": descended,
            "slopes": slopes,
            "biases": biases,
            "losses": measure(grid).reshape(N_SIDE, N_SIDE),
        },
        (
            f"Nine neighbours take {n_coarse} moves of 0.5 and {n_fine} of 0.001, and end "
            f"{np.hypot(*(searched[-1] - exact)):.1g} from the solution.",
            f"Descent with the rate 1 is within 0.001 of the solution after {n_near} steps: each step is as "
            "long as the slope is steep.",
        ),
    )


def walk_down(x: Array, y: Array) -> Array:
    """Return the places (w, b) of batch descent from the start on, (N_STEPS + 1, 2)."""
    flat, p = pack(Affine(np.array([[START[0]]]), np.array([START[1]])))
    path = [flat.copy()]
    for _ in descend(flat, p, x, y, batches=repeat(ALL_ROWS, N_STEPS), schedule=keep_constant(RATE)):
        path.append(flat.copy())
    return np.array(path)
