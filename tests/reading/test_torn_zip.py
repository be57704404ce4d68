"""A zip that broke off: every whole member, all of the one that was cut, and where the archive ends."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ArchiveError
from pipeline.reading import torn_zip
from pipeline.reading.archive import open_archive
from pipeline.reading.cells import iter_cells
from pipeline.reading.members import DAMAGE, NOT_WHOLE, PASSWORD
from pipeline.reading.torn_zip import iter_torn
from pipeline.records import ArchiveFile, Cell


class Streamed(io.RawIOBase):
    """A file that cannot go back: sizes and checksums come after the bytes, as Google's servers write."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.content += bytes(data)
        return len(data)


def write_zip(members: dict[str, bytes], *, streamed: bool, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = Streamed() if streamed else io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.content if isinstance(stream, Streamed) else stream.getvalue()


def read_file(file: ArchiveFile) -> tuple[bytes, bool]:
    """Return what can be read of a file, and whether that is all."""
    parts = []
    try:
        with file.open() as stream:
            while piece := stream.read(100):
                parts.append(piece)
    except DAMAGE:
        return b"".join(parts), False
    return b"".join(parts), True


def read_files(path: Path) -> list[tuple[str, bytes, bool] | tuple[str, str]]:
    files = list(open_archive(path).files())
    return [(file.name, file.refused) if file.refused else (file.name, *read_file(file)) for file in files]


def spell(seed: int, n: int) -> bytes:
    source = random.Random(seed)
    return b" ".join(source.choice([b"red", b"blue", b"bicycle", source.randbytes(3)]) for _ in range(n))


MEMBERS = {f"{k}.html": spell(k, n) for k, n in enumerate((50, 0, 400, 1, 90))}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_without_its_directory_a_zip_gives_the_same_members(streamed: bool, method: int) -> None:
    content = write_zip(MEMBERS, streamed=streamed, method=method)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        expected = [
            (m.filename, m.CRC, m.compress_size, m.file_size, m.header_offset) for m in archive.infolist()
        ]
    for end in (content.index(b"PK\1\2"), content.index(b"PK\1\2") + 30, len(content) - 30, len(content)):
        found = iter_torn(io.BytesIO(content[:end]))
        assert [(m.name, m.crc, m.n_compressed, m.n_bytes, m.offset) for m in found] == expected


@settings(deadline=None, max_examples=60)
@given(st.booleans(), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]), st.data())
def test_wherever_it_is_cut_it_gives_all_that_is_there(
    tmp_path_factory: pytest.TempPathFactory, streamed: bool, method: int, data: st.DataObject
) -> None:
    content = write_zip(MEMBERS, streamed=streamed, method=method)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        begins = [m.header_offset + 30 + len(m.filename) for m in archive.infolist()]
        lengths = [m.compress_size + 16 * streamed for m in archive.infolist()]
    ends = [begin + length for begin, length in zip(begins, lengths, strict=True)]
    cut = data.draw(st.integers(begins[0] + 1, len(content) - 30))
    path = tmp_path_factory.mktemp("torn") / "takeout.zip"
    path.write_bytes(content[:cut])
    *files, last = read_files(path)
    assert last[0] == "takeout.zip" and str(last[1]).startswith(f"{NOT_WHOLE}: it ends at byte {cut:,}, ")
    whole = [name for name, end in zip(MEMBERS, ends, strict=True) if end <= cut]
    for file, (name, page) in zip(files, MEMBERS.items(), strict=False):
        if name in whole:
            assert file == (name, page, True)
        else:
            n_page = min(len(page), len(file[1]))  # a part of what follows the bytes may be taken for them
            assert file[0] == name and page[:n_page] == file[1][:n_page]
            assert file[2] is False or file[1] == page
    assert len(files) - len(whole) in (0, 1)
    assert str(last[1]).endswith(f"; whole files before that: {sum(file[2] is True for file in files)}")


def test_the_member_that_was_cut_gives_its_whole_entries(tmp_path: Path, pages: ModuleType) -> None:
    cells = [pages.write_cell("Search", f"Searched for {k}") for k in range(3000)]
    page = pages.write_page("".join(cells))
    content = write_zip({"a.html": page}, streamed=True)
    path = tmp_path / "takeout-20251120T081500Z-001.zip"
    path.write_bytes(content[: len(content) // 2])
    file, last = open_archive(path).files()
    read, whole = read_file(file)
    assert page.startswith(read) and len(read) > len(page) // 4 and not whole and file.n_bytes == len(read)
    found = [piece.content for piece in iter_cells(io.BytesIO(read)) if isinstance(piece, Cell)]
    assert found[:-1] == [cell.encode() for cell in cells[: len(found) - 1]] and len(found) > 500
    assert last.refused == (
        f"the archive is not whole: it ends at byte {len(content) // 2:,}, without a directory; "
        "whole files before that: 0"
    )
    assert last.n_bytes == len(content) // 2


@pytest.mark.parametrize("streamed", [False, True])
def test_a_damaged_member_in_the_middle_does_not_stop_those_after_it(tmp_path: Path, streamed: bool) -> None:
    content = write_zip(MEMBERS, streamed=streamed)
    at = content.index(b"2.html") + 6
    path = tmp_path / "takeout.zip"
    spoiled = content[:at] + b"\xff" + content[at + 1 :]  # no kind of block that deflate has
    for damaged in (spoiled, spoiled[:-40]):
        path.write_bytes(damaged)
        files = read_files(path)
        assert files[:2] == [("0.html", MEMBERS["0.html"], True), ("1.html", b"", True)]
        assert files[2] == ("2.html", b"", False)
        assert files[3:5] == [("3.html", MEMBERS["3.html"], True), ("4.html", MEMBERS["4.html"], True)]
    assert str(files[5][1]).endswith(f"; whole files before that: {4 if streamed else 5}")


def test_a_stored_member_whose_length_is_told_after_it_may_hold_a_zip(tmp_path: Path) -> None:
    """A document is a zip: its members are none of the archive's."""
    inner = write_zip({"word/a.xml": b"<xml>" * 9, "word/b.xml": b"b"}, streamed=False)
    content = write_zip({"a.docx": inner, "b.html": b"page"}, streamed=True, method=zipfile.ZIP_STORED)
    names = [(m.name, m.n_bytes) for m in iter_torn(io.BytesIO(content[: content.rindex(b"PK\1\2")]))]
    assert names == [("a.docx", len(inner)), ("b.html", 4)]
    narrow = struct.pack("<4sLLL", b"PK\7\x08", zlib.crc32(inner), len(inner), len(inner))
    wide = struct.pack("<4sLQQ", b"PK\7\x08", zlib.crc32(inner), len(inner), len(inner))
    found = list(iter_torn(io.BytesIO(content.replace(narrow, wide)[: content.rindex(b"PK\1\2")])))
    assert [(m.name, m.n_bytes, m.crc) for m in found] == [
        ("a.docx", len(inner), zlib.crc32(inner)),
        ("b.html", 4, zlib.crc32(b"page")),
    ]


def test_the_directory_of_a_document_at_the_end_is_not_taken_for_the_archives_own(tmp_path: Path) -> None:
    inner = write_zip({"word/a.xml": b"<xml>" * 9}, streamed=False)
    content = write_zip({"a.html": b"page", "b.docx": inner}, streamed=False, method=zipfile.ZIP_STORED)
    end = content.index(inner) + len(inner)
    path = tmp_path / "takeout.zip"
    for cut in (end, end + 9):
        path.write_bytes(content[:cut])
        assert [file.name for file in open_archive(path).files()] == ["a.html", "b.docx", "takeout.zip"]


def test_a_length_that_cannot_be_is_found_by_inflating(tmp_path: Path) -> None:
    content = bytearray(write_zip(MEMBERS, streamed=False)[:-30])
    content[content.index(b"0.html") - 12 + 2] = 0xFF  # 16 MB
    path = tmp_path / "takeout.zip"
    path.write_bytes(content)
    assert read_files(path)[:-1] == [(*member, True) for member in MEMBERS.items()]


def test_what_is_locked_is_passed_over(tmp_path: Path) -> None:
    content = bytearray(
        write_zip({"a.html": b"aaa", "b.html": b"bbb"}, streamed=True, method=zipfile.ZIP_STORED)
    )
    content[6] |= 1
    content[8] = zipfile.ZIP_DEFLATED  # and so nothing that can be inflated to its end
    path = tmp_path / "takeout.zip"
    path.write_bytes(content[: content.index(b"PK\1\2")])
    files = read_files(path)
    assert files[:2] == [("a.html", PASSWORD), ("b.html", b"bbb", True)]
    assert files[2][1].endswith("; whole files before that: 2")


@pytest.mark.parametrize("flags", [0, 8])
def test_folders_and_lengths_that_stand_in_front_need_nothing_behind(tmp_path: Path, flags: int) -> None:
    members = {"Takeout/": b"", "Takeout/a.html": b"aaa", "Takeout/b.html": b"bbb"}
    content = bytearray(write_zip(members, streamed=False, method=zipfile.ZIP_STORED))
    for at in range(len(content)):
        if content.startswith(b"PK\3\4", at):
            content[at + 6] |= flags
    path = tmp_path / "takeout.zip"
    path.write_bytes(content[: content.index(b"PK\1\2")])
    assert read_files(path)[:-1] == [("a.html", b"aaa", True), ("b.html", b"bbb", True)]


def test_a_descriptor_may_lack_its_sign() -> None:
    content = write_zip({"a.html": b"aaa", "b.html": b"bbb"}, streamed=True).replace(b"PK\7\x08", b"")
    found = iter_torn(io.BytesIO(content[: content.index(b"PK\1\2")]))
    assert [(m.name, m.crc, m.n_bytes) for m in found] == [
        ("a.html", zlib.crc32(b"aaa"), 3),
        ("b.html", zlib.crc32(b"bbb"), 3),
    ]


def test_a_member_of_which_the_checksum_is_lost_is_not_told_whole() -> None:
    content = write_zip({"a.html": b"aaa"}, streamed=True)
    descriptor = content.index(b"PK\7\x08")
    checksums = [next(iter_torn(io.BytesIO(content[: descriptor + n]))).crc for n in range(0, 9)]
    assert checksums == [None] * 8 + [zlib.crc32(b"aaa")]


def test_the_next_member_is_found_behind_what_only_looks_like_one(monkeypatch: pytest.MonkeyPatch) -> None:
    content = write_zip({"a.html": b"aaa", "b.html": b"bbb"}, streamed=False)
    second = content.index(b"PK\3\4", 9)
    method = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 77, 0, 0, 0, 0, 0, 6, 0) + b"a.html"
    no_name = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, 0, 0, 0, 0)
    for window in (7, 64, 1 << 20):
        monkeypatch.setattr(torn_zip, "WINDOW", window)
        for noise in (b"", b"x" * 13, method, no_name, b"PK\3\4", b"PK\3"):
            torn = content[:second] + noise + content[second : content.index(b"PK\1\2")]
            assert [m.name for m in iter_torn(io.BytesIO(torn))] == ["a.html", "b.html"]


def test_the_digest_is_that_of_its_bytes(tmp_path: Path) -> None:
    content = write_zip(MEMBERS, streamed=True)
    a, b, c = (tmp_path / name for name in ("a.zip", "b.zip", "c.zip"))
    a.write_bytes(content[:300])
    b.write_bytes(content[:300])
    c.write_bytes(content[:301])
    digests = [open_archive(path).digest() for path in (a, b, c)]
    assert digests[0] == digests[1] != digests[2]


def test_if_not_one_member_is_left_the_zip_is_refused(tmp_path: Path) -> None:
    content = write_zip(MEMBERS, streamed=True)
    path = tmp_path / "takeout.zip"
    for rest in (content[:33], content[: content.index(b"0.html")], b"PK" + bytes(100)):
        path.write_bytes(rest)
        with pytest.raises(ArchiveError, match="The zip is damaged or incomplete"):
            list(open_archive(path).files())
