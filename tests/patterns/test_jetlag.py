"""Free days against workdays: planted differences of several sizes, none, and archives that cannot say."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.jetlag import _spell, answer_jetlag, compare_days, find_medians
from pipeline.patterns.subject import Subject

MakeSubject = Callable[..., Subject]
FIRST = np.datetime64("2022-01-03")  # a Monday


def draw_nights(seed: int, n: int = 400, *, later: float = 0.0) -> pd.DataFrame:
    """Nights with pauses about 23:30 to 08:00; before Saturdays and Sundays so many hours later."""
    rng = np.random.default_rng(seed)
    night = FIRST + np.arange(n)
    free = np.isin((night.astype(int) + 3) % 7, [4, 5])
    start = rng.normal(8.5, 1.2, n) + later * free
    end = rng.normal(17.0, 1.2, n) + later * free
    usable = rng.random(n) < 0.9
    start[~usable] = end[~usable] = np.nan
    return pd.DataFrame(
        {
            "night": night.astype("datetime64[ms]"), "start": start, "end": end, "n": 9, "usable": usable,
            "free": free,
        }
    )  # fmt: skip


def draw_times(seed: int, n: int, later: float, a_day: float = 20.0) -> np.ndarray:
    """Draw searches from a night's end to the next one's start, free mornings later."""
    rng = np.random.default_rng(seed)
    free = np.isin(np.arange(1, n + 1) % 7, [5, 6])
    start, end = rng.normal(23.5, 0.7, n) + later * free, rng.normal(32.0, 0.7, n) + later * free
    hours = [24 * k + rng.uniform(end[k], start[k + 1] + 24, rng.poisson(a_day)) for k in range(n - 1)]
    times = [FIRST.astype("datetime64[ms]") + (day * 3_600_000).astype("timedelta64[ms]") for day in hours]
    return np.concatenate(times)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("later", [2.0, 1.0, -0.75])
def test_a_planted_difference_comes_back_inside_its_interval(seed: int, later: float) -> None:
    main, difference = compare_days(
        draw_nights(seed, later=later), np.zeros(400, dtype=bool), np.random.default_rng(0)
    )
    row = difference.iloc[0]
    assert row["low"] - 8 <= 60 * later <= row["high"] + 8
    assert np.sign(row["low"]) == np.sign(row["high"]) == np.sign(later)
    assert main["days"].tolist() == ["work", "free"]
    assert main["nights"].sum() == draw_nights(seed)["usable"].sum()
    assert (main["low"] <= main["middle"]).all()
    assert (main["middle"] <= main["high"]).all()


@pytest.mark.slow
def test_the_interval_holds_no_difference_where_there_is_none() -> None:
    held = 0
    for seed in range(60):
        nights = draw_nights(seed, 200)
        row = compare_days(nights, np.zeros(200, dtype=bool), np.random.default_rng(seed))[1].iloc[0]
        held += row["low"] <= 0 <= row["high"]
    assert held >= 54


def test_nights_away_and_unusable_ones_are_left_out() -> None:
    nights = draw_nights(1, 200, later=1.0)
    away = np.zeros(200, dtype=bool)
    away[50:80] = True
    strange = nights.copy()
    strange.loc[50:79, ["start", "end"]] -= 9.0
    one, other = (compare_days(frame, away, np.random.default_rng(0)) for frame in (nights, strange))
    pd.testing.assert_frame_equal(one[0], other[0])
    pd.testing.assert_frame_equal(one[1], other[1])


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 4)), min_size=1, max_size=30))
def test_weighted_medians_are_those_of_the_repeated_values(pairs: list[tuple[float, int]]) -> None:
    values, weights = np.array([v for v, _ in pairs]), np.array([w for _, w in pairs])
    found = find_medians(values, weights[None, :].astype(float))[0]
    repeated = np.sort(np.repeat(values, weights))
    if len(repeated) == 0:
        assert np.isnan(found)
    else:
        assert found == repeated[(len(repeated) - 1) // 2]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_archive_says_how_much_later_free_days_are(seed: int, make_subject: MakeSubject) -> None:
    found = answer_jetlag(make_subject(draw_times(seed, 300, 1.5)), np.random.default_rng(0))
    assert found.finding.headline.startswith("Before free days the quiet pause lies ")
    assert found.finding.headline.endswith(" later")
    assert found.finding.emphasis in ("an hour later", "an hour and a half later", "two hours later")
    assert found.finding.mark == ("free",)
    assert 0 < found.finding.remarkable < 1


def test_what_the_headline_says_lies_within_the_interval() -> None:
    assert [_spell(72, *within) for within in ((49, 95), (49, 87))] == ["an hour", "an hour"]
    assert [_spell(78, *within) for within in ((49, 95), (49, 87))] == [
        "an hour and a half",
        "78 minutes",
    ]
    assert _spell(41, 40.5, 50) == "41 minutes"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_a_difference_nothing_is_claimed(seed: int, make_subject: MakeSubject) -> None:
    found = answer_jetlag(make_subject(draw_times(seed, 300, 0.0)), np.random.default_rng(0))
    assert found.finding.headline == "The quiet pause keeps its hours on free days"
    assert found.finding.remarkable == 0.0
    assert found.finding.mark == ()


def test_free_days_of_the_settings_count_as_free(
    make_subject: MakeSubject, make_settings: Callable[..., object]
) -> None:
    subject = make_subject(draw_times(1, 120, 0.0), weekend=())
    found = answer_jetlag(subject, np.random.default_rng(0))
    assert found.frame["nights"].tolist()[1] == 0
    assert found.finding.headline == "All days are of one kind: nothing to compare"


@pytest.mark.parametrize("times", [[], ["2024-01-02 12:00"], ["2024-01-02", "2024-01-02 21:00"]])
def test_small_archives_say_what_is_missing(times: list[str], make_subject: MakeSubject) -> None:
    found = answer_jetlag(make_subject(times), np.random.default_rng(0))
    full = answer_jetlag(make_subject(draw_times(1, 60, 0.0)), np.random.default_rng(0))
    assert found.finding.headline == "Too few nights to compare free days with workdays"
    assert "it takes 20 of each" in found.finding.notes[1][1]
    for name, frame in full.frames.items():
        assert found.frames[name].dtypes.to_dict() == frame.dtypes.to_dict()


def test_nothing_is_said_of_what_is_done_in_the_pause(make_subject: MakeSubject) -> None:
    for subject in (
        make_subject(draw_times(1, 200, 1.0), product="youtube", action="watched"),
        make_subject([]),
    ):
        finding = answer_jetlag(subject, np.random.default_rng(0)).finding
        notes = " ".join(text for note in finding.notes for text in note)
        text = " ".join([finding.headline, finding.deck, finding.certainty, finding.alt, finding.how, notes])
        assert not re.search(r"\b(sleep|slept|bed|wake|woke|rest|you|your)\w*\b", text, re.IGNORECASE)
        assert not re.search(r"nan|inf\b|None| %", text)
