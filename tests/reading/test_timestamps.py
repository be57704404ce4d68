"""What a printed zone means."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

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
        ("PST", "Europe/Paris", Offset(-480, False)),
        ("PST", "Asia/Manila", Offset(480, False)),  # the Philippines print PST too: at home it is theirs
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
    timestamps.list_names_at.cache_clear()
    assert Clock("Asia/Kolkata").find_offset("IST") == Offset(330, False)


def test_no_abbreviation_is_both_fixed_and_ambiguous() -> None:
    assert not FIXED_ZONES.keys() & AMBIGUOUS_ZONES.keys()


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [
        ("غرينتش+3", 180),
        ("غرينتش+٣:٣٠", 210),
        ("+3:30 گرینویچ", 210),
        ("گرینویچ", 0),
        ("Гринуич+2", 120),
        ("ጂ ኤም ቲ+3", 180),
        ("GMT +1", 60),
        ("GMT+2\u200e", 120),
        ("UTC\u221205:00", -300),
        ("HNE", -300),
        ("HAE", -240),
        ("SELČ", 120),
        ("KST", 540),
        ("WEST", 60),
    ],
)
def test_localised_names_and_offsets_are_known_in_every_language(zone: str, minutes: int) -> None:
    assert Clock("Europe/Paris").find_offset(zone) == Offset(minutes, False)


@pytest.mark.parametrize(
    ("zone", "locales", "expected"),
    [
        ("IST", ["en_IN"], Offset(330, False)),
        ("IST", ["en_AU", "en_IN", "en_NZ", "en_SG"], Offset(330, False)),
        ("IST", ["he"], Offset(120, False)),
        ("BST", ["en_GB"], Offset(60, False)),
        ("CST", ["zh"], Offset(480, False)),
        ("CST", ["zh_Hant"], Offset(480, False)),
        ("CST", ["es_MX"], Offset(-360, False)),
        ("CST", ["es_MX", "zh"], Offset(-360, True)),
        ("IST", ["en_GB", "en_IE", "en_IN"], Offset(330, True)),
        ("IST", ["en_IE"], Offset(60, False)),
        ("IST", ["en_GB", "en_IE", "en_ZA"], Offset(330, True)),  # printed alike, and by Indians too
        ("BST", ["en_GB", "en_IE", "en_ZA"], Offset(60, False)),
        ("EST", ["en_AU", "en_IN", "en_NZ", "en_SG"], Offset(-300, True)),
        ("CST", ["en"], Offset(-360, True)),  # American English is everybody's
        ("CST", ["d/M/y"], Offset(-360, True)),
    ],
)
def test_an_ambiguous_zone_is_settled_by_the_locales_where_they_agree(
    zone: str, locales: list[str], expected: Offset
) -> None:
    assert Clock("Europe/Paris", locales).find_offset(zone) == expected


def test_home_goes_before_the_locale() -> None:
    assert Clock("America/Chicago", ["zh"]).find_offset("CST") == Offset(-360, False)


def test_a_clock_forgets_when_a_file_prints_ever_new_zones() -> None:
    clock = Clock("Europe/Paris")
    for k in range(3 * timestamps.MOST_ZONES):
        assert clock.find_offset(f"X{k}") is None
    assert len(clock._settled) <= timestamps.MOST_ZONES


def test_every_abbreviation_that_the_database_prints_for_two_offsets_is_ambiguous() -> None:
    meanings: dict[str, set[int]] = {}
    for zone in available_timezones():
        if "/" in zone and not zone.startswith("Etc/"):
            for name, minutes in timestamps.list_names_at(zone).items():
                meanings.setdefault(name, set()).add(minutes)
    several = {name for name, found in meanings.items() if len(found) > 1 and name.isalpha()}
    # Manila's, which only its own people are told by; and Ireland's winter, which is Greenwich's.
    assert several - AMBIGUOUS_ZONES.keys() <= {"PST", "PDT"}
    for name, found in meanings.items():
        if name in FIXED_ZONES and name not in {"PST", "PDT"}:
            assert found == {FIXED_ZONES[name]}, name
