from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.records import Activity
from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.intake import take_in
from pipeline.tables.journal import read_journal
from pipeline.tables.merge import merge_parts
from pipeline.tables.offsets import find_home
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
        activity(k, SECOND + 1000 * k, zone=zone) for k, zone in enumerate(["IST", "CST", "IST", "CET"])
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
