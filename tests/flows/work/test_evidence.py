"""Verdicts and their words."""

from __future__ import annotations

import numpy as np
import pytest

from flows.work.evidence import find_too_little, judge, say_avoided, weigh_errors
from flows.work.result import A_LITTLE_BETTER, CLEARLY_BETTER, NO_BETTER, parse_result
from models.comparison import Avoided
from pipeline.errors import StoreError


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.19, 0.23, CLEARLY_BETTER),
        (0.10, 0.30, CLEARLY_BETTER),
        (0.03, 0.36, A_LITTLE_BETTER),
        (0.0005, 0.02, A_LITTLE_BETTER),
        (0.0004, 0.02, NO_BETTER),  # printed as "from 0"
        (0.0, 0.4, NO_BETTER),
        (-0.1, 0.3, NO_BETTER),
        (-0.3, -0.1, NO_BETTER),
    ],
)
def test_the_verdict_asks_the_whole_interval(low: float, high: float, verdict: str) -> None:
    assert judge(Avoided((low + high) / 2, low, high)) == verdict


def test_a_share_is_said_with_its_interval() -> None:
    assert say_avoided(Avoided(0.21, 0.19, 0.23)) == "21\u00a0%, from 19 to 23\u00a0%"
    assert say_avoided(Avoided(-0.03, -0.19, 0.13)) == "−3.0\u00a0%, from −19 to 13\u00a0%"


def test_where_there_was_no_error_to_avoid_no_figures_are_given() -> None:
    assert say_avoided(Avoided(0.0, 0.0, 0.0)) == "none avoided"
    assert say_avoided(Avoided(0.0, -0.01, 0.01)) == "0\u00a0%, from −1.0 to 1.0\u00a0%"


def test_squared_errors_are_compared_by_the_roots_of_their_means() -> None:
    days = np.datetime64("2025-01-06") + np.arange(70)
    halved = weigh_errors(np.full(70, 1.0), np.full(70, 4.0), days, 0)
    assert halved == Avoided(0.5, 0.5, 0.5)


def test_whole_weeks_are_drawn_again_where_there_are_eight_and_days_where_there_are_fewer() -> None:
    rng = np.random.default_rng(0)
    days = np.datetime64("2025-01-06") + np.arange(56)
    weekly = np.repeat(rng.exponential(size=8), 7)
    flat = np.ones(56)
    many, few = weigh_errors(weekly, flat, days, 0), weigh_errors(weekly[:49], flat[:49], days[:49], 0)
    assert many.high - many.low > 1.7 * (few.high - few.low)


def test_enough_is_eight_weeks_and_a_hundred_rows() -> None:
    assert find_too_little(55, 999, "visit", "visits") == "Still learning: 55 of 56 covered days."
    assert find_too_little(56, 1, "visit", "visits") == (
        "Still learning: 1 visit on covered days, 100 are needed."
    )
    assert find_too_little(56, 100, "visit", "visits") is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"notes": [], "curve": [[1, 2]]}', b"\xff"])
def test_a_damaged_result_is_an_error_that_names_its_file(content: bytes) -> None:
    with pytest.raises(StoreError) as caught:
        parse_result(content, where="models/next_hour.json")
    assert str(caught.value) == (
        "A model's result cannot be read (models/next_hour.json). Run `almanac learn` to write it again."
    )
