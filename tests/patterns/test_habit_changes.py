"""Steps of the nights' habit: the best cut, its date, and none where nothing changed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import ruptures

from pipeline.patterns.habit_changes import find_changes, list_weeks, partition

FIRST = np.datetime64("2022-01-03")  # a Monday


def draw_pauses(seed: int, n: int = 500, *, step: tuple[int, float, float] | None = None) -> pd.DataFrame:
    """Nights with a pause about 23:30 to 08:30; from night ``step[0]`` on, its ends come later."""
    rng = np.random.default_rng(seed)
    start, end = rng.normal(8.5, 1.5, n), rng.normal(17.5, 1.5, n)
    if step:
        start[step[0] :] += step[1]
        end[step[0] :] += step[2]
    usable = rng.random(n) < 0.9
    start[~usable] = end[~usable] = np.nan
    night = (FIRST + np.arange(n)).astype("datetime64[ms]")
    return pd.DataFrame({"night": night, "start": start, "end": end, "usable": usable})


def at_home(nights: pd.DataFrame) -> np.ndarray:
    """Nobody is away."""
    return np.zeros(len(nights), dtype=bool)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize(("start", "end"), [(2.0, 2.0), (-1.5, -2.0), (-3.0, -3.0), (0.0, 2.5)])
def test_a_planted_change_is_dated_within_two_weeks(seed: int, start: float, end: float) -> None:
    nights = draw_pauses(seed, step=(250, start, end))
    changes = find_changes(nights, at_home(nights))
    assert len(changes) == 1
    assert abs(int((changes[0] - FIRST).astype(int)) - 250) <= 14


def test_habits_that_stay_show_no_change() -> None:
    assert sum(len(find_changes(nights, at_home(nights))) for nights in map(draw_pauses, range(30))) == 0


def test_six_weeks_on_another_clock_are_no_change() -> None:
    for seed in range(6):
        nights = draw_pauses(seed)
        nights.loc[200:241, ["start", "end"]] -= 7.0
        away = np.isin(np.arange(len(nights)), np.arange(200, 242))
        assert len(find_changes(nights, away)) == 0


def test_weekly_medians_need_four_usable_nights() -> None:
    nights = draw_pauses(1, 14).assign(usable=True, start=np.arange(14.0), end=np.arange(14.0) + 8)
    nights.loc[7:10, ["start", "end"]] = np.nan
    nights.loc[7:10, "usable"] = False
    expected = pd.DataFrame(
        {
            "week": np.array(["2022-01-03", "2022-01-10"], dtype="datetime64[ms]"),
            "start": [3.0, np.nan],
            "end": [11.0, np.nan],
            "nights": [7, 3],
        }
    )
    pd.testing.assert_frame_equal(list_weeks(nights), expected)
    assert list_weeks(nights.iloc[:0]).dtypes.tolist() == expected.dtypes.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_another_implementation_cuts_at_the_same_places(seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = np.repeat(rng.normal(0, 2, (4, 2)), 25, axis=0)
    values = levels + rng.normal(0, 1, levels.shape)
    found = ruptures.Pelt(model="l2", min_size=8, jump=1).fit(values).predict(pen=20.0)
    assert partition(values, 20.0, 8) == found[:-1]


def test_no_other_cut_is_cheaper() -> None:
    rng = np.random.default_rng(7)
    values = rng.normal(0, 1, (14, 1)) + np.repeat([0.0, 3.0], 7)[:, None]

    def cost(cuts: tuple[int, ...]) -> float:
        parts = np.split(values, cuts)
        return sum(float(((part - part.mean()) ** 2).sum()) for part in parts) + 2.0 * len(cuts)

    allowed = [
        cuts for k in range(4) for cuts in combinations(range(1, 14), k) if np.diff([0, *cuts, 14]).min() >= 3
    ]
    assert tuple(partition(values, 2.0, 3)) == min(allowed, key=cost)


def test_short_archives_have_no_change() -> None:
    for n in (0, 1, 60):
        nights = draw_pauses(1, n)
        assert find_changes(nights, at_home(nights)).dtype == np.dtype("datetime64[D]")
        assert len(find_changes(nights, at_home(nights))) == 0
