"""Members: safe names, no links, and one damaged member beside sound ones."""

from __future__ import annotations

import io
import os
import random
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.reading import bombs
from pipeline.reading.archive import open_archive
from pipeline.reading.entries import EntryReader, FileCounts
from pipeline.reading.members import LINK, NO_ACCESS, NO_FILE, OUTSIDE, TWICE, walk_folder
from pipeline.records import Skipped

Listed = list[tuple[str, str | None]]


def list_files(path: Path) -> Listed:
    """Name and refusal of every file; what is refused cannot be opened, and the rest can."""
    listed = []
    for file in open_archive(path).files():
        if file.refused:
            with pytest.raises(PermissionError, match="This member is not to be opened"):
                file.open()
        else:
            with file.open() as stream:
                assert stream.read(10) == b"x"
        listed.append((file.name, file.refused))
    return listed


def test_links_and_devices_of_a_tar_are_counted_and_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (
            ("Takeout/a.html", tarfile.SYMTYPE),
            ("Takeout/b.html", tarfile.LNKTYPE),
            ("Takeout/c.html", tarfile.CHRTYPE),
            ("Takeout/d.html", tarfile.DIRTYPE),
            ("../e.html", tarfile.SYMTYPE),
            ("Takeout/._f.html", tarfile.SYMTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        for name in ("Takeout/../../g.html", "Takeout/h.html"):
            member = tarfile.TarInfo(name)
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    assert list_files(path) == [
        ("a.html", LINK),
        ("b.html", LINK),
        ("c.html", NO_FILE),
        ("../e.html", OUTSIDE),
        ("Takeout/../../g.html", OUTSIDE),
        ("h.html", None),
    ]


def test_links_of_a_zip_and_members_outside_the_tree_are_counted_and_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, kind in (("link", 0o120777), ("pipe", 0o010666), ("folder", 0o040755)):
            member = zipfile.ZipInfo(f"Takeout/{name}.html")
            member.external_attr = kind << 16
            archive.writestr(member, "/etc/passwd")
        archive.writestr("Takeout/folder/", "")
        archive.writestr("../../climbs.html", "x")
        archive.writestr("Takeout/page.html", "x")
    assert list_files(path) == [
        ("link.html", LINK),
        ("pipe.html", NO_FILE),
        ("../../climbs.html", OUTSIDE),
        ("page.html", None),
    ]


def test_links_of_a_folder_are_counted_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.html").write_text("x")
    takeout = tmp_path / "Takeout"
    takeout.mkdir()
    (takeout / "page.html").write_text("x")
    before = open_archive(takeout).digest()
    (takeout / "link.html").symlink_to(tmp_path / "outside/secret.html")
    (takeout / "linked").symlink_to(tmp_path / "outside")
    assert list_files(takeout) == [("link.html", LINK), ("linked", LINK), ("page.html", None)]
    digest = open_archive(takeout).digest()
    (tmp_path / "outside/secret.html").write_text("y")
    assert before != digest == open_archive(takeout).digest()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fifos in its folders")
def test_a_fifo_in_a_folder_is_counted_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.html")
    assert list_files(tmp_path) == [("a.html", NO_FILE)]


def test_a_folder_that_may_not_be_read_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    takeout = tmp_path / "Takeout"
    (takeout / "Maps").mkdir(parents=True)
    (takeout / "page.html").write_text("x")
    scan = os.scandir

    def refuse(folder: str) -> Iterator[os.DirEntry[str]]:
        if str(folder).endswith("Maps"):
            raise PermissionError(13, "Permission denied", str(folder))
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    assert list_files(takeout) == [("page.html", None), ("Maps", NO_ACCESS)]


def test_files_of_a_folder_whose_names_come_out_as_one_are_not_mixed_up(tmp_path: Path) -> None:
    for name in ("My Activity.html", "My\u00a0Activity.html"):
        (tmp_path / name).write_text("x")
    assert list_files(tmp_path) == [("My Activity.html", None), ("My Activity.html", TWICE)]


def test_a_refused_file_has_its_reason_in_the_account(tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to(tmp_path / "nowhere")
    (file,) = walk_folder(tmp_path)
    reader = EntryReader(file, home_zone="UTC")
    assert list(reader) == []
    assert reader.counts == FileCounts("refused", LINK, None, None, None, 0, 0, 0, 0)


def test_names_in_utf_8_without_the_flag_are_mended(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Takeout/Aktivit@@t.html", "x")
    path.write_bytes(path.read_bytes().replace(b"@@", "ä".encode()))  # the flag stays off, as macOS leaves it
    assert [file.name for file in open_archive(path).files()] == ["Aktivität.html"]
    path.write_bytes(path.read_bytes().replace("ä".encode(), b"\x84\x84"))  # a real code page 437
    assert [file.name for file in open_archive(path).files()] == ["Aktivitäät.html"]


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "archives/malformed-2026.html").read_bytes()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("Takeout/My Activity/Maps/MyActivity.html", page.replace(b"apple", b"spoil"))
        archive.writestr("Takeout/My Activity/Search/MyActivity.html", page)
    path.write_bytes(path.read_bytes().replace(b"spoil", b"SPOIL"))  # its checksum no longer holds
    kinds = {}
    for file in open_archive(path).files():
        entries = list(EntryReader(file, home_zone="UTC"))
        kinds[file.name] = [entry.reason if isinstance(entry, Skipped) else entry.action for entry in entries]
    assert kinds["My Activity/Maps/MyActivity.html"][-1] == "damaged member"
    assert kinds["My Activity/Search/MyActivity.html"] == ["searched"] * 3


def write_bomb(path: Path, content: bytes) -> None:
    """Write ``content`` as a page that is followed by a sound one; the name says how it is compressed."""
    names = ("Takeout/My Activity/Search/MyActivity.html", "Takeout/My Activity/Maps/MyActivity.html")
    sound = (Path(__file__).parent.parent / "archives/malformed-2026.html").read_bytes()
    if path.suffix == ".tgz":
        with tarfile.open(path, "w:gz", compresslevel=9) as archive:
            for name, page in zip(names, (content, sound), strict=True):
                member = tarfile.TarInfo(name)
                member.size = len(page)
                archive.addfile(member, io.BytesIO(page))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
            for name, page in zip(names, (content, sound), strict=True):
                zipped.writestr(name, page)


def read_reasons(path: Path) -> list[list[str]]:
    return [
        [e.reason if isinstance(e, Skipped) else e.action for e in EntryReader(file, home_zone="UTC")]
        for file in open_archive(path).files()
    ]


@pytest.mark.parametrize("end", ["zip", "tgz"])
def test_a_member_that_inflates_beyond_all_measure_stops_early_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(bombs, "FREE_BYTES", 1 << 20)
    beginning = b'<html><div class="outer-cell'
    sound = ["searched"] * 3
    write_bomb(tmp_path / f"bomb.{end}", beginning + bytes(64 << 20))
    bomb, after = read_reasons(tmp_path / f"bomb.{end}")
    assert (bomb[1:], after) == (["inflates beyond all measure"], sound)
    write_bomb(tmp_path / f"tight.{end}", beginning + b" " * (1 << 19))
    assert read_reasons(tmp_path / f"tight.{end}") == [["truncated entry"], sound]


def test_what_was_read_of_a_tgz_before_a_member_buys_it_no_inflating(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bombs, "FREE_BYTES", 1 << 20)
    monkeypatch.setattr(bombs, "HIGHEST_RATIO", 100)
    path = tmp_path / "bomb.tgz"
    page = b'<html><div class="outer-cell' + bytes(4 << 20)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (("a.jpg", random.Random(0).randbytes(1 << 17)), ("b.html", page)):
            member = tarfile.TarInfo(f"Takeout/My Activity/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    assert read_reasons(path) == [[], ["truncated entry", "inflates beyond all measure"]]
