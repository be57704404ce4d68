import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.answers import PATTERNS, compute_answer
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


def _find(pattern: str, section: str, remarkable: float) -> Finding:
    return replace(PLAIN, pattern=pattern, section=section, remarkable=remarkable)


def test_what_happened_on_a_few_days_counts_half_and_once() -> None:
    gaps, weeks = _find("gaps", "Gaps and trips", 1.0), _find("unusual_weeks", "Weeks", 0.93)
    words, week = _find("rising", "Words", 0.56), _find("week", "Weeks", 0.43)
    quiet = _find("quiet", "Nights", 0.27)
    chosen = choose_remarkable([week, weeks, quiet, words, gaps])
    assert chosen == [words, gaps, week, quiet, weeks]


def test_a_section_with_one_thing_to_say_is_heard_before_another_says_a_second() -> None:
    words = [_find("rising", "Words", 0.9), _find("words", "Words", 0.6), _find("repeated", "Words", 0.6)]
    others = [_find("hours", "Hours", 0.35), _find("quiet", "Nights", 0.31), _find("months", "Years", 0.2)]
    assert choose_remarkable([*words, *others]) == [words[0], *others[:1], others[1], words[1], others[2]]
    assert choose_remarkable([*words, *others], 3) == [words[0], *others[:2]]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1)), max_size=12), st.integers(1, 8))
def test_the_choice_is_of_two_a_section_at_most_and_leaves_nothing_weightier(values, n) -> None:
    findings = [_find(f"{section}{k}", section, value) for k, (section, value) in enumerate(values)]
    chosen = choose_remarkable(findings, n)
    sections = [finding.section for finding in chosen]
    assert len(chosen) <= n
    assert all(sections.count(name) <= 2 for name in "abc")
    for name in "abc":
        best = sorted(-f.remarkable for f in findings if f.section == name and f.remarkable > 0)
        assert [-f.remarkable for f in chosen if f.section == name] == best[: sections.count(name)]
    if len(chosen) < n:
        assert all(sections.count(f.section) == 2 or f.remarkable == 0 for f in findings if f not in chosen)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_trip_is_one_of_six_among_the_habits(draw, make_subject, seed) -> None:
    times = draw(seed, "2021-01-05", "2023-12-20", a_day=24, weekend=0.6, months={8: 0.5}, late=(0, 12.0))
    away = (times >= np.datetime64("2022-03-07")) & (times < np.datetime64("2022-04-11"))
    trip = np.sort(np.where(away, times - np.timedelta64(7, "h"), times))
    named = {}
    for name, when in (("home", times), ("trip", trip)):
        subject = make_subject(when, text="bread")
        answers = [compute_answer(pattern, subject) for pattern in PATTERNS]
        chosen = choose_remarkable([answer.finding for answer in answers])
        named[name] = [finding.pattern for finding in chosen]
        assert {"week", "months"} <= set(named[name])
        assert len({finding.section for finding in chosen}) >= 3
    assert "gaps" not in named["home"]
    assert "gaps" in named["trip"]


def test_a_finding_comes_back_from_json_equal() -> None:
    finding = replace(PLAIN, mark=(2025, "word", 0.5), notes=(("a", "b"), ("c", "d")), private=True)
    assert unpack_finding(pack_finding(finding)) == finding
    packed = pack_finding(replace(finding, named=()))
    del packed["named"]  # as it was written before
    assert unpack_finding(packed) == replace(finding, named=())
