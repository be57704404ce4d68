"""What a look into a watched folder finds: what is whole and new, and nothing that still grows."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from flows import waiting
from flows.waiting import GIVEN_UP_SECONDS, STILL_SECONDS, Waiting, find_waiting
from pipeline.errors import SettingsError
from pipeline.reading import READER
from pipeline.reading.archive import open_archive
from pipeline.tables.journal import Input, Journal
from pipeline.tables.known import measure_archive

NOW = 1_763_800_000.0
HOUR, DAY = 3600.0, 86_400.0
PAGE = b"<html>one page</html>" * 40
FIRST, SECOND = "takeout-20251120T081500Z-1-001.zip", "takeout-20251120T081500Z-1-002.zip"
NOTHING = Waiting((), 0, ())


def pack(content: bytes = PAGE) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("Takeout/My Activity/Search/MyActivity.html", content)
    return stream.getvalue()


def put(path: Path, content: bytes | None = None, *, age: float = HOUR) -> Path:
    """Write a file, a whole zip where nothing else is given, that changed ``age`` seconds before now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack() if content is None else content)
    os.utime(path, (NOW - age, NOW - age))
    return path


def put_folder(path: Path, *, age: float = HOUR) -> Path:
    file = put(path / "My Activity" / "Search" / "MyActivity.html", PAGE, age=age)
    for folder in (file.parent, file.parents[1], path):
        os.utime(folder, (NOW - HOUR, NOW - HOUR))
    return path


def look(watch: Path | str, journal: Journal | None = None, *, now: float = NOW) -> Waiting:
    return find_waiting(watch, journal or Journal(), now=now)


def name_all(found: Waiting) -> tuple[list[str], int, list[str]]:
    return [path.name for path in found.ready], found.growing, [path.name for path in found.unreadable]


def as_input(path: Path, *, reader: int = READER) -> Input:
    size, mtime_ns = measure_archive(path)
    return Input(str(path), size, mtime_ns, open_archive(path).digest(), "e", "p", reader=reader)


def test_whole_archives_of_every_form_wait_in_the_order_of_their_names(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        member = tarfile.TarInfo("Takeout/archive_browser.html")
        tar.addfile(member, io.BytesIO())
    put(tmp_path / SECOND)
    put(tmp_path / FIRST)
    put(tmp_path / "takeout-20240101T000000Z-001.tgz", stream.getvalue())
    put(tmp_path / "Anna’s holiday takeout-20230101T000000Z-001 (1).zip")
    put_folder(tmp_path / "Takeout")
    put_folder(tmp_path / "Takeout 2")
    assert name_all(look(tmp_path)) == (
        [
            "Anna’s holiday takeout-20230101T000000Z-001 (1).zip",
            *("Takeout", "Takeout 2", "takeout-20240101T000000Z-001.tgz", FIRST, SECOND),
        ],
        0,
        [],
    )


def test_what_else_lies_in_a_downloads_folder_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path / "photos.zip")
    put(tmp_path / "invoice.pdf", b"%PDF")
    put(tmp_path / f"._{FIRST}")  # macOS keeps what it knows of a file so
    put(tmp_path / "Unconfirmed 412.crdownload", b"PK", age=1)
    put(tmp_path / "Pictures" / FIRST)
    assert look(tmp_path) == NOTHING


@pytest.mark.parametrize(("age", "n_ready"), [(0.0, 0), (59.0, 0), (61.0, 1)])
def test_what_changed_within_the_last_minute_still_grows(tmp_path: Path, age: float, n_ready: int) -> None:
    assert STILL_SECONDS == 60
    put(tmp_path / FIRST, age=age)
    put_folder(tmp_path / "Takeout", age=age)
    found = look(tmp_path)
    assert (len(found.ready), found.growing, found.unreadable) == (2 * n_ready, 2 - 2 * n_ready, ())


@pytest.mark.parametrize(
    "partial",
    [
        f"{FIRST}.part",
        f"{FIRST}.crdownload",
        f"{FIRST.removesuffix('.zip')}.zIx4kq.zip.part",
        f"{FIRST}.download",
        f"{FIRST}.TMP",
    ],
)
def test_a_download_under_way_beside_it_holds_an_archive_back_for_a_day(tmp_path: Path, partial: str) -> None:
    put(tmp_path / FIRST)
    put(tmp_path / SECOND)
    put(tmp_path / partial, b"PK", age=HOUR)
    assert name_all(look(tmp_path)) == ([SECOND], 1, [])
    put(tmp_path / partial, b"PK", age=DAY + 1)
    assert name_all(look(tmp_path)) == ([FIRST, SECOND], 0, [])


def test_a_second_download_of_the_same_name_holds_nothing_back(tmp_path: Path) -> None:
    put(tmp_path / FIRST)
    put(tmp_path / f"{FIRST.removesuffix('.zip')} (1).zip.crdownload", b"PK", age=1)
    assert name_all(look(tmp_path)) == ([FIRST], 1, [])


def test_a_download_with_no_archive_beside_it_is_counted_until_it_is_given_up(tmp_path: Path) -> None:
    safari = tmp_path / f"{FIRST}.download"
    put(safari / FIRST, b"PK", age=5 * HOUR)
    os.utime(safari, (NOW - 2 * DAY, NOW - 2 * DAY))
    put(tmp_path / f"{SECOND}.crdownload", b"PK", age=2 * DAY)
    assert look(tmp_path) == Waiting((), 1, ())


def test_a_zip_without_its_directory_waits_until_it_has_not_changed_for_a_day(tmp_path: Path) -> None:
    path = put(tmp_path / FIRST, pack()[:-40], age=DAY - 1)
    assert look(tmp_path) == Waiting((), 1, ())
    put(path, pack()[:-40], age=DAY + 1)
    assert look(tmp_path) == Waiting((path,), 0, ())


def test_what_is_no_archive_is_named_once_when_it_has_not_changed_for_a_day(tmp_path: Path) -> None:
    contents = {FIRST: b"", SECOND: b"<!doctype html><title>Sign in", "takeout-3.zip": b"PK\3\4"}
    for name, content in contents.items():
        put(tmp_path / name, content, age=HOUR)
    good = put(tmp_path / "takeout-4.zip")
    assert name_all(look(tmp_path)) == ([good.name], 3, [])
    for name, content in contents.items():
        put(tmp_path / name, content, age=2 * DAY)
    assert GIVEN_UP_SECONDS == DAY
    assert name_all(look(tmp_path)) == ([good.name], 0, [*contents])


def test_what_may_not_be_read_is_named_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, good = put_folder(tmp_path / "Takeout"), put(tmp_path / FIRST)

    def refuse(journal: Journal, path: Path) -> Input | None:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return None

    monkeypatch.setattr(waiting, "find_at_a_glance", refuse)
    assert look(tmp_path) == Waiting((good,), 0, (closed,))


def test_a_fault_of_the_disk_names_one_archive_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = put(tmp_path / FIRST), put(tmp_path / SECOND)

    def open_or_fail(path: Path) -> object:
        if path == bad:
            raise OSError(5, "Input/output error")
        return open_archive(path)

    monkeypatch.setattr(waiting, "open_archive", open_or_fail)
    assert look(tmp_path) == Waiting((good,), 0, (bad,))


def test_what_is_taken_away_in_mid_look_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / FIRST)

    def open_too_late(path: Path) -> object:
        path.unlink()
        return open_archive(path)

    monkeypatch.setattr(waiting, "open_archive", open_too_late)
    assert look(tmp_path) == NOTHING
    assert not path.exists()


def test_what_grows_while_it_is_looked_at_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / FIRST)

    def grow(journal: Journal, path: Path) -> None:
        put(path, path.read_bytes() + b"more")

    monkeypatch.setattr(waiting, "find_known", grow)
    assert look(path) == Waiting((), 1, ())


def test_what_was_taken_in_is_left_by_its_place_and_by_its_content(tmp_path: Path) -> None:
    known = put(tmp_path / FIRST, age=1)
    journal = Journal(inputs=(as_input(known),))
    assert look(tmp_path, journal) == NOTHING
    put(tmp_path / SECOND)  # the same content under another name
    changed = put(tmp_path / "takeout-3.zip", pack(PAGE + b"more"))
    assert look(tmp_path, journal) == Waiting((changed,), 0, ())


def test_what_an_older_reader_took_in_waits_again(tmp_path: Path) -> None:
    path = put(tmp_path / FIRST)
    assert look(tmp_path, Journal(inputs=(as_input(path, reader=READER - 1),))).ready == (path,)


def test_a_time_in_the_future_does_not_wait_for_ever(tmp_path: Path) -> None:
    path = put(tmp_path / FIRST, age=-400 * DAY)
    torn = put(tmp_path / SECOND, pack()[:-40], age=-400 * DAY)
    soon = put(tmp_path / "takeout-3.zip", age=-10)
    assert look(tmp_path) == Waiting((path, torn), 1, ())
    assert soon in look(tmp_path, now=NOW + 80).ready


def test_a_pattern_gives_the_archives_that_it_names_and_looks_into_folders(tmp_path: Path) -> None:
    folder = tmp_path / "Données de [Zoë]"
    mine = put(folder / "mine of May.zip")
    put(folder / "mine.txt", b"")
    put(folder / "mine of June.zip.part", b"PK", age=1)
    put(folder / "yours.zip")
    found = put(tmp_path / "Downloads 2" / FIRST)
    put(tmp_path / "Downloads 2" / "other.zip")
    unpacked = put_folder(tmp_path / "Downloads" / "Takeout")
    assert look(f"{folder}/mine*") == Waiting((mine,), 0, ())
    assert look(tmp_path / "Downloads*") == Waiting((unpacked, found), 0, ())
    assert look(tmp_path / "Downloads" / "*") == Waiting((unpacked,), 0, ())
    assert look(folder / "yours.zip").ready == (folder / "yours.zip",)
    assert look(folder / "nothing*.zip") == NOTHING


def test_one_archive_under_two_names_waits_once(tmp_path: Path) -> None:
    path = put(tmp_path / FIRST)
    (tmp_path / SECOND).symlink_to(path)
    assert len(look(tmp_path).ready) == 1


@pytest.mark.parametrize("name", ["not there", "not there/takeout-*.zip"])
def test_a_folder_that_is_not_there_is_an_error_that_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        look(tmp_path / name)
    assert str(caught.value) == (
        f"There is no such folder to watch ({tmp_path / name}). "
        "Give the folder into which the archives come, such as ~/Downloads."
    )


def test_a_folder_that_may_not_be_read_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(SettingsError, match=r"^The folder to watch may not be read \(.*\)\. Give the folder"):
        look(tmp_path)


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    path = put(tmp_path / "Downloads" / FIRST)
    assert look("~/Downloads") == look("~/Downloads/takeout-*.zip") == Waiting((path,), 0, ())
