import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.finding import Finding, pack_finding, unpack_finding
from pipeline.patterns.stands_out import choose_remarkable, measure_remarkable, measure_shift

PLAIN = Finding("years", "Years", "One", "", "", "", (("a", "b"),), "", "")


def test_half_and_twice_are_as_remarkable() -> None:
    assert measure_remarkable(2, 3, 1) == pytest.approx(measure_remarkable(0.5, 0.3, 1)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("nearest", "value", "expected"),
    [(1.0, 1.2, 1.0), (0.9, 1.2, 1.0), (math.nan, 1.2, 1.0), (1.1, math.inf, 1.0), (1, 2, 0), (-1, 2, 3)],
)
def test_what_its_interval_does_not_clear_is_not_remarkable(nearest, value, expected) -> None:
    assert measure_remarkable(nearest, value, expected) == 0


@pytest.mark.parametrize(
    ("hours", "expected"), [(0.0, 0.0), (1.5, 0.25), (-1.5, 0.25), (7.0, 1.0), (math.nan, 0.0)]
)
def test_a_shift_of_six_hours_is_as_remarkable_as_can_be(hours: float, expected: float) -> None:
    assert measure_shift(hours) == expected


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_remarkable_lies_between_nothing_and_one(nearest: float, value: float, expected: float) -> None:
    assert 0 <= measure_remarkable(nearest, value, expected) <= 1


def test_the_most_remarkable_come_first_and_two_of_a_section() -> None:
    values = [("Weeks", 0.5), ("Weeks", 0.9), ("Weeks", 0.8), ("Years", 0.0), ("Hours", 0.1), ("Words", 0.1)]
    findings = [replace(PLAIN, section=section, remarkable=value) for section, value in values]
    assert choose_remarkable(findings) == [findings[1], findings[2], findings[4], findings[5]]
    assert choose_remarkable(findings, 1) == [findings[1]]


def test_a_finding_comes_back_from_json_equal() -> None:
    finding = replace(PLAIN, mark=(2025, "word", 0.5), notes=(("a", "b"), ("c", "d")), private=True)
    assert unpack_finding(pack_finding(finding)) == finding
