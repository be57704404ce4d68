from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pyarrow.parquet as pq
import pytest

from pipeline.reading.entries import FileCounts
from pipeline.records import Activity
from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.intake import take_in
from pipeline.tables.journal import read_journal
from pipeline.tables.merge import merge_parts
from pipeline.tables.offsets import SUGGESTED_HOMES, find_home, note_home_zone
from pipeline.tables.parts import PartResult
from pipeline.tables.store import Store

SECOND = 1_600_000_000_000
FILE = "My Activity/Search/MyActivity.html"
SETTLED = {"IST": {"Asia/Kolkata": 330, "Asia/Jerusalem": 120, "Europe/Dublin": 60}}


def test_another_home_zone_moves_the_rows_whose_zone_hangs_on_it(
    out: Path, activity: Callable[..., Activity], put_part: Callable[..., PartResult]
) -> None:
    in_india = activity(0, SECOND, zone="IST", offset_minutes=330)
    in_london = activity(1, SECOND, text="green bicycle", zone="GMT", offset_minutes=0)
    old = activity(2, SECOND, text="blue bicycle", zone=None, offset_minutes=0)
    part = put_part({FILE: [in_india, in_london, old]}).part

    def find_times(home_zone: str) -> dict[str, tuple[float, int]]:
        path = merge_parts(out, [part], home_zone=(ZoneSpan(None, home_zone),), tell=lambda *_: None).path
        rows = pq.read_table(path).to_pylist()
        return {row["text"]: (row["time"].timestamp() - SECOND / 1000, row["offset_minutes"]) for row in rows}

    fixed = {"green bicycle": (0.0, 0), "blue bicycle": (0.0, 0)}
    assert find_times("Asia/Kolkata") == {"red bicycle": (0.0, 330), **fixed}
    assert find_times("Europe/Dublin") == {"red bicycle": (270 * 60.0, 60), **fixed}


def test_guessed_zones_are_counted_and_named(
    out: Path, activity: Callable[..., Activity], put_part: Callable[..., PartResult]
) -> None:
    entries = [
        activity(k, SECOND + 1000 * k, zone=zone) for k, zone in enumerate(["IST", "CST", "IST", "MSK"])
    ]
    part = put_part({FILE: entries}).part

    def find_guessed(home_zone: str) -> dict[str, int]:
        (line,) = merge_parts(
            out, [part], home_zone=(ZoneSpan(None, home_zone),), tell=lambda *_: None
        ).ledger
        return line.guessed

    assert find_guessed("Europe/Paris") == {"IST": 2, "CST": 1}
    assert find_guessed("America/Chicago") == {"IST": 2}


def test_a_changed_home_zone_moves_the_tables_without_the_archive(
    settings: Settings, activity: Callable[..., Activity], put_archive: Callable[..., Path]
) -> None:
    path = put_archive({FILE: [activity(zone="IST", offset_minutes=330)]})
    take_in([path], settings, tell=lambda *_: None)
    path.unlink()
    moved = replace(settings, home_zone=(ZoneSpan(None, "Europe/Dublin"),))
    take_in([], moved, tell=lambda *_: None)
    store = Store(settings.out)
    assert store.activity()["offset_minutes"].tolist() == [60]
    assert store.sources()["first"].tolist() == store.activity()["time"].tolist()
    assert read_journal(settings.out).steps["ingest"].counts["offsets"] == {"20210101T000000Z": {"IST": 60}}


def test_a_zone_means_what_it_meant_where_the_owner_lived_on_the_day_of_the_export(
    settings: Settings, activity: Callable[..., Activity], put_archive: Callable[..., Path]
) -> None:
    spans = (ZoneSpan(None, "Asia/Kolkata"), ZoneSpan(date(2021, 6, 1), "Europe/Dublin"))
    moved = replace(settings, home_zone=spans)
    names = ("takeout-20210531T235959Z-001.zip", "takeout-20210601T000000Z-001.zip", "renamed.zip")
    for k, name in enumerate(names):
        entry = activity(0, SECOND + k * 1000, text=name, zone="IST", offset_minutes=0)
        take_in([put_archive({FILE: [entry]}, name)], moved, tell=lambda *_: None)
    store = Store(settings.out)
    # The third is named by its newest entry, of 2020.
    assert dict(store.activity()[["text", "offset_minutes"]].values.tolist()) == dict(
        zip(names, (330, 60, 330), strict=True)
    )
    assert store.sources()["first"].sort_values().tolist() == store.activity()["time"].tolist()
    assert [find_home(spans, export) for export in ("20210531T000000Z", "20210601T000000Z-ab", None)] == [
        "Asia/Kolkata",
        "Europe/Dublin",
        "Europe/Dublin",
    ]


def test_a_guess_in_one_export_is_none_in_another(
    settings: Settings, activity: Callable[..., Activity], put_archive: Callable[..., Path]
) -> None:
    moved = replace(settings, home_zone=(ZoneSpan(None, "Asia/Kolkata"), ZoneSpan(date(2021, 6, 1), "UTC")))
    for name in ("takeout-20210501T000000Z-001.zip", "takeout-20210701T000000Z-001.zip"):
        take_in([put_archive({FILE: [activity(text=name, zone="IST")]}, name)], moved, tell=lambda *_: None)
    assert Store(settings.out).ledger()["guessed_zones"].tolist() == ["", "IST 1"]


PARIS = (ZoneSpan(None, "Europe/Paris"),)


def test_an_export_that_prints_a_strange_clock_is_noted_with_a_zone_that_fits() -> None:
    assert note_home_zone([("20260826T202704Z", "JST", 540)], PARIS) == [
        "The export of 2026-08-26 prints JST (UTC+9:00), which no clock in Europe/Paris showed then. "
        "If home was elsewhere then, give home_zone the line '2026-08-26 Asia/Tokyo'."
    ]


def test_the_zone_that_is_suggested_prints_that_name() -> None:
    (note,) = note_home_zone([("20260826T202704Z", "KST", 540)], PARIS)
    assert note.endswith("'2026-08-26 Asia/Seoul'.")


@pytest.mark.parametrize(
    ("export", "zone", "minutes", "home"),
    [
        ("20260115T120000Z", "EST", -300, "America/New_York"),
        ("20260615T120000Z", "EST", -300, "America/Panama"),  # not Chicago, whose summer prints CDT
        ("20260115T120000Z", "MEZ", 60, "Europe/Paris"),
        ("20260615T120000Z", "MESZ", 120, "Europe/Paris"),
        ("20260615T120000Z", "MEZ", 60, "Africa/Algiers"),  # not London, whose summer prints BST
        ("20260615T120000Z", "HAE", -240, "America/New_York"),
        ("20260615T120000Z", "GMT-05:00", -300, "America/Bogota"),
        ("20260615T120000Z", "GMT-03:00", -180, "America/Sao_Paulo"),  # not Halifax, which has a name
        ("20260115T120000Z", "GMT+01:00", 60, "Europe/Paris"),
        ("20260615T120000Z", "COT", -300, "America/Bogota"),  # whose clock the database names by digits
        ("20260615T120000Z", "TRT", 180, "Europe/Istanbul"),  # not Athens, in its summer
    ],
)
def test_a_suggested_zone_prints_the_name_in_that_season(
    export: str, zone: str, minutes: int, home: str
) -> None:
    (note,) = note_home_zone([(export, zone, minutes)], (ZoneSpan(None, "Asia/Tokyo"),))
    assert note.endswith(f"'2026-{export[4:6]}-15 {home}'.")


def test_several_exports_share_a_sentence_and_a_zone_that_fits_them_all() -> None:
    zones = [("20260101T000000Z", "GMT-03:00", -180), ("20260701T000000Z", "GMT-03:00", -180)]
    assert note_home_zone(zones, PARIS) == [
        "2 exports print GMT-03:00, which no clock in Europe/Paris showed then. "
        "If home was elsewhere then, give home_zone the line '2026-01-01 America/Sao_Paulo'."
    ]


def test_a_clock_that_nobody_lives_by_is_noted_without_a_suggestion() -> None:
    assert note_home_zone([("20260101T000000Z", "XYZ", -95)], PARIS) == [
        "The export of 2026-01-01 prints XYZ (UTC−1:35), which no clock in Europe/Paris showed then."
    ]


def test_clocks_that_home_showed_around_the_day_are_not_noted() -> None:
    summer, winter = ("20260701T000000Z", "CEST", 120), ("20260101T000000Z-ab12", "CET", 60)
    on_the_eve = ("20260328T235900Z", "CEST", 120)  # the clocks go on in the night to 29 March
    with_another = ("20260101T000000Z-ab12", "EST", -300)
    told_nothing = ("20190101T000000Z", "UTC", 0)
    assert note_home_zone([summer, winter, on_the_eve, with_another, told_nothing], PARIS) == []
    assert len(note_home_zone([("20260701T000000Z", "CET", 60)], PARIS)) == 1


def test_home_is_the_one_of_the_day() -> None:
    spans = (*PARIS, ZoneSpan(date(2026, 6, 1), "Asia/Tokyo"))
    assert note_home_zone([("20260701T000000Z", "JST", 540), ("20260101T000000Z", "CET", 60)], spans) == []


def test_every_suggested_home_is_a_zone() -> None:
    assert set(SUGGESTED_HOMES) <= available_timezones()


def settle_one(
    out: Path, put_part: Callable[..., PartResult], files: dict[str, object], home: str = "Europe/Paris"
) -> tuple[dict[str, int], dict[str, int]]:
    """Merge one export; return minutes by zone as applied, and what was guessed."""
    part = put_part(files).part
    spans = (ZoneSpan(None, home),)
    result = merge_parts(out, [part], home_zone=spans, tell=lambda *_: None)
    return result.offsets["20210101T000000Z"], result.ledger[0].guessed


def test_another_zone_of_the_export_tells_what_an_ambiguous_one_means(
    out: Path, activity: Callable[..., Activity], put_part: Callable[..., PartResult]
) -> None:
    in_shanghai = {FILE: [activity(0, zone="CST")], "b.html": [activity(1, SECOND + 1, zone="GMT+08:00")]}
    assert settle_one(out, put_part, in_shanghai) == ({"CST": 480, "GMT+08:00": 480}, {})


def test_zones_that_share_no_meaning_or_two_tell_nothing(
    out: Path, activity: Callable[..., Activity], put_part: Callable[..., PartResult]
) -> None:
    other = {FILE: [activity(0, zone="CST"), activity(1, SECOND + 1, zone="CET")]}
    assert settle_one(out, put_part, other) == ({"CST": -360, "CET": 60}, {"CST": 1})
    two = {FILE: [activity(k, SECOND + k, zone=zone) for k, zone in enumerate(("CST", "GMT+8", "GMT-6"))]}
    assert settle_one(out, put_part, two) == ({"CST": -360, "GMT+8": 480, "GMT-6": -360}, {"CST": 1})


def test_the_locales_of_the_files_tell_it_else(
    out: Path,
    activity: Callable[..., Activity],
    put_part: Callable[..., PartResult],
    hand_entries: type[Any],
) -> None:
    def dated(dates: str, zone: str) -> Any:
        class Dated(hand_entries):  # type: ignore[misc]
            @property
            def counts(self) -> FileCounts:
                return replace(super().counts, dates=dates)

        return Dated([activity(0, SECOND, text=dates, zone=zone)])

    indian, chinese = dated("en_AU en_IN en_NZ en_SG", "IST"), dated("zh", "CST")
    assert settle_one(out, put_part, {"a.html": indian, "b.html": chinese}) == ({"IST": 330, "CST": 480}, {})
    american, chinese = dated("es_MX", "CST"), dated("zh", "CST")
    two = {"a.html": american, "b.html": chinese}
    assert settle_one(out, put_part, two) == ({"CST": -360}, {"CST": 2})
    # home goes first
    assert settle_one(out, put_part, {"b.html": chinese}, "America/Chicago") == ({"CST": -360}, {})


def test_a_zone_that_nobody_knows_is_left_as_it_was(
    out: Path, activity: Callable[..., Activity], put_part: Callable[..., PartResult]
) -> None:
    assert settle_one(out, put_part, {FILE: [activity(0, zone="CET"), activity(1, zone="XYZ")]})[0] == {
        "CET": 60
    }
