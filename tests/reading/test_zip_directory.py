"""The directory of a zip: all that zipfile reads of it, zip64, and what it says that is not so."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ArchiveError
from pipeline.reading.archive import open_archive
from pipeline.reading.members import DAMAGE, NOWHERE, OUTSIDE, PACKING, PASSWORD, SHARED, TWICE
from pipeline.reading.zip_directory import Directory, ZipMember, decode_name, find_directory, iter_directory

NAME = "Takeout/My Activity/Search/MyActivity.html"


def read_directory(content: bytes) -> list[ZipMember] | None:
    stream = io.BytesIO(content)
    directory = find_directory(stream)
    return None if directory is None else list(iter_directory(stream, directory))


def write_zip(
    members: dict[str, bytes], *, before: bytes = b"", comment: bytes = b"", limit: int = 1 << 31
) -> bytes:
    """Write a zip whose directory has zip64 fields for all that is over the limit."""
    stream = io.BytesIO(before)
    archive = zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED)
    archive.comment = comment
    for name, content in members.items():
        archive.writestr(name, content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", limit)
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", limit)
        archive.close()
    return stream.getvalue()


def list_by_zipfile(content: bytes) -> list[ZipMember]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [
            ZipMember(
                m.filename,
                m.filename.encode(),
                m.flag_bits,
                m.compress_type,
                m.CRC,
                m.compress_size,
                m.file_size,
                m.header_offset,
                m.external_attr >> 16,
            )
            for m in archive.infolist()
        ]


def list_files(path: Path) -> dict[str, str | bytes]:
    """Read every file, or say why it is refused."""
    found: dict[str, str | bytes] = {}
    for file in open_archive(path).files():
        if file.refused:
            found[f"{file.name} {len(found)}" if file.name in found else file.name] = file.refused
        else:
            with file.open() as stream:
                found[file.name] = b"".join(iter(lambda: stream.read(1 << 16), b""))
            assert len(found[file.name]) == file.n_bytes
    return found


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\\"), min_size=1, max_size=20)


@settings(deadline=None)
@given(
    members=st.dictionaries(NAMES, st.binary(max_size=40), max_size=5),
    before=st.binary(max_size=30),
    comment=st.binary(max_size=60).filter(lambda comment: b"PK" not in comment),  # zipfile gives up
    limit=st.sampled_from([0, 3, 1 << 31]),
)
def test_it_says_what_zipfile_says(
    members: dict[str, bytes], before: bytes, comment: bytes, limit: int
) -> None:
    content = write_zip(members, before=before, comment=comment, limit=limit)
    assert read_directory(content) == list_by_zipfile(content)


def test_a_zip64_is_read_with_all_three_numbers_in_the_extra_field(tmp_path: Path) -> None:
    wide = b"\xff\xff\xff\xff"
    page = b"<html>hello</html>"
    head = struct.pack("<4s5HL4s4s2H", b"PK\3\4", 45, 0, 0, 0, 0, zlib.crc32(page), wide, wide, len(NAME), 20)
    local = head + NAME.encode() + struct.pack("<2H2Q", 1, 16, len(page), len(page)) + page
    extra = struct.pack("<2HLL", 0x9999, 8, 1, 2) + struct.pack("<2H3Q", 1, 24, len(page), len(page), 0)
    record = struct.pack("<4s6HL4s4s5HL4s", b"PK\1\2", 45, 45, 0, 0, 0, 0, zlib.crc32(page), wide, wide,
                         len(NAME), len(extra), 0, 0, 0, 0, wide)  # fmt: skip
    directory = record + NAME.encode() + extra
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), len(local))
    place = struct.pack("<4sLQL", b"PK\6\7", 0, len(local) + len(directory), 1)
    end = struct.pack("<4s4H4s4sH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, wide, wide, 0)
    path = tmp_path / "takeout.zip"
    path.write_bytes(local + directory + end64 + place + end)
    assert zipfile.ZipFile(path).read(NAME) == page  # so it is a zip64
    assert list_files(path) == {"My Activity/Search/MyActivity.html": page}


def test_the_end_of_a_zip64_is_found_where_it_is_said_to_be_or_where_it_must_be() -> None:
    content = write_zip({"a": b"x", "b": b"y"}, limit=0)
    names = ["a", "b"]
    assert [m.name for m in read_directory(b"MZ" + content) or ()] == names
    end, place = content.index(b"PK\6\6"), content.index(b"PK\6\7")
    longer = content[: end + 4] + struct.pack("<Q", 44 + 9) + content[end + 12 : place] + b"\1\2\3\0\0\0xyz"
    assert [m.name for m in read_directory(longer + content[place:]) or ()] == names
    for said in (b"\xff" * 8, b"\xff" * 7 + b"\x7f", b"\1" + bytes(7)):
        assert [
            m.name for m in read_directory(content[: place + 8] + said + content[place + 16 :]) or ()
        ] == names
    assert read_directory(content[:end] + b"XX" + content[end + 2 :]) is None


def test_a_program_that_unpacks_itself_is_a_zip_with_something_before_it(tmp_path: Path) -> None:
    path = tmp_path / "takeout.exe"
    path.write_bytes(write_zip({NAME: b"page"}, before=b"MZ" + bytes(5000)))
    assert list_files(path) == {"My Activity/Search/MyActivity.html": b"page"}
    inner = write_zip({NAME: b"page"})
    path.write_bytes(b"MZ" + bytes(5000) + inner)  # and with offsets that count from where the zip begins
    assert list_files(path) == {"My Activity/Search/MyActivity.html": b"page"}


def test_a_directory_that_is_not_whole_is_none() -> None:
    content = write_zip({"a": b"x", "b": b"y"}, comment=b"PK\5\6 is how a directory ends")
    assert [member.name for member in read_directory(content) or ()] == ["a", "b"]
    at = content.index(b"PK\1\2")
    end = content.index(b"PK\5\6")
    for broken in (
        content[:end],
        content[: end + 10],
        content[:at] + b"XX" + content[at + 2 :],
        content[:at] + content[at + 5 :],
        content[: at + 60] + b"X" + content[at + 60 :],
        content[: at + 28] + b"\xff\xff" + content[at + 30 :],  # a name that runs on beyond the end
        content[: end + 12] + b"\xff\xff" + content[end + 14 :],
        b"",
    ):
        assert read_directory(broken) is None


def test_names_are_decoded_by_flag_by_field_or_by_what_they_look_like() -> None:
    field = b"\1" + struct.pack("<L", zlib.crc32(b"Aktivit?t")) + "Aktivität".encode()
    extra = struct.pack("<2H", 0x5455, 1) + b"t" + struct.pack("<2H", 0x7075, len(field)) + field
    assert decode_name(b"Aktivit?t", 0, extra) == "Aktivität"
    assert decode_name(b"another", 0, extra) == "another"  # renamed by a program that knows no such field
    assert decode_name("Aktivität".encode(), 0x800, b"") == "Aktivität"
    assert decode_name("Aktivität".encode(), 0, b"\xff") == "Aktivität"
    assert decode_name(b"Aktivit\x84t", 0, b"") == "Aktivität"
    assert decode_name(b"Aktivit\x84t", 0x800, b"") == "Aktivit\ufffdt"


def find_records(content: bytes) -> list[int]:
    return [at for at in range(len(content)) if content.startswith(b"PK\1\2", at)]


def patch_record(content: bytes, n: int, at: int, value: bytes) -> bytes:
    begin = find_records(content)[n] + at
    return content[:begin] + value + content[begin + len(value) :]


def test_members_that_are_locked_or_packed_otherwise_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    content = write_zip({"a.html": b"aaa", "b.html": b"bbb", "c.html": b"ccc"})
    content = patch_record(content, 0, 8, b"\1\0")
    content = patch_record(content, 1, 10, b"\x0e\0")  # LZMA
    path = tmp_path / "takeout.zip"
    path.write_bytes(content)
    assert list_files(path) == {"a.html": PASSWORD, "b.html": PACKING, "c.html": b"ccc"}
    assert PASSWORD == "locked by a password: unpack the archive yourself and give the folder"
    assert PACKING == "packed in a way that is not read: unpack the archive yourself and give the folder"


def test_a_member_that_would_lie_outside_the_archive_is_refused(tmp_path: Path) -> None:
    whole = write_zip({"a.html": b"aaa", "b.html": b"bbb"})
    path = tmp_path / "takeout.zip"
    for at, value in ((20, b"\xff\xff\0\0"), (42, b"\xff\xff\0\0"), (42, b"\xff\xff\xff\xff")):
        path.write_bytes(patch_record(whole, 1, at, value))
        assert list_files(path) == {"a.html": b"aaa", "b.html": NOWHERE}
    path.write_bytes(whole[5:])  # its beginning is lost
    assert list_files(path) == {"a.html": NOWHERE, "b.html": b"bbb"}


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """The quoted bomb: each member's bytes go on through those of all that follow."""
    whole = write_zip({"a.html": b"aaa", "b.html": b"bbb", "c.html": b"ccc"})
    path = tmp_path / "takeout.zip"
    path.write_bytes(patch_record(whole, 0, 20, struct.pack("<L", 60)))
    assert list_files(path) == {"a.html": SHARED, "b.html": b"bbb", "c.html": b"ccc"}
    path.write_bytes(patch_record(whole, 2, 42, whole[find_records(whole)[1] + 42 :][:4]))
    assert list_files(path) == {"a.html": b"aaa", "b.html": SHARED, "c.html": SHARED}


def test_a_directory_may_list_the_members_in_any_order(tmp_path: Path) -> None:
    whole = write_zip({f"{letter}.html": letter.encode() for letter in "abcd"})
    begin, end = find_records(whole)[0], whole.index(b"PK\5\6")
    records = [b"PK\1\2" + record for record in whole[begin:end].split(b"PK\1\2")[1:]]
    path = tmp_path / "takeout.zip"
    path.write_bytes(whole[:begin] + b"".join(reversed(records)) + whole[end:])
    assert list_files(path) == {f"{letter}.html": letter.encode() for letter in "dcba"}
    long = records[0][:20] + struct.pack("<L", 20) + records[0][24:]
    path.write_bytes(whole[:begin] + b"".join([*records[:0:-1], long]) + whole[end:])
    assert list_files(path)["a.html"] == SHARED


def test_a_member_of_another_name_than_the_directory_says_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    whole = write_zip({"a.html": b"aaa", "b.html": b"bbb"})
    path.write_bytes(whole.replace(b"a.html", b"x.html", 1))
    first, second = open_archive(path).files()
    with pytest.raises(zipfile.BadZipFile, match="another member than the directory says, or none"):
        first.open()
    with second.open() as stream:
        assert stream.read() == b"bbb"
    path.write_bytes(b"XX" + whole[2:])
    with pytest.raises(zipfile.BadZipFile, match="another member"):
        next(open_archive(path).files()).open()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(
    ("at", "change", "message"),
    [(24, 1, "another size"), (24, -1, "another size"), (16, 1, "the checksum does not hold")],
)
def test_a_zip_that_lies_about_a_size_or_checksum_is_found_out_after_all_bytes(
    tmp_path: Path, method: int, at: int, change: int, message: str
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a.html", b"page")
    content = stream.getvalue()
    (said,) = struct.unpack_from("<L", content, find_records(content)[0] + at)
    path = tmp_path / "takeout.zip"
    path.write_bytes(patch_record(content, 0, at, struct.pack("<L", said + change)))
    (file,) = open_archive(path).files()
    with file.open() as member:
        if change > 0:
            assert member.read() == b"page"
        with pytest.raises(zipfile.BadZipFile, match=message):
            member.read()


def test_a_second_file_of_one_name_is_refused_and_the_first_is_read(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Takeout/My Activity/a.html", "1")
        archive.writestr("Takeout/My\u00a0Activity/a.html", "2")
        archive.writestr("My Activity/a.html", "3")
        archive.writestr("Takeout/a.jpg", "4")
        archive.writestr("takeout/a.jpg", "5")
    files = list(open_archive(path).files())
    photos = [("a.jpg", None)] * 2  # nobody opens them, so nobody remembers their names
    assert [(file.name, file.refused) for file in files] == [
        ("My Activity/a.html", None),
        *[("My Activity/a.html", TWICE)] * 2,
        *photos,
    ]
    assert TWICE == "a second file of this name: unpack the archive yourself and give the folder"
    with files[0].open() as stream:
        assert stream.read() == b"1"


def test_a_name_with_a_nul_leads_out(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    path.write_bytes(write_zip({"Takeout/a.html@.jpg": b"x"}).replace(b"@", b"\0"))
    assert [file.refused for file in open_archive(path).files()] == [OUTSIDE]


def test_several_members_may_be_open_at_once_and_later(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    path.write_bytes(write_zip({"a.html": b"aaa", "b.html": b"bbb"}))
    files = list(open_archive(path).files())
    with files[1].open() as b, files[0].open() as a, files[1].open() as again:
        assert [b.read(1), a.read(1), again.read(), b.read(), a.read()] == [b"b", b"a", b"bbb", b"bb", b"aa"]
        assert a.read(0) == b""


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_whatever_its_bytes_are_the_walk_ends_with_records(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = write_zip(
        {"Takeout/a.html": b"aaa" * 50, "Takeout/b.html": b"b"}, limit=data.draw(st.sampled_from([0, 99]))
    )
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(2, len(content) - 1))] = data.draw(
            st.sampled_from([0, 1, 8, 0x50, 0xFF])
        )
    path = tmp_path_factory.mktemp("hostile") / "takeout.zip"
    path.write_bytes(content[: data.draw(st.integers(3, len(content)))])
    with contextlib.suppress(ArchiveError):
        assert len(open_archive(path).digest()) == 64
        for file in open_archive(path).files():
            if file.refused is None:
                with contextlib.suppress(*DAMAGE), file.open() as stream:
                    while stream.read(50):
                        pass


def test_an_empty_zip_has_an_empty_directory() -> None:
    assert read_directory(write_zip({})) == []
    directory = find_directory(io.BytesIO(write_zip({}, comment=b"nothing")))
    assert isinstance(directory, Directory) and not directory.starts


def write_photos(path: Path, n: int) -> None:
    """Write a zip64 with ``n`` photos of 0 or 1 bytes, and a page."""
    records = []
    with path.open("wb") as file:
        for k in range(n + 1):
            photo = f"Takeout/Google Photos/Photos from {2000 + k % 25}/IMG_{k:08}.jpg"
            name, content = (NAME if k == n else photo).encode(), b"x" * (k % 2)
            about = (zlib.crc32(content), len(content), len(content), len(name))
            records.append(
                struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *bytes(4), *about, *bytes(5), file.tell())
                + name
            )
            file.write(struct.pack("<4s5H3L2H", b"PK\3\4", 20, *bytes(4), *about, 0) + name + content)
        begin = file.tell()
        file.writelines(records)
        end = file.tell()
        file.write(struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, n + 1, n + 1, end - begin, begin))
        file.write(struct.pack("<4sLQL", b"PK\6\7", 0, end, 1))
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0))


def measure_peak(path: Path, n_files: int) -> int:
    """Return the most bytes that a digest and a walk over the files take."""
    tracemalloc.start()
    assert len(open_archive(path).digest()) == 64
    assert sum(1 for _ in open_archive(path).files()) == n_files
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_member_that_nobody_opens_takes_a_few_bytes(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    write_photos(path, 5_000)
    assert measure_peak(path, 5_001) < 2 << 20  # zipfile: 3.4 MB


@pytest.mark.slow
def test_a_takeout_with_300_000_photos_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    write_photos(path, 300_000)
    assert measure_peak(path, 300_001) < 40 << 20  # zipfile: 209 MB
