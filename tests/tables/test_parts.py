from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.reading import batch
from pipeline.records import Activity, ArchiveFile, Detail, Location, Skipped
from pipeline.tables import parts
from pipeline.tables.files import sha256_of
from pipeline.tables.parts import PartResult, write_entries

SEARCH = "My Activity/Search/MyActivity.html"
SKIPPED = Skipped(2, 500, 90, "no date", b"<div>")


def read_part(out: Path, result: PartResult) -> dict[str, list[dict[str, Any]]]:
    folder = out / "tables" / "exports" / result.part
    return {path.stem: pq.read_table(path).to_pylist() for path in sorted(folder.iterdir())}


def test_every_record_of_an_archive_is_in_its_part(
    out: Path,
    activity: Callable[..., Activity],
    put_part: Callable[..., PartResult],
    unread: Callable[..., Any],
) -> None:
    place = Location("this general area", "https://maps.example/1", "your places", None)
    detail = Detail("From Google Ads", None)
    entries = [activity(), activity(1, text=None, locations=(place, place), details=(detail,)), SKIPPED]
    result = put_part(
        {SEARCH: entries, "Photos/a.jpg": unread("ignored", "pictures and videos")},
        digest="0123456789abcdef" * 4,
    )
    export, key = "20210101T000000Z", {"export": "20210101T000000Z", "file": SEARCH}
    common = {
        "product": "search", "action": "searched", "url": "https://www.google.com/search?q=red+bicycle",
        "site": "google.com", "channel": None, "mark": None, "header": "Search", "language": "en",
        "zone": "UTC", "offset_minutes": 0, **key,
    }  # fmt: skip
    found = read_part(out, result)
    assert [row.pop("time").timestamp() for row in found["activity"]] == [1_600_000_000.0] * 2
    location = {**key, "position": 1, "name": place.name, "url": place.url, "source": place.source}
    counts = {"by_soup": 0, "guessed": 0, "guessed_zones": None, "unknown_headers": None}
    assert found == {
        "activity": [
            {**common, "text": "red bicycle", "position": 0},
            {**common, "text": None, "position": 1},
        ],
        "location": [{**location, "source_url": None}] * 2,
        "detail": [{**key, "position": 1, "text": "From Google Ads", "url": None}],
        "file": [
            {**key, "bytes": 100, "kind": "my_activity_html", "reason": None, "language": "en",
                 "dates": None, "note": None,
             "seen": 3, "parsed": 2, "skipped": 1, **counts},
            {"export": export, "file": "Photos/a.jpg", "bytes": 100, "kind": "ignored",
             "reason": "pictures and videos", "language": None, "dates": None, "note": None,
             "seen": 0, "parsed": 0, "skipped": 0, **counts},
        ],
        "skipped": [
            {**key, "position": 2, "offset": 500, "length": 90, "reason": "no date", "content": b"<div>"}
        ],
    }  # fmt: skip
    assert result == PartResult(
        "20210101T000000Z-0123456789ab",
        export,
        result.files,
        2,
        3,
        2,
        1,
        {"pictures and videos": 1},
        {"no date": 1},
    )
    assert result.files == {
        f"tables/exports/{result.part}/{table}.parquet": sha256_of(
            out / "tables/exports" / result.part / f"{table}.parquet"
        )
        for table in ("activity", "location", "detail", "file", "skipped")
    }


def test_an_archive_without_a_stamp_is_named_by_its_newest_entry(
    out: Path, activity: Callable[..., Activity], put_part: Callable[..., PartResult]
) -> None:
    later = activity(1, 1_700_000_000_999)
    result = put_part({SEARCH: [activity(), later, SKIPPED]}, stamp=None, digest="ab" * 32)
    assert (result.part, result.export) == ("20231114T221320Z-abababababab", "20231114T221320Z-abababab")
    found = read_part(out, result)
    assert {row["export"] for rows in found.values() for row in rows} == {"20231114T221320Z-abababab"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_part_is_readable_by_its_owner_only(out: Path, put_part: Callable[..., PartResult]) -> None:
    put_part({}, stamp=None)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [out, *out.rglob("*")]}
    assert modes == {True: 0o700, False: 0o600}


def test_a_reader_that_fails_leaves_no_part(out: Path, activity: Callable[..., Activity]) -> None:
    class Broken:
        file = ArchiveFile(SEARCH, 1, io.BytesIO)

        def __iter__(self) -> Iterator[Activity]:
            yield activity()
            raise OSError("the disk went away")

    with pytest.raises(OSError, match="the disk went away"):
        write_entries(out, [Broken()], stamp="20210101T000000Z", digest="0" * 64, tell=lambda *_: None)
    assert list((out / "tables" / "exports").iterdir()) == []


def test_what_was_not_read_is_told_without_a_word_of_the_owners(
    put_part: Callable[..., PartResult], unread: Callable[..., Any]
) -> None:
    files = {
        "a.secret": unread("unknown", "unknown kind of file (.secret)"),
        "b.secret": unread("unknown", "unknown kind of file (.secret)"),
        "c.html": unread("my_activity_html", None),
        "d.json": unread("unread", "JSON activity is not read yet"),
    }
    assert put_part(files).unread == {
        "file of unknown kind": 2,
        "activity page without entries": 1,
        "JSON activity is not read yet": 1,
    }


def test_progress_is_told_in_entries_and_ends_with_all_of_them(
    out: Path,
    activity: Callable[..., Activity],
    hand_entries: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch, "BLOCK_ENTRIES", 10)
    many = hand_entries([activity(k) for k in range(25)])
    told: list[tuple[str, int, int | None]] = []
    write_entries(out, [many], stamp=None, digest="0" * 64, tell=lambda *line: told.append(line))
    assert told == [("Reading entries", n, None) for n in (10, 20, 25)] + [("Reading entries", 25, 25)]


def test_the_files_of_an_archive_are_listed_in_its_order_however_many(
    out: Path,
    put_part: Callable[..., PartResult],
    unread: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "BLOCK_ENTRIES", 2)
    names = [f"Photos/{k}.jpg" for k in range(5)]
    result = put_part({name: unread("ignored", "pictures and videos") for name in names})
    assert [row["file"] for row in read_part(out, result)["file"]] == names
