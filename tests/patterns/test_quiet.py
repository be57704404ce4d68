"""The quiet window of whole archives: planted windows, changes and stays, and silence where it is due."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.answer import Answer
from pipeline.patterns.quiet import answer_quiet
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_clock, say_shift, spell_hours

MakeSubject = Callable[..., Subject]
FIRST = np.datetime64("2022-03-01")


def live(
    seed: int,
    n: int = 420,
    *,
    a_day: float = 24.0,
    window: tuple[float, float] = (23.5, 31.5),
    change: tuple[int, float, float] | None = None,
    stay: tuple[int, int, int] | None = None,
    free_later: float = 0.0,
) -> np.ndarray:
    """Draw UTC times outside a window of every night (hours since midnight, its ends vary by 50 minutes).

    From day ``change[0]`` on the window's ends come later by the next two; in a ``stay`` the whole clock runs
    ahead; on mornings of weekends the window ends later.
    """
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(n), rng.poisson(a_day, n))
    hour = rng.uniform(12, 36, len(day))  # from noon to noon
    start, end = rng.normal(window[0], 0.8, n), rng.normal(window[1], 0.8, n)
    for since, first, last in [change] if change else []:
        start[since:] += first
        end[since:] += last
    weekday = ((FIRST + np.arange(n)).astype(int) + 3) % 7
    end[np.isin(weekday, [4, 5])] += free_later
    keep = (hour < start[day]) | (hour > end[day])
    hour = hour - np.zeros(len(hour))
    for since, days, hours in [stay] if stay else []:
        hour[(day >= since) & (day < since + days)] -= hours
    moments = (24 * day + hour)[keep]
    times = FIRST.astype("datetime64[ms]") + (moments * 3_600_000).astype("timedelta64[ms]")
    edges = np.array([FIRST - 1, FIRST + n + 1]).astype("datetime64[ms]")
    return np.concatenate([times, edges])


def answer(make_subject: MakeSubject, times: np.ndarray | list[str], **kinds: str) -> Answer:
    """Answer as the page does."""
    return answer_quiet(make_subject(times, **kinds), np.random.default_rng(0))


def read_texts(found: Answer) -> str:
    """All that the finding says."""
    finding = found.finding
    notes = " ".join(text for note in finding.notes for text in note)
    return " ".join([finding.headline, finding.deck, finding.certainty, finding.alt, finding.how, notes])


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("window", [(23.5, 31.5), (25.0, 32.5), (21.0, 29.0), (26.0, 34.0)])
def test_a_steady_window_is_found_and_said_to_the_minute(
    seed: int, window: tuple[float, float], make_subject: MakeSubject
) -> None:
    found = answer(make_subject, live(seed, 200, window=window))
    (habit,) = found.frames["habit"].itertuples()
    assert abs(habit.start + 15 - window[0]) < 0.4
    assert abs(habit.end + 15 - window[1]) < 0.4
    said = f"{say_clock(habit.start + 15)} to {say_clock(habit.end + 15)}"
    assert found.finding.headline == f"The quiet window usually runs from {said}"
    assert found.finding.emphasis == said
    assert found.finding.remarkable == 0.0
    assert found.finding.mark == ()
    assert len(found.frames["changes"]) == len(found.frames["shifts"]) == 0


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("start", "end", "phrase"),
    [
        (-2.0, -2.0, "moved two hours earlier in"),
        (1.5, 1.5, "moved an hour and a half later in"),
        (0.0, 2.0, "ends two hours later since"),
        (-1.5, 1.5, "became three hours longer in"),
    ],
)
def test_a_planted_change_makes_the_headline(
    seed: int, start: float, end: float, phrase: str, make_subject: MakeSubject
) -> None:
    found = answer(make_subject, live(seed, window=(24.0, 31.0), change=(210, start, end)))
    date = pd.Timestamp(FIRST + 210)
    (change,) = found.frames["changes"].itertuples()
    assert abs((change.date - date).days) <= 14
    assert found.finding.headline.startswith("The quiet window ")
    assert phrase.split()[0] in found.finding.headline
    assert phrase.split()[-2] in found.finding.headline
    middle = (start + end) / 2
    assert change.low - 0.35 <= middle <= change.high + 0.35
    assert found.finding.mark == (str(change.date.date()),)
    assert 0 < found.finding.remarkable <= 1
    assert len(found.frames["habit"]) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("days", "hours"), [(42, 7), (20, -6), (50, 5)])
def test_a_stay_elsewhere_is_a_shift_and_never_a_change(
    seed: int, days: int, hours: int, make_subject: MakeSubject
) -> None:
    found = answer(make_subject, live(seed, stay=(200, days, hours)))
    (shift,) = found.frames["shifts"].itertuples()
    assert abs(shift.hours - hours) <= 1
    assert abs((shift.first - pd.Timestamp(FIRST + 200)).days) <= 3
    assert len(found.frames["changes"]) == 0
    assert f"{say_shift(shift.hours)}, " in read_texts(found)
    assert "most likely another zone" in read_texts(found)


@pytest.mark.slow
def test_archives_that_stay_the_same_claim_no_change(make_subject: MakeSubject) -> None:
    found = [answer(make_subject, live(seed)) for seed in range(20)]
    assert sum(one.finding.remarkable > 0 for one in found) == 0
    assert sum(len(one.frames["shifts"]) for one in found) <= 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_searching_round_the_clock_leaves_no_window(seed: int, make_subject: MakeSubject) -> None:
    found = answer(make_subject, live(seed, 300, window=(30.0, 30.0)))
    assert found.finding.headline == "No quiet window stands out"
    assert len(found.frames["habit"]) == 0
    assert found.finding.remarkable == 0.0


def test_mornings_of_free_days_have_their_own_window(make_subject: MakeSubject) -> None:
    found = answer(make_subject, live(5, free_later=2.0))
    classes = found.frames["classes"].set_index("days")
    assert classes.loc["free", "end"] - classes.loc["work", "end"] == pytest.approx(2.0, abs=0.4)
    assert "before workdays" in read_texts(found)


def test_nineteen_days_say_what_is_missing(make_subject: MakeSubject) -> None:
    found = answer(make_subject, live(3, 17, a_day=4.5))
    usable = int(found.frames["nights"]["usable"].sum())
    n = len(found.frames["nights"])
    assert 0 < usable < 20
    assert found.finding.headline == "The quiet window: not yet"
    known = f"{usable} of {n} nights had enough searches"
    assert found.finding.deck == f"{known}; it takes 20 such nights to say anything about the habit."
    assert len(found.frames["habit"]) == 0


@pytest.mark.parametrize(
    "times",
    [[], ["2024-01-02 12:00"], ["2024-01-02 09:00", "2024-01-02 21:00"], ["2019-01-01", "2024-01-01"]],
)
def test_tiny_archives_give_whole_empty_tables(times: list[str], make_subject: MakeSubject) -> None:
    found, full = answer(make_subject, times), answer(make_subject, live(1, 60))
    assert found.finding.headline == "The quiet window: not yet"
    assert found.finding.alt
    for name, frame in full.frames.items():
        assert found.frames[name].dtypes.to_dict() == frame.dtypes.to_dict()


def test_an_archive_of_videos_speaks_of_watching(make_subject: MakeSubject) -> None:
    found = answer(make_subject, live(1, 120), product="youtube", action="watched")
    assert "pause in watching each night" in found.finding.deck
    assert "search" not in read_texts(found)


def test_nothing_is_said_of_what_is_done_in_the_pause(make_subject: MakeSubject) -> None:
    for times in (live(1), live(1, change=(210, -2, -2)), live(2, 10), live(1, window=(30, 30))):
        text = read_texts(answer(make_subject, times))
        assert not re.search(r"\b(sleep|slept|asleep|bed|wake|woke|rest|you|your)\w*", text, re.IGNORECASE)
        assert not re.search(r"nan|inf\b|None| %", text)


def test_hours_are_written_as_one_says_them() -> None:
    assert [say_clock(hour) for hour in (23.4333, 24.0, 23.9999, 32.65)] == [
        "23:26",
        "00:00",
        "00:00",
        "08:39",
    ]
    spelt = [spell_hours(hours) for hours in (0.5, -0.97, 1.0, 1.47, -2.1, 2.4, 7.0)]
    assert spelt == ["30 minutes", "an hour", "an hour", "an hour and a half", "two hours",
                     "two and a half hours", "seven hours"]  # fmt: skip
    assert [say_shift(7), say_shift(-6)] == ["+7\u00a0h", "−6\u00a0h"]
