"""What a printed zone means."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline.reading import timestamps
from pipeline.reading.timestamps import AMBIGUOUS_ZONES, FIXED_ZONES, Clock, Offset


@pytest.mark.parametrize(
    ("zone", "home_zone", "expected"),
    [
        (None, "Asia/Tokyo", Offset(0, False)),
        ("UTC", "Asia/Tokyo", Offset(0, False)),
        ("TRT", "Europe/Paris", Offset(180, False)),
        ("MESZ", "Europe/Paris", Offset(120, False)),
        ("PST", "Asia/Manila", Offset(-480, False)),
        ("GMT+03:00", "Europe/Paris", Offset(180, False)),
        ("GMT-3", "Europe/Paris", Offset(-180, False)),
        ("GMT−03:30", "Europe/Paris", Offset(-210, False)),
        ("GMT+5:45", "Europe/Paris", Offset(345, False)),
        ("UTC+0530", "Europe/Paris", Offset(330, False)),
        ("GMT+99", "Europe/Paris", None),
        ("XYZ", "Europe/Paris", None),
        # ambiguous: by the home zone, which makes them certain
        ("IST", "Asia/Kolkata", Offset(330, False)),
        ("IST", "Europe/Dublin", Offset(60, False)),
        ("IST", "Asia/Jerusalem", Offset(120, False)),
        ("CST", "America/Chicago", Offset(-360, False)),
        ("CST", "Asia/Shanghai", Offset(480, False)),
        ("CST", "America/Havana", Offset(-300, False)),
        ("CDT", "America/Havana", Offset(-240, False)),
        ("BST", "Europe/London", Offset(60, False)),
        ("BST", "Asia/Dhaka", Offset(360, False)),
        ("AST", "America/Halifax", Offset(-240, False)),
        ("AST", "Asia/Riyadh", Offset(180, False)),
        ("EST", "America/New_York", Offset(-300, False)),
        ("EST", "Australia/Sydney", Offset(600, False)),
        # else the commonest meaning, and that is said
        ("IST", "Europe/Paris", Offset(330, True)),
        ("CST", "Europe/Paris", Offset(-360, True)),
        ("CDT", "Europe/Paris", Offset(-300, True)),
        ("BST", "Europe/Paris", Offset(60, True)),
        ("AST", "Europe/Paris", Offset(-240, True)),
        ("EST", "Europe/Paris", Offset(-300, True)),
    ],
)
def test_a_zone_is_a_fixed_offset_and_a_guess_says_so(
    zone: str | None, home_zone: str, expected: Offset | None
) -> None:
    clock = Clock(home_zone)
    assert clock.find_offset(zone) == expected
    assert clock.find_offset(zone) == expected


def test_what_a_zone_means_does_not_hang_on_the_day_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class LongAgo(datetime):
        @classmethod
        def now(cls, tz: object = None) -> LongAgo:
            return cls(2001, 1, 1)

    monkeypatch.setattr(timestamps, "datetime", LongAgo)
    timestamps._names_at_home.cache_clear()
    assert Clock("Asia/Kolkata").find_offset("IST") == Offset(330, False)


def test_no_abbreviation_is_both_fixed_and_ambiguous() -> None:
    assert not FIXED_ZONES.keys() & AMBIGUOUS_ZONES.keys()
