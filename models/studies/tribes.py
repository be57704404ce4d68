"""Two Gaussian tribes: where both have one covariance, the posterior is a logistic function of a line.

The Gaussian classifier finds the line from means and a covariance, logistic regression by descent; the
truth is known, since the points are drawn. With a covariance each the border is a conic section, which on
such tribes says the same but for chance.

References: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 4.65 to 4.67.
"""

from __future__ import annotations

import numpy as np

from models.classifiers.gaussian import GaussianClassifier
from models.classifiers.logistic import LogisticClassifier
from models.estimator import Classifier
from models.layers.activations import compute_logistic
from models.studies.shapes import COVARIANCE, TRIBES, make_grid, make_tribes
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.types import Array

SOURCE = "course on regression and classification: two Gaussian tribes; its points are not published"
N_POINTS, N_NEW, N_SIDE = 600, 20_000, 61


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Fit both kinds of Gaussian classifier and logistic regression, and lay them beside the truth.

    Arrays: ``x, y`` (the points), ``across, up`` (a grid's axes), and on the grid (up, across) the
    probability of the second tribe: ``truth``, ``shared``, ``own``, ``logistic``.
    """
    rng = np.random.default_rng(seed)
    points, new = make_tribes(N_POINTS, rng=rng), make_tribes(N_NEW, rng=rng)
    across, up, grid = make_grid(points.x, N_SIDE)
    models: dict[str, Classifier] = {
        "shared": GaussianClassifier(1.0, shrinkage=0.0),
        "own": GaussianClassifier(0.0, shrinkage=0.0),
        "logistic": LogisticClassifier(1e-4),
    }
    truth = find_posterior(grid)
    maps, figures = (
        {"truth": truth},
        [Figure("right, by the best rule there is", None, "", 100 * points.best, "%")],
    )
    names = {
        "shared": "Gaussian, one covariance",
        "own": "Gaussian, a covariance each",
        "logistic": "logistic regression",
    }
    for number, (name, model) in enumerate(models.items(), 1):
        model.fit(points.x, points.y)
        maps[name] = model.predict_proba(grid)[:, 1]
        figures.append(
            Figure(f"right on new points, {names[name]}", None, "", 100 * model.score(new.x, new.y), "%")
        )
        tell(number, len(models))
    actual = find_posterior(new.x)
    figures += [
        Figure(f"mean distance from the true probability, {names[name]}", None, "",
               100 * float(np.abs(model.predict_proba(new.x)[:, 1] - actual).mean()), "points")
        for name, model in models.items()
    ]  # fmt: skip
    return StudyResult(
        "tribes",
        "Two tribes, and the line between them",
        SOURCE,
        tuple(figures),
        {"x": points.x, "y": points.y, "across": across, "up": up}
        | {name: values.reshape(N_SIDE, N_SIDE) for name, values in maps.items()},
        (
            f"The best rule of all is right {100 * points.best:.1f} times in 100; one shared covariance "
            f"finds its line from {N_POINTS} points.",
            "Logistic regression gets to nearly the same line by descent, without a word about Gaussians.",
        ),
    )


def find_posterior(x: Array) -> Array:
    """Return the true probability of the second tribe: logistic w·(x − μ̄), w = Σ⁻¹(μ₁ − μ₀)."""
    weight = np.linalg.solve(COVARIANCE, TRIBES[1] - TRIBES[0])
    return compute_logistic((x - TRIBES.mean(axis=0)) @ weight)
