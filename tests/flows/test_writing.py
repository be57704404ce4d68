"""A folder that cannot be written is named, with the reason and what to do."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from flows.commands import app
from flows.writing import explain_write_errors
from pipeline.errors import StoreError
from pipeline.tables.files import write_atomically
from pipeline.tables.journal import prepare_out

OUT = Path("/home/ann/out")


def test_a_full_disk_without_a_path_is_that_of_the_output_folder() -> None:
    with pytest.raises(StoreError) as caught, explain_write_errors(OUT):
        raise OSError(28, "No space left on device")
    assert str(caught.value) == (
        f"Nothing can be written here: No space left on device ({OUT}). "
        "Make room for it, or use another --out."
    )


@pytest.mark.parametrize("place", ["/home/ann/out", "/home/ann/out/charts", "/home/ann"])
def test_a_path_of_ours_is_named(place: str) -> None:
    with pytest.raises(StoreError) as caught, explain_write_errors(OUT):
        raise OSError(28, "No space left on device", place)
    assert str(caught.value) == (
        f"Nothing can be written here: No space left on device ({place}). "
        "Make room for it, or use another --out."
    )


@pytest.mark.parametrize(
    ("number", "place"), [(28, "/home/bob/secret.zip"), (28, 3), (5, None), (13, "/home/bob/out")]
)
def test_any_other_goes_its_way(number: int, place: object) -> None:
    error = OSError(number, "Something is wrong", place)
    with pytest.raises(OSError) as caught, explain_write_errors(OUT):
        raise error
    assert caught.value is error


def call(*words: str | Path) -> tuple[str, int]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.stderr.splitlines()[-1] if result.stderr else "", result.exit_code


def test_an_output_folder_below_a_file_is_one_line_and_status_2(tmp_path: Path, tiny_archive: Path) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "out"
    for command in ("run", "ingest"):
        said, status = call(command, tiny_archive, "--out", out, "--home-zone", "Europe/Paris")
        assert said == (
            f"almanac {command}: Nothing can be written here: a file is in the way ({tmp_path / 'file'}). "
            "Move it, or use another --out."
        )
        assert status == 2


def test_a_file_in_the_place_of_one_of_our_folders_is_named(tmp_path: Path, tiny_archive: Path) -> None:
    out = tmp_path / "out"
    prepare_out(out)
    (out / "tables").touch()
    said, status = call("ingest", tiny_archive, "--out", out, "--home-zone", "Europe/Paris")
    assert said == (
        f"almanac ingest: Nothing can be written here: a file is in the way ({out / 'tables'}). "
        "Move it, or use another --out."
    )
    assert status == 2


def test_a_sample_that_cannot_be_written_is_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for dest in (tmp_path / "file" / "dest", tmp_path / "file"):
        said, status = call("sample", dest, "--years", "1")
        assert said == (
            f"almanac sample: Nothing can be written here: a file is in the way ({tmp_path / 'file'}). "
            "Move it, or use another DEST."
        )
        assert status == 2


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOENT, "it cannot be made"), (errno.EIO, os.strerror(errno.EIO))],
)
def test_where_room_would_not_help_none_is_asked_for(number: int, reason: str) -> None:
    with pytest.raises(StoreError) as caught, explain_write_errors(OUT):
        raise OSError(number, os.strerror(number), str(OUT))
    assert str(caught.value) == f"Nothing can be written here: {reason} ({OUT}). Use another --out."


def test_a_folder_in_the_way_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises(StoreError) as caught, explain_write_errors(tmp_path):
        write_atomically(tmp_path / "run.json", b"{}")
    assert str(caught.value) == (
        f"Nothing can be written here: a folder is in the way ({tmp_path / 'run.json'}). "
        "Move it, or use another --out."
    )


@pytest.mark.parametrize(
    ("inner", "named"),
    [
        (".almanac-0a4e7dfa9bff-a.csv", "a.csv"),
        (".almanac-0a4e7dfa9bff-a/activity.csv", "a"),
        (".almanac-a.csv.lock", "a.csv"),
        ("tables/.almanac-0a4e7dfa9bff-spill/1.tmp", "tables"),
        (".almanac-sample/a.zip", ""),
    ],
)
def test_no_temporary_name_is_said(inner: str, named: str) -> None:
    with pytest.raises(StoreError) as caught, explain_write_errors(OUT, place_name="DEST"):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(OUT / inner))
    assert str(caught.value) == (
        f"Nothing can be written here: it cannot be made ({OUT / named}). Use another DEST."
    )


@pytest.mark.skipif(sys.platform != "linux", reason="a place where nobody can make a file")
def test_a_place_of_the_system_is_not_taken_for_a_table_that_has_gone(
    tmp_path: Path, tiny_archive: Path
) -> None:
    out = tmp_path / "out"
    assert call("ingest", tiny_archive, "--out", out, "--home-zone", "Europe/Paris")[1] == 0
    for dest in ("/proc/almanac.csv", "/proc/almanac/a.csv"):
        said, status = call("export", dest, "--format", "csv", "--out", out)
        assert said.startswith(
            "almanac export: Nothing can be written here: it cannot be made (/proc/almanac"
        )
        assert said.endswith("). Use another DEST.")
        assert status == 2


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_where_writing_is_not_allowed_no_room_is_asked_for(number: int) -> None:
    with pytest.raises(StoreError) as caught, explain_write_errors(OUT):
        raise OSError(number, os.strerror(number), str(OUT / "charts"))
    assert str(caught.value) == (
        f"Nothing can be written here: {os.strerror(number)} ({OUT / 'charts'}). "
        "Allow writing there, or use another --out."
    )


def test_what_duckdb_says_of_a_full_disk_is_said_in_our_words() -> None:
    spill = OUT / "tables" / ".almanac-spill" / "duckdb_temp_storage_DEFAULT-0.tmp"
    with pytest.raises(StoreError) as caught, explain_write_errors(OUT):
        raise duckdb.IOException(f'IO Error: Could not write file "{spill}": No space left on device')
    assert str(caught.value) == (
        f"Nothing can be written here: No space left on device ({OUT / 'tables'}). "
        "Make room for it, or use another --out."
    )


def test_a_query_that_is_wrong_goes_its_way() -> None:
    with pytest.raises(duckdb.ParserException), explain_write_errors(OUT):
        duckdb.sql("select from where")
