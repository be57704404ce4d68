"""The energy score: by hand, against its other form in one dimension, and least for the true distribution."""

from __future__ import annotations

import numpy as np
import pytest

from models.energy_score import find_distances, find_energy_scores
from models.errors import InputError


def test_two_draws_are_scored_by_hand() -> None:
    drawn = np.array([[[0.0, 0.0]], [[6.0, 8.0]]])  # 10 apart
    assert find_energy_scores(drawn, np.array([[3.0, 4.0]])) == pytest.approx([5 - 10 / 2])
    assert find_energy_scores(drawn, np.array([[0.0, -5.0]])) == pytest.approx(
        [(5 + np.sqrt(36 + 169)) / 2 - 5]
    )


def test_in_one_dimension_it_is_the_integral_of_the_squared_difference_of_distribution_functions() -> None:
    rng = np.random.default_rng(0)
    drawn, came = rng.normal(size=300), 0.4
    grid = np.linspace(-8, 8, 40_001)
    shares = np.searchsorted(np.sort(drawn), grid, side="right") / len(drawn)
    integral = ((shares - (grid >= came)) ** 2).sum() * (grid[1] - grid[0])
    [score] = find_energy_scores(drawn[:, None, None], np.array([[came]]))
    # Theirs counts each draw as a pair with itself: the second mean is smaller by a share of 1/300.
    apart = np.abs(drawn[:, None] - drawn).sum() / (300 * 299)
    assert score == pytest.approx(integral - apart / 600, abs=1e-3)  # the grid's step


def test_the_true_distribution_scores_least_in_the_mean() -> None:
    rng = np.random.default_rng(1)
    came = rng.normal(size=(400, 5))
    drawn = rng.normal(size=(100, 400, 5))
    scores = [find_energy_scores(spread * drawn + shift, came).mean() for spread, shift in
              ((1.0, 0.0), (0.6, 0.0), (1.5, 0.0), (1.0, 0.5))]  # fmt: skip
    assert np.argmin(scores) == 0


def test_distances_are_those_of_the_differences() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    np.testing.assert_allclose(find_distances(a, b), np.linalg.norm(a[:, None] - b, axis=2), rtol=1e-9)


@pytest.mark.parametrize("shape", [(1, 3, 2), (4, 3, 1), (3, 2)])
def test_draws_fit_the_rows_that_came(shape: tuple[int, ...]) -> None:
    words = r"cannot be scored by rows of the shape \(3, 2\) \(energy score\)\. Give at least two draws"
    with pytest.raises(InputError, match=words):
        find_energy_scores(np.zeros(shape), np.zeros((3, 2)))
