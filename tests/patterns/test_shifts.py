"""Stays on another clock: found at several lengths and distances, and not where there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.shifts import is_shifted, list_shifts

NONE = np.zeros(0, dtype="datetime64[D]")
FIRST = np.datetime64("2022-01-01")


def draw_pauses(
    seed: int,
    n: int = 400,
    *,
    stay: tuple[int, int, int] | None = None,
    change: tuple[int, float] | None = None,
) -> pd.DataFrame:
    """Nights with a pause about 23:30 to 08:30, one in ten anywhere, one in ten not usable."""
    rng = np.random.default_rng(seed)
    start, end = rng.normal(8.5, 1.5, n), rng.normal(17.5, 1.5, n)
    odd = rng.random(n) < 0.1
    start[odd] = rng.uniform(0, 15, odd.sum())
    end[odd] = start[odd] + rng.uniform(3, 12, odd.sum())
    for first, days, hours in [stay] if stay else []:
        start[first : first + days] -= hours
        end[first : first + days] -= hours
    for first, hours in [change] if change else []:
        start[first:] += hours
        end[first:] += hours
    usable = rng.random(n) < 0.9
    start[~usable] = end[~usable] = np.nan
    night = (FIRST + np.arange(n)).astype("datetime64[ms]")
    return pd.DataFrame(
        {"night": night, "start": start, "end": end, "n": 10, "usable": usable, "free": False}
    )


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize(("days", "hours"), [(42, 7), (14, -6), (10, 5), (30, -3), (9, 11)])
def test_a_planted_stay_is_found_with_its_dates_and_hours(seed: int, days: int, hours: int) -> None:
    frame = list_shifts(draw_pauses(seed, stay=(200, days, hours)), NONE)
    assert len(frame) == 1
    first, last = (int((pd.Timestamp(frame[end][0]) - pd.Timestamp(FIRST)).days) for end in ("first", "last"))
    assert abs(first - 200) <= 5
    assert abs(last - (200 + days - 1)) <= 5
    assert abs(int(frame["hours"][0]) - hours) <= 1
    assert int(frame["days"][0]) == last - first + 1


def test_archives_without_a_stay_show_nearly_none() -> None:
    assert sum(len(list_shifts(draw_pauses(seed), NONE)) for seed in range(30)) <= 1


def test_a_new_habit_is_no_stay_where_its_date_is_known() -> None:
    changes = np.array([FIRST + 200])
    found = [list_shifts(draw_pauses(seed, change=(200, 4.0)), changes) for seed in range(10)]
    assert sum(map(len, found)) <= 1


def test_three_nights_are_needed() -> None:
    frames = [list_shifts(draw_pauses(seed, stay=(200, 2, 9)), NONE) for seed in range(8)]
    assert sum(map(len, frames)) <= 1  # two strange nights beside two such by chance


def test_nights_of_a_stay_are_known_by_their_dates() -> None:
    nights = draw_pauses(1, 10)
    ends = {"first": [pd.Timestamp("2022-01-03")], "last": [pd.Timestamp("2022-01-05")]}
    shifts = pd.DataFrame({**ends, "days": [3], "hours": [7]})
    assert np.flatnonzero(is_shifted(nights, shifts)).tolist() == [2, 3, 4]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_few_nights_give_an_empty_table(n: int) -> None:
    frame = list_shifts(draw_pauses(1, n), NONE)
    assert frame.dtypes.astype(str).to_dict() == {
        "first": "datetime64[ms]", "last": "datetime64[ms]", "days": "int64", "hours": "int64"
    }  # fmt: skip
    assert len(frame) == 0


def test_nights_that_vary_by_many_hours_show_no_stay() -> None:
    nights = draw_pauses(1, stay=(200, 42, 7))
    rng = np.random.default_rng(2)
    nights["start"] = rng.uniform(-3, 15, len(nights))
    nights["end"] = nights["start"] + rng.uniform(3, 12, len(nights))
    assert len(list_shifts(nights.assign(usable=True), NONE)) == 0
