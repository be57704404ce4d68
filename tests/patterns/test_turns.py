import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.dots import answer_dots
from pipeline.patterns.quiet_habits import Change
from pipeline.patterns.stays import know_habits, know_paces
from pipeline.patterns.turns import _note_habit, list_habit_turns, list_pace_turns

DAYTIME = np.array([3, 1, 0, 0, 0, 0, 0, 2, 4, 6, 7, 7, 6, 6, 7, 6, 5, 4, 4, 5, 7, 9, 6, 5], dtype=float)
STEP = np.datetime64("2023-06-05")


def plant(draw, seed: int, hours: int = 0, ratio: float = 1.0) -> np.ndarray:
    """Half a year at 24 a day, then one with the clock ``hours`` earlier and ``ratio`` times as many."""
    before = draw(seed, "2022-12-02", "2023-06-04", a_day=24, hours=DAYTIME, restless=0.2)
    rate = 24 * ratio
    after = draw(
        seed + 50, "2023-06-05", "2024-01-20", a_day=rate, hours=np.roll(DAYTIME, -hours), restless=0.2
    )
    return np.concatenate([before, after])


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("hours", [-2, 2])
def test_a_change_of_habit_is_noted_near_its_night(draw, make_subject, seed, hours) -> None:
    subject = make_subject(plant(draw, seed, hours))
    (turn,) = list_habit_turns(subject)
    way = "earlier" if hours > 0 else "later"
    assert turn.note == f"quiet window 2\u00a0h {way}"
    assert turn.short == f"2\u00a0h {way}"
    assert turn.first == turn.last
    assert abs((turn.first - STEP).astype(int)) <= 14


def test_a_change_of_pace_is_noted_over_the_days_it_may_lie_on(draw, make_subject) -> None:
    subject = make_subject(plant(draw, 0, ratio=2.5))
    (turn,) = list_pace_turns(subject)
    assert turn.first <= STEP <= turn.last
    assert turn.last - turn.first <= np.timedelta64(62, "D")
    before, after = know_paces(subject).stretches["per_day"]
    assert turn.note == f"rise from {before:.0f} to {after:.0f} a day"
    assert turn.short == f"{after:.0f} a day"


def test_a_change_of_pace_that_is_dated_loosely_is_not_noted(draw, make_subject) -> None:
    subject = make_subject(plant(draw, 0, ratio=2.5))
    change = know_paces(subject).changes[0]
    know_paces(subject).changes[0] = change._replace(latest=change.earliest + pd.Timedelta(days=63))
    assert list_pace_turns(subject) == []


def test_of_several_changes_of_pace_the_largest_is_noted(draw, make_subject) -> None:
    subject = make_subject(plant(draw, 0, ratio=2.5))
    change = know_paces(subject).changes[0]
    know_paces(subject).changes.append(change._replace(before=40.0, after=20.0))
    assert [turn.short for turn in list_pace_turns(subject)] == [f"{change.after:.0f} a day"]
    know_paces(subject).changes.append(change._replace(before=40.0, after=8.0))
    assert [turn.note for turn in list_pace_turns(subject)] == ["fall from 40 to 8.0 a day"]


@pytest.mark.parametrize("seed", range(3))
def test_a_steady_archive_has_no_turn(draw, make_subject, seed) -> None:
    subject = make_subject(plant(draw, seed))
    assert list_habit_turns(subject) == list_pace_turns(subject) == []


def test_the_dots_note_what_changed_before_all_else(draw, make_subject, rng) -> None:
    times = plant(draw, 1, 2)
    for k, days in enumerate([25, 26, 27, 28, 29]):
        gap = np.datetime64("2023-07-10") + 35 * k
        times = times[(times < gap) | (times >= gap + days // 3)]
    answer = answer_dots(make_subject(times), rng)
    notes = answer.frames["notes"]
    assert notes["kind"].tolist() == ["changed"] + ["silent"] * 4
    assert dict(answer.finding.notes)["Lasting changes"].endswith(
        "quiet window 2\u00a0h earlier: most likely then."
    )


none, hour = (0.0, -0.1, 0.1), (1.0, 0.8, 1.2)
back = tuple(-x for x in (hour[0], hour[2], hour[1]))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (hour, none, "quiet window begins 1\u00a0h later"),
        (none, back, "quiet window ends 1\u00a0h earlier"),
        (back, hour, "quiet window 1\u00a0h longer"),
        (hour, back, "quiet window 1\u00a0h shorter"),
        (hour, hour, "quiet window 40\u00a0min later"),
    ],
)
def test_only_what_moved_is_said_to_have_moved(start, end, said) -> None:
    change = Change(np.datetime64("2023-01-05"), (0.7, 0.5, 0.9), start, end, (1.0, 0.5, 1.5))
    assert _note_habit(change).note == said


def test_what_is_known_of_a_subject_is_found_once(draw, make_subject) -> None:
    subject, same = (make_subject(plant(draw, 0)) for _ in range(2))
    assert know_habits(subject) is know_habits(subject)
    assert know_paces(subject) is know_paces(subject)
    pd.testing.assert_frame_equal(know_paces(subject).stretches, know_paces(same).stretches)
