"""An hour is named only where it is clearly fuller on one kind of day."""

from __future__ import annotations

import numpy as np

from flows.work.weekend_beliefs import NONE_CLEAR, find_sides, say_weights

WEEKEND = np.arange(350) % 7 >= 5
WEIGHT = np.linspace(-1, 1, 24)


def test_hours_that_differ_are_named() -> None:
    x = np.random.default_rng(0).normal(size=(350, 24))
    x[WEEKEND, 22] += 1
    x[WEEKEND, 3] -= 1
    assert say_weights(WEIGHT, x, WEEKEND) == (
        "More than usual around 22:00 speaks for a weekend day, more than usual around 03:00 speaks for a "
        "workday."
    )


def test_chance_names_no_hour_however_large_its_weight() -> None:
    found = [find_sides(np.random.default_rng(seed).normal(size=(350, 24)), WEEKEND) for seed in range(200)]
    assert sum(side.any() for side in found) <= 20  # 5 % of 200 are expected
    assert say_weights(WEIGHT, np.random.default_rng(1).normal(size=(350, 24)), WEEKEND) == NONE_CLEAR


def test_where_the_whole_day_is_fuller_no_hour_is_singled_out() -> None:
    x = np.random.default_rng(0).normal(size=(350, 24)) + WEEKEND[:, None]
    assert say_weights(np.ones(24), x, WEEKEND) == "More than usual at most hours speaks for a weekend day."


def test_of_one_weekend_day_nothing_is_said() -> None:
    assert say_weights(WEIGHT, np.ones((9, 24)), np.arange(9) == 5) == NONE_CLEAR
