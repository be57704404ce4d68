from __future__ import annotations

import json
import re
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.errors import ArchiveError, StoreError
from pipeline.reading import READER, json_activity, settle, timestamps
from pipeline.reading.dates import ENGLISH
from pipeline.records import KEPT_BYTES, Activity, Skipped
from pipeline.settings import Settings
from pipeline.tables import retry as retry_module
from pipeline.tables.intake import Intake, take_in
from pipeline.tables.journal import Input, Journal, commit_journal, prepare_out, read_journal
from pipeline.tables.parts import PartResult, write_entries
from pipeline.tables.retry import retry_skipped
from pipeline.tables.store import Store

SECOND = 1_600_000_000_000
FILE = "My Activity/Search/MyActivity.html"
OTHER = "My Activity/Maps/MyActivity.html"
OLD, NEW = "takeout-20210101T000000Z-001.zip", "takeout-20220101T000000Z-001.zip"
PutArchive = Callable[..., Path]
MakeActivity = Callable[..., Activity]


def silent(what: str, done: int, total: int | None) -> None:
    pass


def take(settings: Settings, *paths: Path) -> Intake:
    return take_in(paths, settings, tell=silent)


def retry(settings: Settings, *paths: Path) -> tuple[Intake, dict[str, int]]:
    return retry_skipped(paths, settings, tell=silent)


def look(settings: Settings) -> dict[str, Any]:
    """All that the tables and the ledger say, whichever parts they lie in."""
    store = Store(settings.out)
    views = ("activity", "location", "detail", "skipped", "source")
    with store.connect() as connection:
        found: dict[str, Any] = {
            view: connection.sql(f"SELECT * FROM {view} ORDER BY ALL").to_arrow_table().to_pylist()
            for view in views
        }
    files = store.files().drop(columns="part")
    return found | {
        "files": files.to_dict("records"),
        "ledger": store.ledger().to_dict("records"),
        "table": pq.read_table(settings.out / "tables" / "activity.parquet").to_pylist(),
    }


@pytest.fixture
def days(activity: MakeActivity) -> list[Activity]:
    """Six searches a day apart, printed in three zones by turns."""
    zones = (("UTC", 0), ("HKT", 480), ("JST", 540))
    return [
        activity(k, SECOND + 86_400_000 * k, text=f"word {k}", url=f"https://www.google.com/search?q=w{k}",
                 zone=zones[k % 3][0], offset_minutes=zones[k % 3][1])
        for k in range(6)
    ]  # fmt: skip


@pytest.fixture
def exports(put_archive: PutArchive, days: list[Activity]) -> list[Path]:
    """An export with two files, and a later one that repeats some of it."""
    return [put_archive({FILE: days[:4], OTHER: days[4:]}, OLD), put_archive({FILE: days[2:]}, NEW)]


def test_what_is_read_at_last_is_as_if_it_had_been_read_in_the_first_place(
    settings: Settings, exports: list[Path]
) -> None:
    take(settings, *exports)
    full = look(settings)
    shutil.rmtree(settings.out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})
        assert take(settings, *exports).rows == 2
        assert len(look(settings)["skipped"]) == 7
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0, "JST": 540})
        first, waiting = retry(settings)
        assert (first.rows_before, first.rows, waiting) == (2, 4, {})
        assert len(look(settings)["skipped"]) == 3
    second, _ = retry(settings)
    assert (second.rows, len(second.new_parts)) == (6, 2)
    assert look(settings) == full
    assert all(line["found"] == line["known"] + line["set_aside"] + line["new"] for line in full["ledger"])


def retry_after(
    settings: Settings, path: Path, cripple: Callable[[pytest.MonkeyPatch], None]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the tables say when all is read, when a crippled reader reads it, and when it is read again."""
    take(settings, path)
    full = look(settings)
    shutil.rmtree(settings.out)
    with pytest.MonkeyPatch.context() as patch:
        cripple(patch)
        take(settings, path)
        crippled = look(settings)
    retry(settings)
    return full, crippled, look(settings)


@pytest.mark.parametrize("day", [3, 13])
def test_a_file_in_a_language_that_was_not_known_is_settled_from_what_was_kept(
    settings: Settings,
    put_archive: PutArchive,
    days: list[Activity],
    printed: Callable[[Activity], str],
    day: int,
) -> None:
    def print_german(k: int) -> str:
        cell = printed(days[k]).replace("Searched for\u00a0", "").replace("</a><br>", "</a> gesucht<br>")
        return re.sub(r"<br>Sep[^<]*", f"<br>{day + k:02}.09.2020, 14:{10 + k}:05 MESZ", cell)

    cells = "".join(print_german(k) for k in range(5, -1, -1))
    page = f"<html><body><div>{cells}</div></body></html>".encode()
    path = put_archive({"Meine Aktivit\u00e4ten/Suche/MeineAktivit\u00e4ten.html": page, FILE: days[:2]}, OLD)

    def know_only_english(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(settle, "_list_forms", lambda: [ENGLISH])

    full, crippled, again = retry_after(settings, path, know_only_english)
    assert (len(crippled["table"]), len(full["table"])) == (2, 8)
    assert again == full


def test_what_the_rest_of_a_file_settled_holds_for_what_was_set_aside(
    settings: Settings, put_archive: PutArchive, days: list[Activity], printed: Callable[[Activity], str]
) -> None:
    lines = ("09/13/2020, 14:10:05 UTC", "09/03/2020, 14:10:05 HKT", "08/30/2020, 14:10:05 UTC")
    cells = (re.sub(r"<br>Sep[^<]*", f"<br>{lines[k]}", printed(days[k])) for k in range(3))
    path = put_archive({FILE: f"<html><body><div>{''.join(cells)}</div></body></html>".encode()}, OLD)

    def know_one_zone(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})

    full, crippled, again = retry_after(settings, path, know_one_zone)
    assert (len(crippled["table"]), len(full["table"])) == (2, 3)
    assert [row["time"].month for row in full["table"]] == [8, 9, 9]
    assert again == full


def test_where_the_first_entries_leave_the_order_open_all_that_was_kept_is_looked_through(
    settings: Settings,
    put_archive: PutArchive,
    days: list[Activity],
    printed: Callable[[Activity], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settle, "SETTLE_CELLS", 2)
    lines = ("09/03/2020, 14:10:05 HKT", "09/02/2020, 14:10:05 HKT", "08/30/2020, 14:10:05 HKT")
    cells = "".join(re.sub(r"<br>Sep[^<]*", f"<br>{lines[k]}", printed(days[k])) for k in range(3))
    for word in ("Searched for", "Search", "Products"):
        cells = cells.replace(word, "Xyz")  # of no language
    page = f"<html><body><div>{cells}</div></body></html>".encode()
    path = put_archive({"a/b.html": page, OTHER: days[:1]}, OLD)

    def know_one_zone(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})

    full, crippled, again = retry_after(settings, path, know_one_zone)
    assert (len(crippled["table"]), [row["time"].month for row in full["table"]]) == (1, [8, 9, 9, 9])
    assert again == full


def test_what_was_set_aside_of_json_is_read_again_too(settings: Settings, put_archive: PutArchive) -> None:
    def watch(k: int) -> dict[str, Any]:
        return {
            "header": "YouTube", "title": f"Watched clip {k}", "products": ["YouTube"],
            "titleUrl": f"https://www.youtube.com/watch?v=v{k}", "time": f"2020-09-1{k}T10:00:00.123Z",
        }  # fmt: skip

    def ask(k: int, *times: int) -> dict[str, Any]:
        ids = [{"timestamp_usec": str(1_300_000_000_000_000 + 1_000_000 * time)} for time in times]
        return {"query": {"id": ids, "query_text": f"thing {k}"}}

    files = {
        "My Activity/YouTube/MyActivity.json": json.dumps([watch(k) for k in range(6)]).encode(),
        "Searches/2011.json": json.dumps({"event": [ask(0, 0, 1), ask(1, 3, 5), ask(2, 7, 9)]}).encode(),
    }

    def know_few_times(patch: pytest.MonkeyPatch) -> None:
        whole, micros = json_activity.read_time, json_activity._read_micros
        patch.setattr(json_activity, "read_time", lambda text: None if text[9] in "24" else whole(text))
        patch.setattr(json_activity, "_read_micros", lambda text: None if text[9] in "35" else micros(text))

    full, crippled, again = retry_after(settings, put_archive(files, OLD), know_few_times)
    assert (len(crippled["table"]), len(full["table"])) == (8, 12)
    assert again == full


def test_a_query_of_several_times_that_was_read_in_part_stays_as_it_is(
    settings: Settings, put_archive: PutArchive
) -> None:
    ids = [{"timestamp_usec": f"130000000{k}000000"} for k in range(3)]
    content = json.dumps({"event": [{"query": {"id": ids, "query_text": "x"}}]}).encode()

    def know_few_times(patch: pytest.MonkeyPatch) -> None:
        micros = json_activity._read_micros
        patch.setattr(json_activity, "_read_micros", lambda text: None if text[9] == "1" else micros(text))

    full, crippled, again = retry_after(settings, put_archive({"Searches/x.json": content}), know_few_times)
    assert (len(full["table"]), len(crippled["table"])) == (3, 2)
    assert again == crippled


@pytest.fixture
def half_read(settings: Settings, exports: list[Path]) -> Settings:
    """Tables of a reader that knew only one of the three zones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})
        take(settings, *exports)
    return settings


def test_what_cannot_be_read_yet_stays_and_nothing_is_written(
    half_read: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in half_read.out.rglob("*.parquet")}
    monkeypatch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})
    done, waiting = retry(half_read)
    assert (done.new_parts, done.merged, waiting) == ((), False, {})
    assert {path: path.read_bytes() for path in half_read.out.rglob("*.parquet")} == before


def test_a_second_retry_finds_nothing_to_do(half_read: Settings) -> None:
    retry(half_read)
    before = look(half_read)
    assert retry(half_read)[0] == Intake(0, (), 6, 6, False, 0)
    assert look(half_read) == before


def test_the_same_archives_given_again_change_nothing_after_a_retry(
    half_read: Settings, exports: list[Path]
) -> None:
    retry(half_read)
    assert take(half_read, *exports) == Intake(2, (), 6, 6, False, 0)


def test_a_part_that_another_replaces_takes_its_retries_with_it(
    half_read: Settings, exports: list[Path]
) -> None:
    retry(half_read)
    journal = read_journal(half_read.out)
    assert [len(archive.retries) for archive in journal.inputs] == [1, 1]
    commit_journal(
        half_read.out, replace(journal, inputs=tuple(replace(i, reader=1) for i in journal.inputs))
    )
    done = take(half_read, *exports)
    assert (len(done.new_parts), done.rows, done.merged) == (2, 6, True)
    names = {path.name for path in (half_read.out / "tables" / "exports").iterdir()}
    inputs = read_journal(half_read.out).inputs
    assert names == {archive.part for archive in inputs} and len(names) == 2
    assert {(archive.reader, archive.retries) for archive in inputs} == {(READER, ())}


class PowerCutError(BaseException):
    """Nothing may catch this."""


def test_a_retry_that_is_interrupted_leaves_no_part(
    half_read: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: object, **more: object) -> None:
        raise PowerCutError

    before = sorted(half_read.out.rglob("*"))
    monkeypatch.setattr(retry_module, "commit_intake", stop)
    with pytest.raises(PowerCutError):
        retry(half_read)
    assert len(list((half_read.out / "tables" / "exports").iterdir())) == 4
    monkeypatch.undo()
    take(half_read)  # the next run sweeps what run.json does not name
    assert sorted(half_read.out.rglob("*")) == before


def test_a_failure_in_the_middle_of_a_retry_leaves_no_part(
    half_read: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = []

    def fail(*arguments: Any, **more: Any) -> Any:
        if first:
            raise OSError("the disk went away")
        first.append(True)
        return write_entries(*arguments, **more)

    monkeypatch.setattr(retry_module, "write_entries", fail)
    with pytest.raises(OSError, match="the disk went away"):
        retry(half_read)
    assert len(list((half_read.out / "tables" / "exports").iterdir())) == 2


def test_a_retry_that_lost_a_table_wants_its_archive(half_read: Settings, exports: list[Path]) -> None:
    retry(half_read)
    (folder,) = (half_read.out / "tables" / "exports").glob("20210101*~retry-*")
    (folder / "activity.parquet").unlink()
    for function in (retry, take):
        with pytest.raises(StoreError, match=r"Tables are missing .*Take that archive in again"):
            function(half_read)
    assert take(half_read, *exports).rows == 6


@pytest.mark.parametrize("form", ["zip", "tgz"])
def test_an_entry_longer_than_what_is_kept_is_read_from_its_archive(
    settings: Settings, put_archive: PutArchive, days: list[Activity], tmp_path: Path, form: str
) -> None:
    long = [entry._replace(text=f"{entry.text} {'x' * KEPT_BYTES}") for entry in days[1:3]]
    path = put_archive({OTHER: days[3:5], FILE: [days[0], *long, days[5]], "a/b.jpg": b"x"}, OLD)
    if form == "tgz":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "unpacked")
        path = tmp_path / "takeout-20210101T000000Z-001.tgz"
        with tarfile.open(path, "w:gz") as packed:
            packed.add(tmp_path / "unpacked" / "Takeout", "Takeout")
    take(settings, path)
    full = look(settings)
    shutil.rmtree(settings.out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})
        take(settings, path)
    done, waiting = retry(settings)
    assert (done.rows, waiting) == (4, {path.name: 2})
    done, waiting = retry(settings, path)
    assert (done.rows, waiting) == (6, {})
    assert look(settings) == full


def test_the_bytes_of_a_damaged_archive_are_asked_for_in_vain(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: [days[0], days[1]._replace(text=f"word 1 {'x' * KEPT_BYTES}")]}, OLD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})
        take(settings, path)
    path.write_bytes(path.read_bytes().replace(b"xxxx", b"xx?x", 1))
    done, waiting = retry(settings, path)
    assert (done.rows, waiting) == (1, {path.name: 1})


def test_what_is_damaged_or_cut_off_is_not_tried_again(
    settings: Settings,
    put_part: Callable[..., PartResult],
    activity: MakeActivity,
    printed: Callable[[Activity], str],
) -> None:
    cell = printed(activity()).encode()
    reasons = ("damaged member", "truncated entry", "inflates beyond all measure", "unknown time zone")
    skipped = [Skipped(k, k, len(cell), reason, cell) for k, reason in enumerate(reasons)]
    part = put_part({FILE: skipped})
    prepare_out(settings.out)
    line = Input("a.zip", 1, 1, "a" * 64, part.export, part.part, reader=READER)
    commit_journal(settings.out, Journal(inputs=(line,)))
    take(settings)
    assert retry(settings)[0].rows == 1
    assert Store(settings.out).activity()["position"].tolist() == [3]


def test_an_archive_that_was_never_taken_in_has_nothing_to_retry(
    half_read: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: days[:1]}, "takeout-20230101T000000Z-001.zip")
    with pytest.raises(ArchiveError) as error:
        retry(half_read, path)
    assert str(error.value) == (
        f"This archive was not taken in, so nothing of it was set aside ({path}). "
        "Run almanac ingest PATH first."
    )
