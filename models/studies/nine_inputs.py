"""Nine weights and a bias from forty rows, by 5,000 steps of descent and by solving.

The rows were made without noise, y = 0·x₀ + 1·x₁ + … + 8·x₈ + 9, so that there is one right answer.

References: those of ``models.regression``.
"""

from __future__ import annotations

from itertools import repeat

import numpy as np

from models.layers.affine import Affine
from models.regression.descent import ALL_ROWS, descend
from models.regression.linear import solve_normal_equations
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.tree import pack

SOURCE = "course on regression and classification: several inputs; its forty rows"
RATE, N_STEPS = 0.5, 5000
EXACT = np.arange(10.0)  # the weights 0 to 8, then the bias 9
NEAR = 0.001


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Descend from zero as the course does, and solve; there is nothing random.

    Arrays: ``steps (k,)``, ``parameters (k, 10)`` and ``losses (k,)`` at those steps, ``exact (10,)``.
    """
    table = data.table("nine_inputs")
    x, y = table[:, :-1], table[:, -1:]
    flat, p = pack(Affine(np.zeros((9, 1)), np.zeros(1)))
    kept, losses = [flat.copy()], []
    for step in descend(flat, p, x, y, batches=repeat(ALL_ROWS, N_STEPS), schedule=keep_constant(RATE)):
        kept.append(flat.copy())
        losses.append(step.loss)
        if (step.number + 1) % 500 == 0:
            tell(step.number + 1, N_STEPS)
    path = np.array(kept[:-1])  # at the place of each loss
    n_near = int(np.argmax(np.abs(path - EXACT).max(axis=1) < NEAR))
    solved = solve_normal_equations(x, y)
    apart = np.abs(np.append(solved.weight, solved.bias) - EXACT).max()
    chosen = np.unique(np.geomspace(1, N_STEPS, 200).astype(int)) - 1
    return StudyResult(
        "nine_inputs",
        "Nine weights and a bias from forty rows",
        SOURCE,
        (
            *(
                Figure(f"weight of x{k}, after 5,000 steps", float(k), str(k), float(flat[k]))
                for k in range(9)
            ),
            Figure("bias, after 5,000 steps", 9.0, "9", float(flat[9])),
            Figure("steps until all are right to 0.001", None, "", float(n_near)),
            Figure("largest error of the ten, solved", None, "", float(apart)),
        ),
        {"steps": chosen, "parameters": path[chosen], "losses": np.array(losses)[chosen], "exact": EXACT},
        (
            f"Descent has all ten right to 0.001 after {n_near:,} steps; solving has them at once.",
            "Nine neighbours would be 59,049 here: three ways to go in each of ten directions.",
        ),
    )
