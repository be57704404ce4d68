"""Four quadrants, opposite ones alike: the sign of a product, which no line in the plane can be.

A line can cut off one corner and no more. With the product x·y as a third column the border is a plane in
three dimensions, and straight again.
"""

from __future__ import annotations

import numpy as np

from models.classifiers.feature_maps import ProductMap
from models.studies.bent_borders import EVERY, N_EPOCHS, N_NEW, N_POINTS, bend_borders
from models.studies.shapes import make_quadrants
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent

SOURCE = (
    "course on regression and classification: logistic regression on four quadrants, then with the product"
)
OWN_POINTS = "the course’s points are not published"


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Part the quadrants by a line, by the product, and by nets; arrays as in ``bend_borders``."""
    rng = np.random.default_rng(seed)
    points, new = make_quadrants(N_POINTS, rng=rng), make_quadrants(N_NEW, rng=rng)
    bent = bend_borders(points, new, ProductMap(), seed=seed, tell=tell)
    last = {name: 100 * net.accuracy[-1] for name, net in bent.nets.items()}
    first = {name: 100 * net.accuracy[0] for name, net in bent.nets.items()}
    figures = (
        Figure("right, by a line", None, "", 100 * bent.line, "%"),
        Figure("right, with the product", None, "nearly 100", 100 * bent.feature, "%", False, OWN_POINTS),
        Figure("right, net 2–25–25–1 of logistic units", None, "", last["logistic"], "%"),
        Figure("right, the same net of rectified units", None, "", last["relu"], "%"),
    )
    return StudyResult(
        "quadrants",
        "Four quadrants, and one product",
        SOURCE,
        figures,
        bent.arrays,
        (
            f"A line is right {100 * bent.line:.0f} times in 100; with the product beside the coordinates "
            f"it is {100 * bent.feature:.1f}.",
            f"Without being told of it, after {N_EPOCHS} epochs a net of logistic units is right "
            f"{last['logistic']:.1f} times in 100, one of rectified units {last['relu']:.1f}.",
            f"After {EVERY} epochs they were at {first['logistic']:.1f} and {first['relu']:.1f}: the "
            "logistic function’s small derivative holds its net back.",
        ),
    )
