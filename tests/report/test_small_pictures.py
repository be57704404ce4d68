from __future__ import annotations

import math
import re

import pytest

from pipeline.report.interval import choose_scale, draw_interval
from pipeline.report.spark import MOST_BARS, draw_spark


def _paths(svg: str) -> list[tuple[str, str]]:
    return re.findall(r'<path d="([^"]*)" fill="([^"]*)"', svg)


def test_bars_stand_on_zero_and_the_marked_one_is_in_mark() -> None:
    assert _paths(draw_spark([1, 2], {1})) == [
        ("M6.4 50v-25.0h51.2v25.0z", "var(--data)"),
        ("M70.4 50v-50.0h51.2v50.0z", "var(--mark)"),
        ("M0 50.5H128", "none"),
    ]


@pytest.mark.parametrize("values", [[], [0.0], [math.nan], [math.nan, 0.0, 0.0]])
def test_nothing_to_draw_is_a_line(values: list[float]) -> None:
    assert _paths(draw_spark(values)) == [("M0 50.5H128", "none")]


def test_many_values_are_a_line_that_breaks_at_gaps() -> None:
    values = [1.0] * (MOST_BARS + 1)
    values[20] = math.nan
    (line, _), _ = _paths(draw_spark(values, {3}))
    assert line.count("M") == 2
    assert draw_spark(values, {3}).count("<circle") == 1


def test_one_scale_holds_every_interval_and_zero() -> None:
    assert choose_scale([(0.19, 0.23), (-0.19, 0.13)]) == (-0.19, 0.23)
    assert choose_scale([(0.1, 0.4)]) == (-0.1, 0.4)
    assert choose_scale([]) == (-0.025, 0.1)


def test_an_interval_that_holds_zero_is_drawn_in_faint() -> None:
    scale = (-0.2, 0.3)
    assert "var(--data)" in draw_interval(0.2, 0.1, 0.3, scale)
    assert "var(--data)" not in draw_interval(0.1, -0.2, 0.3, scale)
    held = draw_interval(0.0, -0.2, 0.3, scale)
    assert "var(--data)" not in held
    assert 'd="M6.0 10H146.0"' in held
    assert 'cx="62.0"' in held
