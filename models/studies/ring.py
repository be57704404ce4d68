"""A ring around a disc: no line parts them, their radius does, and a net finds a border of its own.

The published 45.77 % of logistic regression on the bare coordinates is chance, on points that were never
published: no line is right on a ring much more often than a coin. Here the two radii overlap a little, so
that no rule at all is right on more than 99.4 % (the Bayes rate), which one threshold on the radius reaches.
"""

from __future__ import annotations

import numpy as np

from models.classifiers.feature_maps import RadiusMap
from models.studies.bent_borders import EVERY, N_EPOCHS, N_NEW, N_POINTS, bend_borders
from models.studies.shapes import make_ring
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent

SOURCE = "course on regression and classification: logistic regression on a ring, then with the radius"
OWN_POINTS = "the course’s points are not published"


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Part a ring from its disc by a line, by the radius, and by nets; arrays as in ``bend_borders``."""
    rng = np.random.default_rng(seed)
    points, new = make_ring(N_POINTS, rng=rng), make_ring(N_NEW, rng=rng)
    bent = bend_borders(points, new, RadiusMap(), seed=seed, tell=tell)
    last = {name: 100 * net.accuracy[-1] for name, net in bent.nets.items()}
    first = {name: 100 * net.accuracy[0] for name, net in bent.nets.items()}
    figures = (
        Figure("right, by a line", 45.77, "45.77", 100 * bent.line, "%", False, f"chance; {OWN_POINTS}"),
        Figure("right, with the radius", None, "nearly 100", 100 * bent.feature, "%", False, OWN_POINTS),
        Figure("right, by the best rule there is", None, "", 100 * points.best, "%"),
        Figure("right, net 2–25–25–1 of logistic units", None, "", last["logistic"], "%"),
        Figure("right, the same net of rectified units", None, "", last["relu"], "%"),
    )
    return StudyResult(
        "ring",
        "A ring that no line can cut",
        SOURCE,
        figures,
        bent.arrays,
        (
            f"A line is right {100 * bent.line:.0f} times in 100; told the radius it is "
            f"{100 * bent.feature:.1f}, and no rule at all can pass {100 * points.best:.1f}.",
            f"Without being told of it, after {N_EPOCHS} epochs a net of logistic units is right "
            f"{last['logistic']:.1f} times in 100, one of rectified units {last['relu']:.1f}.",
            f"After {EVERY} epochs they were at {first['logistic']:.1f} and {first['relu']:.1f}: the "
            "logistic function’s small derivative holds its net back.",
        ),
    )
