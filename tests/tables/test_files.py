from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.tables.files import (
    TEMPORARY,
    give_copy,
    make_private_folder,
    open_atomically,
    remove,
    sha256_of,
    sweep_temporary,
    sync_folder,
    write_atomically,
    write_unless_there,
)

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.json", b"new")]


def test_a_failure_on_the_way_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    with pytest.raises(KeyboardInterrupt), open_atomically(path) as stream:
        stream.write(b"ne")
        raise KeyboardInterrupt
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.json", b"old")]


def test_the_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    with open_atomically(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@posix_only
def test_files_and_folders_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    folder = make_private_folder(tmp_path / "a" / "b")
    write_atomically(folder / "c", b"")
    paths = (tmp_path / "a", folder, folder / "c")
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o700, 0o700, 0o600]


@posix_only
def test_making_a_folder_private_leaves_those_above_it_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "open").mkdir(mode=0o755)
    make_private_folder(tmp_path / "open")
    assert [p.stat().st_mode & 0o777 for p in (tmp_path, tmp_path / "open")] == [0o755, 0o700]


@posix_only
def test_a_file_is_on_the_disk_before_its_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    replace, fsync = Path.replace, os.fsync

    def record_replace(self: Path, target: Path) -> Path:
        calls.append("replace")
        return replace(self, target)

    def record_fsync(descriptor: int) -> None:
        is_folder = os.path.isdir(f"/proc/self/fd/{descriptor}")  # noqa: PTH112
        calls.append("fsync folder" if is_folder else "fsync file")
        fsync(descriptor)

    monkeypatch.setattr(Path, "replace", record_replace)
    monkeypatch.setattr(os, "fsync", record_fsync)
    write_atomically(tmp_path / "a", b"")
    assert [call.split()[0] for call in calls] == ["fsync", "replace", "fsync"]


def test_the_sweep_takes_temporary_names_at_any_depth_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a" / f"{TEMPORARY}12-folder").mkdir(parents=True)
    (tmp_path / "a" / f"{TEMPORARY}12-folder" / "x").touch()
    (tmp_path / f"{TEMPORARY}34-file").touch()
    (tmp_path / "a" / "kept").touch()
    sweep_temporary(tmp_path)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")) == ["a", "a/kept"]
    assert sweep_temporary(tmp_path / "not there") == 0


@posix_only
def test_removing_a_link_to_a_folder_leaves_the_folder(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "photo").touch()
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    remove(tmp_path / "link")
    remove(tmp_path / "link")
    assert (tmp_path / "theirs" / "photo").exists() and not (tmp_path / "link").is_symlink()


def test_a_digest_is_sha_256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_file_that_is_there_is_not_replaced_by_a_first_one(tmp_path: Path) -> None:
    write_unless_there(tmp_path / "a", b"first")
    write_unless_there(tmp_path / "a", b"second")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"first")]


def test_a_copy_is_another_file_and_moves_on_to_another(tmp_path: Path) -> None:
    one, two, name = tmp_path / "1", tmp_path / "2", tmp_path / "name"
    for path in (one, two):
        path.write_text(path.name)
        give_copy(path, name, sha256_of(path))
        assert name.read_text() == path.name and not name.samefile(path) and one.read_text() == "1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "name"]


def test_a_copy_that_is_one_already_is_not_written_again_and_a_link_is(tmp_path: Path) -> None:
    path, name = tmp_path / "1", tmp_path / "name"
    path.write_text("1")
    name.hardlink_to(path)
    give_copy(path, name, sha256_of(path))
    first = name.stat()
    assert first.st_ino != path.stat().st_ino
    give_copy(path, name, sha256_of(path))
    give_copy(path, path, sha256_of(path))
    assert (name.stat().st_ino, name.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)


def test_without_hard_links_a_first_file_is_put_by_a_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), str(path))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    for content in (b"first", b"second"):
        write_unless_there(tmp_path / "a", content)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "first"}


def test_what_a_reader_spills_is_swept_a_day_later(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    new, old, ours = (
        folder / name for name in (".almanac-0a1b-spill", ".almanac-2c3d-spill", ".almanac-spill")
    )
    for spill in (new, old, ours):
        spill.mkdir(parents=True)
        (spill / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    os.utime(old, (0, 0))
    assert sweep_temporary(folder) == 2
    assert list(folder.iterdir()) == [new] and list(new.iterdir()) != []


@posix_only
def test_new_folders_are_flushed_into_those_above_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr("pipeline.tables.files.sync_folder", flushed.append)
    make_private_folder(tmp_path / "a" / "b")
    make_private_folder(tmp_path / "a" / "b")
    assert flushed == [tmp_path, tmp_path / "a"]


@posix_only
def test_a_folder_that_cannot_be_flushed_is_passed_over_and_a_disk_that_fails_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(number: int) -> Callable[[int], None]:
        def fsync(descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        return fsync

    monkeypatch.setattr(os, "fsync", raising(errno.EINVAL))
    sync_folder(tmp_path)
    monkeypatch.setattr(os, "fsync", raising(errno.EIO))
    with pytest.raises(OSError, match="Input/output error"):
        sync_folder(tmp_path)
