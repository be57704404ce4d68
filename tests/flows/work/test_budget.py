"""How much a run trains: by an estimate that is the same everywhere, or by the clock where it is asked to."""

from __future__ import annotations

import pytest

from flows.work.budget import Budget, find_reason_to_leave, say_about


def test_a_long_piece_is_left_unless_all_are_asked_for_however_much_time_there_is() -> None:
    words = "Not trained by itself, since it would take about 7 minutes: almanac learn --all trains it."
    assert find_reason_to_leave(420.0, 0.0, Budget()) == words
    assert find_reason_to_leave(420.0, 0.0, Budget(seconds=9999.0)) == words
    assert find_reason_to_leave(420.0, 9999.0, Budget(every=True)) is None
    assert find_reason_to_leave(300.0, 9999.0, Budget()) is None


def test_a_piece_that_would_not_end_in_time_is_left_and_says_how_much_time_there_was() -> None:
    assert find_reason_to_leave(40.0, 80.0, Budget(every=True, seconds=120.0)) is None
    assert find_reason_to_leave(41.0, 80.0, Budget(every=True, seconds=120.0)) == (
        "Not trained: that takes about 41 seconds, more than the 40 seconds left of the 2 minutes given. The "
        "next almanac learn goes on."
    )
    alike = str(find_reason_to_leave(3.2, 0.1, Budget(seconds=3.0)))
    assert "that takes a little more than the 3 seconds left of the 3 seconds given" in alike
    assert "the 0 seconds left of the 2 minutes" in str(
        find_reason_to_leave(1.0, 130.0, Budget(seconds=120.0))
    )
    assert find_reason_to_leave(0.0, 130.0, Budget(seconds=120.0)) is None  # it only says what it lacks


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.3, "about 0 seconds"),
        (1.2, "about 1 second"),
        (89.0, "about 89 seconds"),
        (90.0, "about 2 minutes"),
    ],
)
def test_times_are_said_roughly(seconds: float, words: str) -> None:
    assert say_about(seconds) == words
