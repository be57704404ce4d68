"""How parameters begin: the variance that each rule names, and nothing but zeros for zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models import initial
from models.initial import count_fans, draw_normal, draw_uniform, zeros

SHAPE = (3, 3, 20, 40)  # a window of nine places: 180 inputs, 360 outputs


def test_the_fans_of_a_convolution_count_its_window() -> None:
    assert (count_fans((5, 7)), count_fans(SHAPE)) == ((5, 7), (180, 360))


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("glorot_uniform", 2 / 540),
        ("he_uniform", 2 / 180),
        ("he_normal", 2 / 180),
    ],
)
def test_draws_have_the_variance_of_their_rule(name: str, variance: float) -> None:
    draws = getattr(initial, name)(np.random.default_rng(2), SHAPE, np.float64)
    # 7,200 draws: the mean is within 4 standard errors, the variance within 7 % (4 of the normal's).
    assert abs(draws.mean()) < 4 * np.sqrt(variance / draws.size)
    np.testing.assert_allclose(draws.var(), variance, rtol=0.07)
    if name.endswith("uniform"):
        assert np.abs(draws).max() <= np.sqrt(3 * variance)


def test_limits_and_spreads_can_be_named() -> None:
    rng = np.random.default_rng(4)
    even = draw_uniform(-1, 3)(rng, (2000,), np.float32)
    normal = draw_normal(2.0, mean=5.0)(rng, (2000,), np.float32)
    assert -1 <= even.min() < -0.9 and 2.9 < even.max() <= 3
    assert abs(normal.mean() - 5) < 0.2 and abs(normal.std() - 2) < 0.2


@pytest.mark.parametrize("draw", [initial.he_normal, initial.glorot_uniform, zeros, draw_normal(1.0)])
def test_the_type_is_the_one_asked_for(draw: Any) -> None:
    for dtype in (np.float32, np.float64):
        assert draw(np.random.default_rng(0), (4, 3), dtype).dtype == dtype
    assert not zeros(np.random.default_rng(0), (4, 3), float).any()
