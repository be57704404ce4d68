"""Members: safe names, no links, and one damaged member beside sound ones."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipeline.reading.archive import open_archive
from pipeline.reading.entries import read_entries
from pipeline.reading.members import clean_name
from pipeline.records import Skipped


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Takeout/My Activity/Search/MyActivity.html", "My Activity/Search/MyActivity.html"),
        ("takeout-2025/Takeout/Maps/x.html", "Maps/x.html"),
        ("takeout/x.html", "x.html"),
        ("Takeout/Drive/Takeout/x.html", "Drive/Takeout/x.html"),
        ("./Takeout\\Maps\\x.html", "Maps/x.html"),
        ("My Activity/x.html", "My Activity/x.html"),
        ("Takeout/Meine Aktivita\u0308ten/x.html", "Meine Aktivitäten/x.html"),
        ("Takeout/Drive/a..b.html", "Drive/a..b.html"),
        ("/etc/passwd", None),
        ("\\etc\\passwd", None),
        ("C:/x.html", None),
        ("Takeout/../../x.html", None),
        ("Takeout\\..\\x.html", None),
        ("__MACOSX/Takeout/x.html", None),
        ("Takeout/._x.html", None),
        ("Takeout/.DS_Store", None),
        ("", None),
    ],
)
def test_names_come_out_below_takeout_or_not_at_all(name: str, expected: str | None) -> None:
    assert clean_name(name) == expected


def test_links_and_devices_of_a_tar_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (
            ("a", tarfile.SYMTYPE),
            ("b", tarfile.LNKTYPE),
            ("c", tarfile.CHRTYPE),
            ("d", tarfile.DIRTYPE),
        ):
            member = tarfile.TarInfo(f"Takeout/{name}.html")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("Takeout/e.html")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    assert [file.name for file in open_archive(path).files()] == ["e.html"]


def test_links_of_a_zip_and_members_outside_the_tree_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("Takeout/link.html")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("Takeout/folder/", "")
        archive.writestr("../../climbs.html", "x")
        archive.writestr("Takeout/page.html", "x")
    assert [file.name for file in open_archive(path).files()] == ["page.html"]


def test_links_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.html").write_text("x")
    takeout = tmp_path / "Takeout"
    takeout.mkdir()
    (takeout / "page.html").write_text("x")
    (takeout / "link.html").symlink_to(tmp_path / "outside/secret.html")
    (takeout / "linked").symlink_to(tmp_path / "outside")
    assert [file.name for file in open_archive(tmp_path / "Takeout").files()] == ["page.html"]


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
        entries = list(read_entries(file, home_zone="UTC"))
        kinds[file.name] = [entry.reason if isinstance(entry, Skipped) else entry.action for entry in entries]
    assert kinds["My Activity/Maps/MyActivity.html"][-1] == "damaged member"
    assert kinds["My Activity/Search/MyActivity.html"] == ["searched"] * 3


def test_a_zip_bomb_is_a_damaged_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("Takeout/My Activity/Search/MyActivity.html", bytes(4 << 20))
    (file,) = open_archive(path).files()
    assert list(read_entries(file, home_zone="UTC")) == [Skipped(0, 0, 4 << 20, "damaged member", b"")]
