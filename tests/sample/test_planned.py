"""The planted windows, changes and paces: what the rates say, and nothing where nothing was planted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from pipeline.sample import NO_EFFECTS, Effects, Step, invent
from pipeline.sample.planned import find_quiet_window


def describe(**asked: Any) -> dict[str, Any]:
    return invent(since=date(2024, 1, 1), until=date(2025, 6, 30), **asked).truth


@pytest.fixture(scope="module")
def planted() -> dict[str, Any]:
    return describe()


@pytest.fixture(scope="module")
def unplanted() -> dict[str, Any]:
    return describe(effects=NO_EFFECTS)


def test_the_quiet_window_is_the_hours_that_two_rates_set_apart() -> None:
    rates = np.full(24, 2.0)
    rates[9:16] = 0.1  # 00:00 to 07:00 of a night that begins at 15:00
    assert find_quiet_window(rates) == (9, 16)
    rates[8] = 0.2
    assert find_quiet_window(rates) == (8, 16)
    assert find_quiet_window(np.full(24, 1.5)) is None


def test_the_later_hours_end_on_the_day_of_the_change(planted: dict[str, Any]) -> None:
    student, after = planted["quiet_windows"]
    assert (student["first"], after["last"]) == ("2024-01-01", "2025-06-30")
    assert planted["habit_change"] == after["first"] == "2024-06-23"
    assert (student["all"], after["all"]) == ([26, 33], [26, 31])
    assert student["free"][1] > student["work"][1] and after["free"][1] > after["work"][1]


def test_the_middle_of_a_weekend_day_comes_later(planted: dict[str, Any]) -> None:
    middles = planted["middle_hours"]
    assert min(middles[5:]) > max(middles[1:5]) + 2


def test_without_effects_nothing_changes(unplanted: dict[str, Any]) -> None:
    assert (unplanted["habit_change"], unplanted["pace_steps"], unplanted["parts"]) == (None, [], {})
    (window,) = unplanted["quiet_windows"]
    assert window["all"] == window["work"] == window["free"]
    assert np.ptp(unplanted["middle_hours"]) < 1e-9
    assert set(unplanted["planned"]["by_month"].values()) == {40.0}
    assert unplanted["sessions"]["limit"] is None and unplanted["phrases"] == {}


@pytest.mark.parametrize("rise", [-0.4, 0.5])
def test_the_pace_changes_by_what_was_asked(rise: float, planted: dict[str, Any]) -> None:
    step = Step(date(2023, 7, 1), rise)
    truth = describe(effects=replace(NO_EFFECTS, pace_steps=(step,)))
    (found,) = truth["pace_steps"]
    assert found["rise"] == rise
    months = truth["planned"]["by_month"]
    month = found["since"][:7]
    assert {value for name, value in months.items() if name < month} == {40.0}
    assert {value for name, value in months.items() if name > month} == {round(40 * (1 + rise), 3)}
    before = sum(truth["by_month"][name] for name in months if name < month)
    assert abs(before - 40 * (date.fromisoformat(f"{month}-01") - date(2024, 1, 1)).days) < 4 * before**0.5


def test_planned_paces_are_what_is_counted(planted: dict[str, Any]) -> None:
    n_days = {"2024": 366, "2025": 181}
    for year, per_day in planted["planned"]["by_year"].items():
        expected = per_day * n_days[year]
        assert (
            abs(planted["by_year"][year] - expected) < 6 * (Effects().session_searches * 2 * expected) ** 0.5
        )
