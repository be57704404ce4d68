"""Archives in all their forms, where they are found, and how the wrong ones are refused."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError
from pipeline.reading.archive import Archive, open_archive, read_stamp
from pipeline.reading.archive_paths import find_archives

NAME = "Takeout/My Activity/Search/MyActivity.html"
CONTENT = b"<html>hello</html>" * 50
TAKEOUT = {NAME: CONTENT, "Takeout/archive_browser.html": b"<html>"}


def write_zip(path: Path, members: dict[str, bytes] = TAKEOUT, method: int = zipfile.ZIP_DEFLATED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, mode: str, members: dict[str, bytes] = TAKEOUT) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def write_folder(path: Path, members: dict[str, bytes] = TAKEOUT) -> Path:
    for name, content in members.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


def read_all(archive: Archive) -> dict[str, bytes]:
    found = {}
    for file in archive.files():
        with file.open() as stream:
            found[file.name] = stream.read()
        assert file.n_bytes == len(found[file.name])
    return found


@pytest.fixture
def refused(tmp_path: Path):  # type: ignore[no-untyped-def]
    def check(content: bytes, name: str = "takeout.zip") -> str:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ArchiveError) as caught:
            list(open_archive(path).files())
        assert str(path) in str(caught.value)
        return str(caught.value)

    return check


def test_a_pattern_in_a_folder_whose_name_holds_brackets_is_matched(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "with [x] sp" / "deep" / "takeout-1.zip")
    write_zip(tmp_path / "with x sp" / "deep" / "takeout-1.zip")
    for pattern in ("deep/takeout-*.zip", "*/takeout-?.zip", "**/*.zip"):
        assert find_archives([f"{tmp_path}/with [x] sp/{pattern}"]) == [path]
    assert find_archives([f"{tmp_path}/with [x-y] sp/*/*.zip"]) == [tmp_path / "with x sp/deep/takeout-1.zip"]
    with pytest.raises(ArchiveError, match="No archive was found"):
        find_archives([f"{tmp_path}/with [x] sp/deep/*.tgz"])


def test_zip_tgz_tar_and_folder_give_the_same_files(tmp_path: Path) -> None:
    expected = {"My Activity/Search/MyActivity.html": CONTENT, "archive_browser.html": b"<html>"}
    archives = [
        write_zip(tmp_path / "a.zip"),
        write_zip(tmp_path / "stored.zip", method=zipfile.ZIP_STORED),
        write_tar(tmp_path / "a.tgz", "w:gz"),
        write_tar(tmp_path / "a.tar", "w"),
        write_folder(tmp_path / "a"),
        write_folder(tmp_path / "b") / "Takeout",
        write_zip(tmp_path / "no extension"),
    ]
    for path in archives:
        assert read_all(open_archive(path)) == expected


def test_a_folder_inside_takeout_keeps_its_path_below_takeout(tmp_path: Path) -> None:
    folder = write_folder(tmp_path) / "Takeout/My Activity"
    assert list(read_all(open_archive(folder))) == ["My Activity/Search/MyActivity.html"]


@pytest.mark.parametrize(
    "content", [b"<!DOCTYPE html><html>", b'[{"header": "Search"}]', b'{"Browser History": []}']
)
def test_a_single_page_is_an_archive_of_one_file(tmp_path: Path, content: bytes) -> None:
    page = tmp_path / "MyActivity.html"
    page.write_bytes(b"\xef\xbb\xbf" + content)
    archive = open_archive(page)
    assert (archive.form, read_all(archive)) == ("page", {"MyActivity.html": page.read_bytes()})


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("takeout-20251120T081500Z-1-001.zip", "20251120T081500Z"),
        ("takeout-20211023T070558Z-001.zip", "20211023T070558Z"),
        ("Takeout-20211023t070558z-001 (1).tgz", "20211023T070558Z"),
        ("takeout-20251120T081500Z-1-001/Takeout", "20251120T081500Z"),
        ("my archive.zip", None),
        ("takeout-20260826T202708Z-1-001(1).tgz", "20260826T202708Z"),
        ("takeout-20260826T202708Z-1-001 (1)", "20260826T202708Z"),
        ("Kopie von takeout-20211023T070558Z-001.zip", "20211023T070558Z"),
        ("takeout-20211023T070558Z-001/Takeout/My Activity", "20211023T070558Z"),
        ("takeout-20211023T070558Z-001/notes/My Activity", None),
        ("takeout-20211323T070558Z-001.zip", None),
    ],
)
def test_the_stamp_is_read_from_the_name(name: str, stamp: str | None) -> None:
    assert read_stamp(Path(name)) == stamp


def test_files_that_differ_by_their_order_alone_have_one_digest_and_no_others(tmp_path: Path) -> None:
    zips = [
        write_zip(tmp_path / f"{n}.zip", members)
        for n, members in enumerate(
            ({"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}, {"a": b"2", "b": b"1"}, {})
        )
    ]
    digests = [open_archive(path).digest() for path in zips]
    assert digests[0] == digests[1] and len(set(digests)) == 3


def test_the_digest_of_a_zip_is_of_its_directory_and_of_a_folder_of_its_contents(tmp_path: Path) -> None:
    a, again = write_zip(tmp_path / "a.zip"), write_zip(tmp_path / "b.zip", dict(reversed(TAKEOUT.items())))
    stored = write_zip(tmp_path / "c.zip", method=zipfile.ZIP_STORED)
    other = write_zip(tmp_path / "d.zip", {**TAKEOUT, NAME: b"x" * len(CONTENT)})
    digests = [open_archive(path).digest() for path in (a, again, stored, other)]
    assert digests[0] == digests[1] == digests[2] != digests[3]
    assert len(digests[0]) == 64

    one, same = write_folder(tmp_path / "one"), write_folder(tmp_path / "same")
    changed = write_folder(tmp_path / "changed", {**TAKEOUT, NAME: b"x" * len(CONTENT)})
    folders = [open_archive(path).digest() for path in (one, same, changed)]
    assert folders[0] == folders[1] != folders[2]

    tar, more = write_tar(tmp_path / "a.tar", "w"), write_tar(tmp_path / "b.tar", "w", {NAME: b"x"})
    assert open_archive(tar).digest() == open_archive(tar).digest() != open_archive(more).digest()


def test_patterns_spaces_and_the_home_sign_are_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    b = write_zip(tmp_path / "My Down loads" / "takeout-b [1].zip")
    a = write_zip(tmp_path / "My Down loads" / "takeout-a.zip")
    assert find_archives(["~/My Down loads/takeout-*.zip"]) == [a, b]
    assert find_archives([str(b), "~/My Down*/takeout-*.zip", str(a)]) == [a, b]
    assert find_archives(["~/My Down loads"]) == [a, b]


def test_a_link_to_an_archive_is_not_a_second_one(tmp_path: Path) -> None:
    a = write_zip(tmp_path / "a.zip")
    (tmp_path / "b.zip").symlink_to(a)
    assert find_archives([str(a), str(tmp_path / "b.zip")]) == [a]


def test_a_folder_gives_its_zips_and_the_takeout_beside_them_or_itself(tmp_path: Path) -> None:
    unpacked = write_folder(tmp_path / "unpacked")
    assert find_archives([str(unpacked)]) == [unpacked / "Takeout"]
    assert find_archives([str(unpacked / "Takeout")]) == [unpacked / "Takeout"]
    assert find_archives([str(unpacked / "Takeout/My Activity")]) == [unpacked / "Takeout/My Activity"]
    both = write_folder(tmp_path / "both")
    part = write_zip(both / "takeout-20251120T081500Z-1-002.tgz")
    write_zip(both / "holiday.zip")
    assert find_archives([str(both)]) == [both / "Takeout", part]


def test_a_folder_gives_each_export_that_lies_unpacked_in_it(tmp_path: Path) -> None:
    names = ["Takeout", "Takeout 2", "Takeout (3)", "takeout-20211023T070558Z-001", "takeout notes"]
    for name in names:
        write_folder(tmp_path / name, {"My Activity/Search/MyActivity.html": b"<html>"})
    assert find_archives([str(tmp_path)]) == sorted(tmp_path / name for name in names[:-1])
    assert list(read_all(open_archive(tmp_path / "Takeout 2"))) == ["My Activity/Search/MyActivity.html"]


def test_archives_that_were_renamed_are_found_by_what_is_in_them(tmp_path: Path) -> None:
    page = b'<html><div class="outer-cell mdl-cell">'
    search = write_zip(tmp_path / "my searches.ZIP", {NAME: page})
    maps = write_tar(tmp_path / "b.tgz", "w:gz", {"Meine Aktivitäten/Maps/x.html": page})
    write_zip(tmp_path / "holiday.zip", {"a.html": b"<html>", "b.jpg": b"x"})
    write_zip(tmp_path / "more.tar", {"a.txt": b"x"})
    (tmp_path / "empty.zip").write_bytes(b"")
    (tmp_path / "noise.zip").write_bytes(b"PK" + bytes(99))
    write_zip(tmp_path / "takeout-20251120T081500Z-1-002.zip.crdownload", {NAME: page})
    assert find_archives([str(tmp_path)]) == [maps, search]
    named = write_zip(tmp_path / "Copy of takeout-20251120T081500Z-1-001.zip")
    assert find_archives([str(tmp_path)]) == [named]


def test_a_pattern_passes_over_downloads_under_way(tmp_path: Path) -> None:
    a = write_zip(tmp_path / "takeout-a.zip")
    for end in ("crdownload", "part", "tmp"):
        write_zip(tmp_path / f"takeout-b.zip.{end}")
    assert find_archives([f"{tmp_path}/takeout-*"]) == [a]
    given = str(tmp_path / "takeout-b.zip.part")
    assert find_archives([given]) == [Path(given)]


def test_what_is_not_there_is_refused_with_a_remedy(tmp_path: Path) -> None:
    missing = str(tmp_path / "takeout-*.zip")
    with pytest.raises(ArchiveError, match="No archive was found") as caught:
        find_archives([missing])
    assert (caught.value.where, "quotes" in caught.value.remedy) == (missing, True)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(ArchiveError, match="This folder holds no Takeout archive"):
        find_archives([str(tmp_path)])
    with pytest.raises(ArchiveError, match="There is no such archive"):
        open_archive(tmp_path / "takeout.zip")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ArchiveError, match=r"cannot be opened .*Permission denied"):
        open_archive(tmp_path / "takeout.zip")


def test_the_wrong_kinds_of_file_are_refused(refused) -> None:  # type: ignore[no-untyped-def]
    assert "The archive is empty, 0 bytes" in refused(b"")
    for content in (b"Rar!\x1a\x07\x00" + b"x" * 600, b"%PDF-1.7 " * 100, b"header,title"):
        assert "This is not a Takeout archive" in refused(content)
    assert "The tgz is damaged or incomplete" in refused(b"\x1f\x8b" + b"x" * 600)


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><html><title>Sign in</title>", b'{"error": 401}'])
def test_a_page_that_a_failed_download_left_under_an_archives_name_is_refused(refused, page: bytes) -> None:  # type: ignore[no-untyped-def]
    assert "This is no archive but a web page under its name" in refused(page)
    assert "Sign in to Google. Download it again" in refused(page, "takeout-1.tgz")


def test_an_archive_of_which_nothing_can_be_got_is_refused(tmp_path: Path, refused) -> None:  # type: ignore[no-untyped-def]
    whole = write_zip(tmp_path / "whole.zip").read_bytes()
    assert "The zip is damaged or incomplete" in refused(whole[:40])
    assert "The zip is damaged or incomplete" in refused(b"PK" + bytes(1000))
    tar = write_tar(tmp_path / "whole.tar", "w").read_bytes()
    assert "The tgz is damaged or incomplete" in refused(tar[:300], "a.tar")
    tgz = write_tar(tmp_path / "whole.tgz", "w:gz").read_bytes()
    assert "The tgz is damaged or incomplete" in refused(tgz[:20], "a.tgz")
