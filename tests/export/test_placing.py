"""An export is whole or not there, its owner's alone, and takes no place but an earlier export's."""

from __future__ import annotations

import errno
import json
import stat
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.errors import LockedError, SettingsError
from pipeline.export.activity import Choice
from pipeline.export.placing import check_place, is_export, open_place
from pipeline.export.write import is_one_file, write_export
from pipeline.settings import ZoneSpan
from pipeline.tables.store import Store

PARIS = (ZoneSpan(None, "Europe/Paris"),)
FILES = ["about.json", "activity.csv", "detail.csv", "file.csv", "location.csv", "skipped.csv", "source.csv"]


def write(store: Store, dest: Path, form: str = "csv", *, force: bool = False) -> None:
    check_place(dest, force=force)
    write_export(store, dest, form, Choice(), PARIS)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_gets_all_tables_and_an_account_of_them(store: Store, tmp_path: Path) -> None:
    write(store, tmp_path / "out")
    assert names_in(tmp_path / "out") == FILES
    about = json.loads((tmp_path / "out" / "about.json").read_bytes())
    assert about["files"] == FILES[1:]
    assert about["home_zone"] == ["Europe/Paris"]
    assert {name: table["rows"] for name, table in about["tables"].items()} == {
        "activity": 6, "location": 1, "detail": 2, "file": 1, "skipped": 1, "source": 3,
    }  # fmt: skip
    header = (tmp_path / "out" / "skipped.csv").read_text("utf-8-sig").splitlines()[0]
    assert [*about["tables"]["skipped"]["columns"]] == header.split(",")
    assert "apostrophe" in about["notes"][0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no modes")
@pytest.mark.parametrize("form", ["csv", "sqlite"])
def test_an_export_is_its_owners_alone(store: Store, tmp_path: Path, form: str) -> None:
    write(store, tmp_path / "out", form)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()} == {0o600}


def test_one_file_has_the_activities_or_is_the_database(store: Store, tmp_path: Path) -> None:
    write(store, tmp_path / "a.csv")
    write(store, tmp_path / "a.sqlite3", "sqlite")
    assert (tmp_path / "a.csv").read_bytes().count(b"\r\n") == 7
    assert is_export(tmp_path / "a.sqlite3") and not is_export(tmp_path / "a.csv")
    assert names_in(tmp_path) == ["a.csv", "a.sqlite3"]
    assert is_one_file(tmp_path / "A.PARQUET", "parquet") and not is_one_file(tmp_path / "a.csv", "parquet")


def test_an_earlier_export_is_replaced_as_a_whole(store: Store, tmp_path: Path) -> None:
    write(store, tmp_path / "out")
    write(store, tmp_path / "out", "parquet")
    assert names_in(tmp_path / "out") == [
        "about.json",
        *(name.replace("csv", "parquet") for name in FILES[1:]),
    ]
    write(store, tmp_path / "a.db", "sqlite")
    write(store, tmp_path / "a.db", "sqlite")
    assert names_in(tmp_path) == ["a.db", "out"]


def test_a_file_of_that_name_stays_unless_it_is_forced(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine", "utf-8")
    with pytest.raises(SettingsError) as error:
        write(store, tmp_path / "a.csv")
    assert str(error.value) == (
        f"There is a file of that name ({tmp_path / 'a.csv'}). Give another name, or --force to replace it."
    )
    assert (tmp_path / "a.csv").read_text("utf-8") == "mine"
    write(store, tmp_path / "a.csv", force=True)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbftime")


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("name", ["notes.txt", "about.json"])
def test_a_folder_with_anything_of_anothers_stays(
    store: Store, tmp_path: Path, force: bool, name: str
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text('{"made_by": "me", "files": []}', "utf-8")
    with pytest.raises(SettingsError, match="This folder is not empty, and not an earlier export"):
        write(store, tmp_path / "out", force=force)
    assert names_in(tmp_path / "out") == [name]


def test_an_earlier_export_to_which_something_was_added_stays(store: Store, tmp_path: Path) -> None:
    write(store, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(SettingsError, match="Give DEST a name that is not taken yet"):
        write(store, tmp_path / "out", force=True)
    assert (tmp_path / "out" / "notes.txt").read_text("utf-8") == "mine"


def test_an_empty_folder_is_taken(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(store, tmp_path / "out")
    assert names_in(tmp_path / "out") == FILES


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path, as_folder: bool) -> None:
    dest = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), open_place(dest, as_folder=as_folder) as path:
        (path / "a" if as_folder else path).write_bytes(b"half")
        raise KeyboardInterrupt
    assert names_in(tmp_path) == []


def test_a_folder_that_cannot_be_renamed_leaves_the_earlier_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, tmp_path / "out")
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if target == tmp_path / "out" and (path / "a").exists():
            raise OSError("no")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="no"), open_place(tmp_path / "out", as_folder=True) as path:
        (path / "a").write_bytes(b"new")
    assert names_in(tmp_path) == ["out"] and names_in(tmp_path / "out") == FILES


def test_an_export_killed_between_two_names_is_there_again_even_if_the_next_one_fails(
    store: Store, tmp_path: Path
) -> None:
    dest = tmp_path / "out"
    write(store, dest)
    former = dest.rename(tmp_path / ".almanac-0123456789ab-out")
    (tmp_path / ".almanac-ba9876543210-out").mkdir()
    with pytest.raises(KeyboardInterrupt), open_place(dest, as_folder=True):
        assert not former.exists()
        raise KeyboardInterrupt
    assert names_in(tmp_path) == ["out"] and names_in(dest) == FILES


def test_what_is_whole_beside_it_stays_until_the_next_export_is_in_its_place(
    store: Store, tmp_path: Path
) -> None:
    dest, left = tmp_path / "out", tmp_path / ".almanac-0123456789ab-out"
    for place in (dest, tmp_path / "other"):
        write(store, place)
    (tmp_path / "other").rename(left)
    with open_place(dest, as_folder=True) as path:
        (path / "a").write_bytes(b"newer")
        assert names_in(left) == FILES
    assert names_in(tmp_path) == ["out"] and (dest / "a").read_bytes() == b"newer"


def test_one_lacking_a_file_that_its_account_names_is_not_taken_for_whole(
    store: Store, tmp_path: Path
) -> None:
    write(store, tmp_path / "out")
    left = (tmp_path / "out").rename(tmp_path / ".almanac-0123456789ab-out")
    (left / "activity.csv").unlink()
    with pytest.raises(KeyboardInterrupt), open_place(tmp_path / "out", as_folder=True):
        raise KeyboardInterrupt
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_second_export_to_one_place_waits_its_turn_and_takes_nothing(
    tmp_path: Path, as_folder: bool
) -> None:
    dest = tmp_path / "out"
    with open_place(dest, as_folder=as_folder) as path:
        (path / "a" if as_folder else path).write_bytes(b"first")
        with pytest.raises(LockedError) as error, open_place(dest, as_folder=as_folder):
            pass
        assert str(error.value) == (
            f"Another export is writing there ({dest}). Wait until it has ended, or give DEST another name."
        )
    assert names_in(tmp_path) == ["out"]
    assert (dest / "a" if as_folder else dest).read_bytes() == b"first"


@pytest.mark.parametrize("error", [OSError(errno.ENOTSUP, "no"), NotImplementedError()])
def test_where_the_disk_knows_no_locks_nothing_of_anothers_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(lock: FileLock) -> None:
        raise error

    monkeypatch.setattr(FileLock, "acquire", refuse)
    (tmp_path / ".almanac-0123456789ab-out").mkdir()
    with open_place(tmp_path / "out", as_folder=True) as path:
        (path / "a").write_bytes(b"new")
    assert names_in(tmp_path) == [".almanac-0123456789ab-out", "out"]
    monkeypatch.setattr(error, "errno", errno.ENOSPC, raising=False)
    if isinstance(error, OSError):
        with pytest.raises(OSError, match="no"), open_place(tmp_path / "out", as_folder=True):
            pass


@pytest.mark.parametrize(("name", "form"), [("foo.CSV", "parquet"), ("foo.db", "jsonl"), ("a.ndjson", "csv")])
def test_a_name_for_another_format_is_refused(store: Store, tmp_path: Path, name: str, form: str) -> None:
    with pytest.raises(SettingsError) as error:
        write(store, tmp_path / name, form)
    other = {"foo.CSV": "csv", "foo.db": "sqlite", "a.ndjson": "jsonl"}[name]
    assert str(error.value) == (
        f"This is a name for {other}, and the format is {form} ({tmp_path / name}). Use --format {other}, or "
        f"end the name with .{form}, or with nothing for a folder."
    )
    assert names_in(tmp_path) == []
    (tmp_path / "a.csv.d").mkdir()
    write(store, tmp_path / "a.csv.d", "parquet")


def test_what_a_killed_export_left_beside_it_goes_with_the_next(store: Store, tmp_path: Path) -> None:
    left = tmp_path / ".almanac-0123456789ab-out"
    left.mkdir()
    (left / "activity.csv").write_bytes(b"half")
    others = [".almanac-0123456789ab-other", ".almanac-0123456789ab-other-out"]
    for name in others:
        (tmp_path / name).write_bytes(b"another's")
    write(store, tmp_path / "out")
    assert names_in(tmp_path) == [*others, "out"]
