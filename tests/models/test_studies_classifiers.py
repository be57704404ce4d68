"""The studies of classifiers: their points, their figures, the arrays that pictures are drawn of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.studies import logistic, quadrants, ring, tribes
from models.studies.shapes import make_grid, make_quadrants, make_ring, make_tribes
from models.studies.study import StudyData, StudyResult


def figures_of(result: StudyResult) -> dict[str, float]:
    return {figure.what: figure.ours for figure in result.figures}


def test_the_best_rule_is_as_good_as_it_says_on_drawn_points() -> None:
    """Within 0.4 points: four standard errors of a share of 99 or 87 % among 100,000, rounded up."""
    rng = np.random.default_rng(0)
    far, near = make_ring(100_000, rng=rng), make_tribes(100_000, rng=rng)
    assert np.mean((np.hypot(*far.x.T) > 1.5) == far.y) == pytest.approx(far.best, abs=4e-3)
    assert np.mean((tribes.find_posterior(near.x) > 0.5) == near.y) == pytest.approx(near.best, abs=4e-3)
    square = make_quadrants(1000, rng=rng)
    np.testing.assert_array_equal(square.x[:, 0] * square.x[:, 1] > 0, square.y)


def test_a_grid_spans_the_points_row_by_row() -> None:
    across, up, rows = make_grid(np.array([[0.0, 10.0], [2.0, 14.0]]), 3)
    assert (across.tolist(), up.tolist()) == ([0, 1, 2], [10, 12, 14])
    np.testing.assert_array_equal(rows[:4], [[0, 10], [1, 10], [2, 10], [0, 12]])


def test_two_tribes_are_told_apart_as_well_as_can_be() -> None:
    told: list[int] = []
    result = tribes.run_study(StudyData(), tell=lambda done, of: told.append(done))
    figures = figures_of(result)
    best = figures["right, by the best rule there is"]
    names = ("Gaussian, one covariance", "Gaussian, a covariance each", "logistic regression")
    for name in names:
        assert best - 1 < figures[f"right on new points, {name}"] < best + 1
        assert figures[f"mean distance from the true probability, {name}"] < 3
    assert told == [1, 2, 3]
    assert {result.arrays[name].shape for name in ("truth", "shared", "own", "logistic")} == {(61, 61)}


def test_logistic_regression_turns_first_and_sharpens_later() -> None:
    result = logistic.run_study(StudyData())
    figures = figures_of(result)
    assert figures["loss at its minimum"] < figures["loss after 1,000 steps"] < 0.4
    assert 0 < figures["steps until the share of right answers stays within a point of its end"] < 600
    assert (np.diff(result.arrays["loss"]) < 0).all() and result.arrays["weight"].shape == (1001, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("study", "feature"), [(ring, "radius"), (quadrants, "product")])
def test_a_line_fails_and_a_feature_and_a_net_do_not(study: Any, feature: str) -> None:
    result = study.run_study(StudyData())
    figures = figures_of(result)
    assert figures["right, by a line"] < 60
    assert figures[f"right, with the {feature}"] > 98.5
    assert figures["right, net 2–25–25–1 of logistic units"] > 98
    assert figures["right, the same net of rectified units"] > 98
    assert result.arrays["relu_maps"].shape == (10, 61, 61)
    if study is ring:
        line = result.figures[0]
        assert (line.published, line.comparable) == (45.77, False)
        assert line.note == "chance; the course's points are not published"
    assert result.arrays["epoch"].tolist() == list(range(50, 501, 50))
