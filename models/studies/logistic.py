"""Logistic regression in the plane, by plain descent: how the border turns, step by step.

The loss is convex: from zero weights each step of gradient descent, at the course's rate of 0.01, lowers
it. The border's direction is right long before its steepness is, so that the share of right answers
stands still while the probabilities go on sharpening.

References: D. R. Cox 1958, *The Regression Analysis of Binary Sequences*.
"""

from __future__ import annotations

from itertools import repeat

import numpy as np

from models.classifiers.logistic import LogisticClassifier
from models.layers.activations import compute_logistic
from models.layers.affine import Affine, affine
from models.losses import logistic_loss
from models.net import dense
from models.objective import make_objective
from models.optimizers import SGD
from models.schedules import keep_constant
from models.studies.shapes import make_grid, make_tribes
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.training import train
from models.tree import pack

SOURCE = "course on regression and classification: logistic regression on two features; points not published"
N_POINTS, N_STEPS, RATE, N_SIDE = 600, 1000, 0.01, 61


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Take a thousand steps at the rate 0.01, and lay the end beside the minimum.

    Arrays: ``x, y`` (the points), ``loss``, ``accuracy`` (before each step, and after the last),
    ``weight`` (n_steps + 1, 3: both weights and the bias), ``across, up`` (a grid's axes), and on the
    grid (up, across) the probability of class 1: ``map`` after the steps, ``minimum`` at the minimum.
    """
    points = make_tribes(N_POINTS, rng=np.random.default_rng(seed))
    x, y = points.x, points.y
    across, up, grid = make_grid(x, N_SIDE)
    flat, p = pack(Affine(np.zeros((2, 1)), np.zeros(1)))
    measure = make_objective(dense(1), logistic_loss)
    path, losses = [flat.copy()], []
    batches = repeat({"x": x, "target": y[:, None]}, N_STEPS)
    for step in train(measure, flat, p, batches, optimizer=SGD(flat), schedule=keep_constant(RATE)):
        path.append(flat.copy())
        losses.append(step.loss)
        if step.number % 100 == 99:
            tell(step.number + 1, N_STEPS)
    losses.append(float(measure(p, x=x, target=y[:, None])[0]))
    weight = np.array(path)
    accuracy = np.array([np.mean((x @ w[:2] + w[2] > 0) == y) for w in weight])
    best = LogisticClassifier(1e-6).fit(x, y)
    least = float(logistic_loss(best.decision_function(x), target=y)[0])
    steady = int(np.flatnonzero(np.abs(accuracy - accuracy[-1]) > 0.01).max(initial=-1)) + 1
    figures = (
        Figure(f"right after {N_STEPS:,} steps", None, "", 100 * accuracy[-1], "%"),
        Figure("right at the minimum of the loss", None, "", 100 * best.score(x, y), "%"),
        Figure("right, by the best rule there is", None, "", 100 * points.best, "%"),
        Figure(f"loss after {N_STEPS:,} steps", None, "", losses[-1]),
        Figure("loss at its minimum", None, "", least),
        Figure(
            "steps until the share of right answers stays within a point of its end",
            None,
            "",
            steady,
            "steps",
        ),
    )
    return StudyResult(
        "logistic",
        "A border that learns to turn",
        SOURCE,
        figures,
        {
            "x": x, "y": y, "loss": np.array(losses), "accuracy": accuracy, "weight": weight,
            "across": across, "up": up,
            "map": compute_logistic(affine(p, grid)[0]).reshape(N_SIDE, N_SIDE),
            "minimum": best.predict_proba(grid)[:, 1].reshape(N_SIDE, N_SIDE),
        },
        (
            f"From step {steady} on the share of right answers stays within a point of its last value.",
            f"The loss falls on, from {losses[0]:.2f} to {losses[-1]:.2f}; at its minimum it is {least:.2f}.",
        ),
    )  # fmt: skip
