from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ArchiveError, LockedError, StoreError
from pipeline.records import Activity
from pipeline.settings import Settings, ZoneSpan, load_settings
from pipeline.tables import intake as intake_module
from pipeline.tables.files import TEMPORARY
from pipeline.tables.intake import Intake, take_in
from pipeline.tables.journal import prepare_out, read_journal
from pipeline.tables.lock import hold_lock
from pipeline.tables.store import Store

SECOND = 1_600_000_000_000
FILE = "My Activity/Search/MyActivity.html"
OLD, NEW = "takeout-20210101T000000Z-001.zip", "takeout-20220101T000000Z-001.zip"
PutArchive = Callable[..., Path]
MakeActivity = Callable[..., Activity]


def take(settings: Settings, *paths: Path) -> Intake:
    return take_in(paths, settings, tell=lambda what, done, total: None)


def snapshot(out: Path) -> dict[str, bytes]:
    """Everything on disk but the lock; seconds and the archives' places are left out of run.json."""
    import json

    found = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    del found["lock"]
    journal = json.loads(found["run.json"])
    for archive in journal["inputs"]:
        del archive["path"], archive["size"], archive["mtime_ns"]
    for record in journal["steps"].values():
        del record["seconds"]
    return found | {"run.json": json.dumps(journal).encode()}


@pytest.fixture
def days(activity: MakeActivity) -> list[Activity]:
    """Five searches, a day apart."""
    return [activity(k, SECOND + 86_400_000 * k, text=f"word {k}", url=f"https://www.google.com/search?q=w{k}")
            for k in range(5)]  # fmt: skip


@pytest.fixture
def two_exports(put_archive: PutArchive, days: list[Activity]) -> list[Path]:
    return [put_archive({FILE: days[:3]}, OLD), put_archive({FILE: days[1:]}, NEW)]


def test_the_same_archive_twice_changes_nothing(settings: Settings, two_exports: list[Path]) -> None:
    first = take(settings, *two_exports)
    before = snapshot(settings.out)
    again = take(settings, *two_exports)
    assert (first.rows_before, first.rows, first.merged, len(first.new_parts)) == (0, 5, True, 2)
    assert again == Intake(2, (), 5, 5, False, 0)
    assert snapshot(settings.out) == before


def test_the_order_of_archives_changes_nothing(
    settings: Settings, two_exports: list[Path], tmp_path: Path
) -> None:
    def take_apart(paths: list[Path]) -> dict[str, bytes]:
        shutil.rmtree(settings.out, ignore_errors=True)
        for path in paths:
            take(settings, path)
        return snapshot(settings.out)

    together = take(settings, *two_exports) and snapshot(settings.out)
    assert take_apart(two_exports) == take_apart(two_exports[::-1]) == together


def test_an_archive_that_was_renamed_or_copied_is_the_same_archive(
    settings: Settings, two_exports: list[Path], tmp_path: Path
) -> None:
    take(settings, *two_exports)
    before = snapshot(settings.out)
    copy = shutil.copy(two_exports[0], tmp_path / "my own name.zip")
    done = take(settings, Path(copy), *two_exports)
    assert (done.new_parts, done.merged, snapshot(settings.out)) == ((), False, before)


def test_one_archive_given_under_two_names_is_read_once(
    settings: Settings, two_exports: list[Path], tmp_path: Path
) -> None:
    copy = shutil.copy(two_exports[0], tmp_path / "copy.zip")
    assert len(take(settings, two_exports[0], Path(copy)).new_parts) == 1


def test_a_known_archive_is_not_opened_again(
    settings: Settings, two_exports: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    take(settings, *two_exports)

    def refuse(path: Path) -> Any:
        raise AssertionError("opened")

    monkeypatch.setattr(intake_module, "open_archive", refuse)
    assert not take(settings, *two_exports).merged


def test_an_archive_that_changed_under_its_name_is_taken_in_too(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    take(settings, put_archive({FILE: days[:3]}, OLD))
    done = take(settings, put_archive({FILE: days}, OLD))
    assert (len(done.new_parts), done.rows) == (1, 5)
    files = Store(settings.out).files()
    assert files[["parsed", "copy"]].sort_values("parsed").values.tolist() == [[3, True], [5, False]]


def test_a_zip_and_its_unpacked_folder_are_copies(
    settings: Settings, put_archive: PutArchive, days: list[Activity], tmp_path: Path
) -> None:
    path = put_archive({FILE: days}, OLD)
    folder = tmp_path / "takeout-20210101T000000Z-001"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    assert take(settings, path, folder).rows == 5
    ledger = Store(settings.out).ledger()
    assert ledger[["export", "n_files", "n_copies", "found", "known", "new"]].values.tolist() == [
        ["20210101T000000Z", 1, 1, 5, 0, 5]
    ]


def test_an_old_export_keeps_what_a_new_one_lacks(settings: Settings, two_exports: list[Path]) -> None:
    take(settings, two_exports[0])
    assert take(settings, two_exports[1]).rows == 5
    assert Store(settings.out).activity()["text"].tolist() == [f"word {k}" for k in range(5)]


def test_what_run_json_does_not_name_is_swept(settings: Settings, two_exports: list[Path]) -> None:
    take(settings, *two_exports)
    before = snapshot(settings.out)
    stray = settings.out / "tables" / "exports" / "20230101T000000Z-000000000000"
    stray.mkdir()
    (stray / "activity.parquet").touch()
    (settings.out / f"{TEMPORARY}00-run.json").touch()
    (settings.out / "charts").mkdir()
    (settings.out / "charts" / f"{TEMPORARY}00-years.png").touch()
    (settings.out / "theirs").mkdir()
    (settings.out / "theirs" / f"{TEMPORARY}00-not-ours").write_bytes(b"kept")
    take(settings, *two_exports)
    assert snapshot(settings.out) == before | {f"theirs/{TEMPORARY}00-not-ours": b"kept"}


class PowerCutError(BaseException):
    """Nothing may catch this."""


@pytest.mark.parametrize("n_renames", range(1, 9))
def test_cut_off_at_any_rename_the_tables_are_the_old_or_the_new_and_the_next_run_mends_them(
    settings: Settings, two_exports: list[Path], monkeypatch: pytest.MonkeyPatch, n_renames: int
) -> None:
    take(settings, two_exports[0])
    old = Store(settings.out).activity()
    left = [n_renames]

    def cut(rename: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def rename_or_stop(self: Path, target: Path) -> Path:
            left[0] -= 1
            if left[0] == 0:
                raise PowerCutError
            return rename(self, target)

        return rename_or_stop

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut(Path.replace))
        patch.setattr(Path, "rename", cut(Path.rename))
        with pytest.raises(PowerCutError):
            take(settings, two_exports[1])
    found = Store(settings.out).activity()["text"].tolist()
    assert found in (old["text"].tolist(), [f"word {k}" for k in range(5)])
    take(settings, two_exports[1])
    mended = snapshot(settings.out)
    shutil.rmtree(settings.out)
    take(settings, *two_exports)
    assert mended == snapshot(settings.out)


def test_a_merged_table_that_is_not_the_recorded_one_is_made_again(
    settings: Settings, two_exports: list[Path]
) -> None:
    take(settings, *two_exports)
    before = snapshot(settings.out)
    Store(settings.out).merged.write_bytes(b"damaged")
    assert take(settings).merged
    assert snapshot(settings.out) == before


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_whoever_writes_into_the_table_for_other_tools_leaves_the_committed_one_and_has_it_mended(
    settings: Settings, two_exports: list[Path], harm: Callable[[Path], object]
) -> None:
    take(settings, *two_exports)
    before, rows = snapshot(settings.out), Store(settings.out).activity()
    other = settings.out / "tables" / "activity.parquet"
    assert other.read_bytes() == Store(settings.out).merged.read_bytes()
    harm(other)
    assert Store(settings.out).activity().equals(rows)
    assert not take(settings, *two_exports).merged
    assert snapshot(settings.out) == before


def test_the_table_for_other_tools_that_was_a_link_to_the_committed_one_becomes_a_copy(
    settings: Settings, two_exports: list[Path]
) -> None:
    take(settings, *two_exports)
    other = settings.out / "tables" / "activity.parquet"
    other.unlink()
    other.hardlink_to(Store(settings.out).merged)
    take(settings)
    assert not other.samefile(Store(settings.out).merged)


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: os.truncate(path, 100)])
def test_a_part_that_lost_a_table_or_has_a_torn_one_is_read_again_or_asked_for(
    settings: Settings, two_exports: list[Path], harm: Callable[[Path], object]
) -> None:
    take(settings, *two_exports)
    before = snapshot(settings.out)
    (part,) = (settings.out / "tables" / "exports").glob("20210101*")
    harm(part / "detail.parquet")
    with pytest.raises(StoreError) as error:
        take(settings, two_exports[1])
    assert str(error.value) == (
        f"Tables are missing or damaged ({part}). Take that archive in again, or restore the folder."
    )
    take(settings, two_exports[0])
    assert snapshot(settings.out) == before


def test_an_archive_without_activity_is_refused_with_what_was_found(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({"Photos/a.jpg": b"x", "Photos/b.jpg": b"x", "Drive/my secret.zzz": b"x", FILE: []})
    prepare_out(settings.out)
    with pytest.raises(ArchiveError) as error:
        take(settings, path)
    assert str(error.value) == (
        "No activity. Found: 2 × pictures and videos; 1 × activity page without entries; "
        f"1 × file of unknown kind ({path}). Ask takeout.google.com for a new one: "
        "deselect all, tick “My Activity”, and leave its format at HTML."
    )
    assert read_journal(settings.out).inputs == ()
    assert list((settings.out / "tables" / "exports").iterdir()) == []


def test_an_archive_under_a_password_is_to_be_unpacked_rather_than_asked_for_anew(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: days})
    locked = bytearray(path.read_bytes())
    locked[locked.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(locked)
    with pytest.raises(ArchiveError) as error:
        take(settings, path)
    assert str(error.value) == (
        "No activity that can be opened. Found: 1 × locked by a password: unpack the archive yourself and "
        f"give the folder ({path}). Unpack the archive yourself and give the folder."
    )


def test_an_archive_of_photos_beside_one_of_activity_is_taken_in(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    photos = put_archive({"Photos/a.jpg": b"x"}, "takeout-20210101T000000Z-002.zip")
    assert take(settings, put_archive({FILE: days}, OLD), photos).rows == 5
    later = put_archive({"Photos/b.jpg": b"x"}, "takeout-20210101T000000Z-003.zip")
    assert take(settings, later).rows == 5  # a later part of an export that is known
    with pytest.raises(ArchiveError, match="No activity"):
        take(settings, put_archive({"Photos/c.jpg": b"x"}, NEW))


def test_an_archive_that_cannot_be_read_leaves_the_tables_as_they_were(
    settings: Settings, two_exports: list[Path], tmp_path: Path
) -> None:
    take(settings, two_exports[0])
    before = snapshot(settings.out)
    (tmp_path / "torn.zip").write_bytes(two_exports[1].read_bytes()[:40])
    with pytest.raises(ArchiveError):
        take(settings, two_exports[1], tmp_path / "torn.zip")
    assert snapshot(settings.out) == before


def test_another_run_on_the_same_folder_is_refused(settings: Settings, two_exports: list[Path]) -> None:
    import contextvars

    prepare_out(settings.out)
    with hold_lock(settings.out), pytest.raises(LockedError):
        contextvars.Context().run(take, settings, *two_exports)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_all_that_an_intake_writes_is_private(settings: Settings, two_exports: list[Path]) -> None:
    before = os.umask(0o022)
    try:
        take(settings, *two_exports)
    finally:
        os.umask(before)
    modes = {(p.is_dir(), p.stat().st_mode & 0o777) for p in [settings.out, *settings.out.rglob("*")]}
    assert modes == {(True, 0o700), (False, 0o600)}


def test_the_home_zone_of_the_tables_is_remembered_as_almanac_toml_would_have_it(
    settings: Settings, two_exports: list[Path], tmp_path: Path
) -> None:
    take(settings, two_exports[0])
    assert read_journal(settings.out).home_zone == ("Europe/Paris",)
    spans = (ZoneSpan(None, "Asia/Shanghai"), ZoneSpan(date(2015, 8, 20), "America/Chicago"))
    moved = replace(settings, home_zone=spans)
    take(moved)
    lines = read_journal(settings.out).home_zone
    assert lines == ("Asia/Shanghai", "2015-08-20 America/Chicago")
    assert load_settings({"home_zone": list(lines)}, environment={}, folder=tmp_path).home_zone == spans


STRANGE = b"""<html><body><div class="outer-cell"><div class="header-cell"><p>Search<br></p></div>
<div class="content-cell">Searched for <a href="https://x.example">x</a><br>on the ides of March</div>
</div></body></html>"""


def test_an_archive_whose_dates_nobody_knows_is_refused_with_two_ways_on(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: STRANGE, "a.jpg": b"x"})
    with pytest.raises(ArchiveError) as error:
        take(settings, path)
    assert error.value.what.startswith(
        "No entry whose date is in a known form. Found: 1 × entry set aside: no date in a known form"
    )
    assert (error.value.where, error.value.remedy) == (
        str(path),
        "Tell Almanac's makers how the first date there is printed, with other digits; or set the language "
        "of your Google account to English (myaccount.google.com/language) for as long as Google makes an "
        "archive. Ask takeout.google.com for a new one: deselect all, tick “My Activity”, and "
        "leave its format at HTML.",
    )
    assert read_journal(settings.out).inputs == ()
    assert take(settings, put_archive({"Maps/x.html": STRANGE, FILE: days}, NEW)).rows == 5


def damage(path: Path, name: str, word: bytes = b"word 1") -> Path:
    """Copy a stored zip with one byte flipped in the entry that says ``word``: its directory stays."""
    copy = path.with_name(name)
    content = path.read_bytes()
    at = content.rindex(b"outer-cell", 0, content.index(word))
    copy.write_bytes(content[:at] + b"?" + content[at + 1 :])
    return copy


@pytest.fixture
def three_pages(put_archive: PutArchive, days: list[Activity]) -> Path:
    names = ("Ads", "Maps", "Search")
    return put_archive(
        {f"My Activity/{name}/MyActivity.html": days[k:][:1] for k, name in enumerate(names)}, OLD
    )


def test_a_damaged_archive_is_read_again_when_it_is_given_again_and_the_sound_one_takes_its_place(
    settings: Settings, three_pages: Path
) -> None:
    take(settings, three_pages)
    alone = snapshot(settings.out)
    shutil.rmtree(settings.out)
    bad = damage(three_pages, OLD.replace("-001", "-1-001"))
    first = take(settings, bad)
    assert (first.n_damaged, first.rows) == (1, 2)
    assert Store(settings.out).skip_reasons()["reason"].tolist() == ["damaged member", "truncated entry"]
    assert take(settings, bad) == Intake(1, (), 2, 2, False, 1)
    copy = damage(three_pages, OLD.replace("-001", "-1-002"))
    assert take(settings, copy) == Intake(1, (), 2, 2, False, 1)  # just as damaged
    mended = take(settings, three_pages)
    assert (mended.n_damaged, mended.merged, snapshot(settings.out)) == (0, True, alone)
    assert take(settings, bad) == Intake(1, (), 3, 3, False, 0)


def test_an_archive_that_is_damaged_less_takes_the_place_of_one_that_is_damaged_more(
    settings: Settings, three_pages: Path
) -> None:
    less = damage(three_pages, OLD.replace("001", "002"), b"word 0")
    more = damage(less, OLD.replace("001", "003"), b"word 2")
    for path, n_rows in ((more, 1), (less, 2), (more, 2)):
        assert take(settings, path).rows == n_rows
        assert Store(settings.out).files()["skipped"].sum() == 2 * (3 - n_rows)
        assert len(list((settings.out / "tables/exports").iterdir())) == 1


def test_a_failure_while_a_damaged_archive_is_read_again_leaves_the_tables_as_they_were(
    settings: Settings, three_pages: Path, tmp_path: Path
) -> None:
    bad = damage(three_pages, OLD.replace("001", "009"))
    take(settings, bad)
    before = snapshot(settings.out)
    (tmp_path / "torn.zip").write_bytes(three_pages.read_bytes()[:40])
    for given in (three_pages, Path(shutil.copy(bad, tmp_path / "takeout-20210101T000000Z-copy.zip"))):
        with pytest.raises(ArchiveError, match="damaged or incomplete"):
            take(settings, given, tmp_path / "torn.zip")
        assert snapshot(settings.out) == before


def test_an_archive_of_which_nothing_can_be_read_is_to_be_downloaded_again(
    settings: Settings, put_archive: PutArchive
) -> None:
    path = damage(put_archive({FILE: b"<html><div class='outer-cell'> word 1"}), "torn.zip")
    with pytest.raises(ArchiveError) as error:
        take(settings, path)
    assert error.value.what.startswith(
        "No entry that can be read. Found: 1 × entry set aside: damaged member"
    )
    assert error.value.remedy == "Download it again from takeout.google.com."
