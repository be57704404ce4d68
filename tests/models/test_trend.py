"""The interval of a slope, from whole blocks of time."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import InputError
from models.regression.trend import bound_slope


def test_an_exact_line_leaves_nothing_open() -> None:
    t = np.arange(60.0) + 1e9
    bounds = bound_slope(t, 3 * t - 2, np.arange(60) // 10, rng=np.random.default_rng(0))
    assert bounds == pytest.approx((3.0, 3.0))


def test_the_interval_is_that_of_lines_solved_anew_for_drawn_blocks() -> None:
    rng = np.random.default_rng(1)
    t, blocks = np.sort(rng.uniform(0, 5, 90)), np.repeat([7, 3, 9, 1, 2, 8], 15)
    y = 2 * t + rng.normal(size=6).repeat(15) + rng.normal(size=90)
    slopes = []
    for _ in range(4000):
        rows = np.concatenate([np.flatnonzero(blocks == name) for name in rng.choice(np.unique(blocks), 6)])
        slopes.append(np.polyfit(t[rows], y[rows], 1)[0])
    expected = np.quantile(slopes, [0.025, 0.975])
    bounds = bound_slope(t, y, blocks, rng=np.random.default_rng(2))
    # Of 4,000 draws, the ends are uncertain by about a thirtieth of the interval.
    np.testing.assert_allclose(bounds, expected, atol=0.05 * np.ptp(expected))


def test_rows_of_one_block_are_refused() -> None:
    with pytest.raises(InputError, match=r"All rows lie in one block \(bound_slope\)\. Give two or more\."):
        bound_slope(np.arange(3.0), np.arange(3.0), np.zeros(3), rng=np.random.default_rng(0))
