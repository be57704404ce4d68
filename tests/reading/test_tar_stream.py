"""A tar front to back: files that are opened late or twice, that break off, and hostile headers."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ArchiveError
from pipeline.reading import inflate
from pipeline.reading.archive import open_archive
from pipeline.reading.members import DAMAGE, LINK, NO_FILE, NOT_WHOLE, SPARSE, TWICE
from pipeline.reading.tar_stream import TarStream
from pipeline.records import ArchiveFile

MEMBERS = {f"{k}.html": random.Random(k).randbytes(n) for k, n in enumerate((700, 0, 2000, 512, 90))}


def write_tar(members: dict[str, bytes], *, end: bool = True) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    content = stream.getvalue()
    return content if end else content[: len(content.rstrip(b"\0")) // 512 * 512 + 512]


def write_header(kind: bytes, size: int, name: str = "a.html") -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


def read_file(file: ArchiveFile) -> tuple[bytes, bool]:
    """Return what can be read of a file, and whether that is all."""
    parts = []
    try:
        with file.open() as stream:
            while piece := stream.read(300):
                parts.append(piece)
    except DAMAGE:
        return b"".join(parts), False
    return b"".join(parts), True


def read_files(path: Path) -> list[tuple[str, bytes, bool] | tuple[str, str]]:
    return [
        (file.name, file.refused) if file.refused else (file.name, *read_file(file))
        for file in open_archive(path).files()
    ]


WHOLE = [(name, content, True) for name, content in MEMBERS.items()]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_files_may_be_opened_late_and_twice_and_at_once(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "takeout.tgz"
    path.write_bytes(pack(write_tar(MEMBERS)))
    assert read_files(path) == WHOLE
    files = list(open_archive(path).files())
    assert [(file.name, *read_file(file)) for file in reversed(files)] == WHOLE[::-1]
    for file in open_archive(path).files():
        assert [read_file(file), read_file(file)] == [(MEMBERS[file.name], True)] * 2
        with file.open() as a, file.open() as b:
            begin = [a.read(9), b.read(9)]
            assert begin == [MEMBERS[file.name][:9]] * 2
            assert a.read() + b.read() == 2 * MEMBERS[file.name][9:]


def test_a_gzip_of_several_pieces_with_something_after_them_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = write_tar(MEMBERS)
    path = tmp_path / "takeout.tgz"
    pieces = [content[:1000], b"", content[1000:5000], content[5000:]]
    path.write_bytes(b"".join(gzip.compress(piece) for piece in pieces) + bytes(100))
    assert read_files(path) == WHOLE
    for n_bytes in (2, 3, 17):
        monkeypatch.setattr(
            inflate, "PACKED_BYTES", n_bytes
        )  # the pieces end anywhere in what is read at once
        assert read_files(path) == WHOLE


def test_a_file_may_be_opened_when_the_walk_has_been_given_up(tmp_path: Path) -> None:
    path = tmp_path / "takeout.tar"
    path.write_bytes(write_tar(MEMBERS))
    files = open_archive(path).files()
    first = next(files)
    files.close()  # type: ignore[attr-defined]
    assert read_file(first) == (MEMBERS["0.html"], True)


@settings(deadline=None, max_examples=60)
@given(st.booleans(), st.data())
def test_wherever_it_is_cut_it_gives_all_that_is_there(
    tmp_path_factory: pytest.TempPathFactory, packed: bool, data: st.DataObject
) -> None:
    content = write_tar(MEMBERS, end=False)
    whole = gzip.compress(content) if packed else content
    cut = data.draw(st.integers(1200, len(whole)))
    path = tmp_path_factory.mktemp("torn") / "takeout.tgz"
    path.write_bytes(whole[:cut])
    there = zlib.decompressobj(31).decompress(whole[:cut]) if packed else whole[:cut]
    *files, last = read_files(path)
    for file, (name, page) in zip(files, MEMBERS.items(), strict=False):
        begin = content.index(name.encode()) + 512
        assert file == (name, there[begin:][: len(page)], len(there) >= begin + len(page))
    n_whole = sum(whole for *_, whole in files)
    assert last == (
        "takeout.tgz",
        f"the archive is not whole: it ends at byte {cut:,}; whole files before that: {n_whole}",
    )


def test_after_bytes_that_cannot_be_inflated_the_archive_ends(tmp_path: Path) -> None:
    noise = random.Random(9).randbytes(100_000)
    whole = bytearray(gzip.compress(write_tar({**MEMBERS, "noise.jpg": noise, "last.html": b"last"})))
    packer = zlib.compressobj(wbits=31)
    first = packer.compress(write_tar(MEMBERS, end=False)) + packer.flush(zlib.Z_FULL_FLUSH)
    path = tmp_path / "takeout.tgz"
    path.write_bytes(first + b"\xff" * 9)  # no kind of block that deflate has
    *files, last = read_files(path)
    assert files == WHOLE
    assert last == (
        "takeout.tgz",
        f"the archive is not whole: it is damaged at byte {len(first) + 9:,} and cannot be read on; "
        "whole files before that: 5",
    )
    whole[50_000] ^= 1  # deflate copies bytes that it cannot make shorter: only the checksum tells
    path.write_bytes(whole)
    *files, last = read_files(path)
    assert [*files[:5], files[6]] == [*WHOLE, ("last.html", b"last", True)]
    assert str(last[1]).startswith("the archive is not whole: it is damaged at byte ")


@pytest.mark.parametrize("n_blocks", [1, 3, 5, 11])
def test_a_tar_without_its_end_says_so(tmp_path: Path, n_blocks: int) -> None:
    path = tmp_path / "takeout.tar"
    path.write_bytes(write_tar(MEMBERS)[: n_blocks * 512])
    last = read_files(path)[-1]
    assert last[0] == "takeout.tar" and str(last[1]).startswith(
        f"{NOT_WHOLE}: it ends at byte {n_blocks * 512:,}"
    )


def test_a_damaged_header_does_not_stop_the_files_after_it(tmp_path: Path) -> None:
    content = bytearray(write_tar({"a.html": b"aaa", "b.html": bytes(1000), "c.html": b"ccc"}))
    content[content.index(b"b.html")] = 0xFF
    path = tmp_path / "takeout.tar"
    path.write_bytes(content)
    assert read_files(path) == [
        ("a.html", b"aaa", True),
        ("c.html", b"ccc", True),
        ("takeout.tar", "the archive is not whole: it is damaged at byte 1,536; whole files before that: 2"),
    ]


def test_what_is_no_plain_file_is_counted_and_not_opened(tmp_path: Path) -> None:
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
    headers = [write_header(kind, 0, f"{n}.html") for n, kind in enumerate(kinds)]
    sparse = bytearray(write_header(tarfile.GNUTYPE_SPARSE, 0, "5.html"))
    sparse[386:410] = b"%011o\0%011o\0" % (0, 0)
    sparse[483:495] = b"%011o\0" % (1 << 32)  # how long the file is said to be
    sparse[148:156] = b"%06o\0 " % tarfile.calc_chksums(bytes(sparse))[0]  # type: ignore[attr-defined]
    path = tmp_path / "takeout.tar"
    twice = write_header(tarfile.REGTYPE, 0, "6.html") * 2
    path.write_bytes(b"".join(headers) + bytes(sparse) + twice + bytes(1024))
    assert read_files(path) == [
        *[("0.html", LINK), ("1.html", LINK)],
        *[(f"{n}.html", NO_FILE) for n in (2, 3, 4)],
        ("5.html", SPARSE),
        ("6.html", b"", True),
        ("6.html", TWICE),
    ]


@pytest.mark.parametrize("size", [-1, -512, -1024, 1 << 62])
def test_a_size_below_zero_or_beyond_all_measure_ends_the_archive(tmp_path: Path, size: int) -> None:
    path = tmp_path / "takeout.tgz"
    header = write_header(tarfile.REGTYPE, size, "b.html")
    path.write_bytes(gzip.compress(write_tar({"a.html": b"aaa"}, end=False) + header + bytes(2048)))
    found = read_files(path)
    assert found[0] == ("a.html", b"aaa", True)
    assert str(found[-1][1]).startswith(NOT_WHOLE)
    assert len(found) == 2 if size < 0 else found[1] == ("b.html", bytes(2048), False)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_without_end_takes_no_memory(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "takeout.tgz"
    bomb = write_header(kind, 1 << 26) + bytes(1 << 26)
    path.write_bytes(gzip.compress(write_tar({"a.html": b"aaa"}, end=False) + bomb, 1))
    tracemalloc.start()
    found = read_files(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0] == ("a.html", b"aaa", True)
    assert str(found[1][1]).startswith(f"{NOT_WHOLE}: it is damaged at byte ")
    assert len(found) == 2 and peak < 8 << 20


def test_members_that_were_passed_take_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "takeout.tgz"
    path.write_bytes(gzip.compress(b"".join(write_header(b"0", 0, f"{k}.jpg") for k in range(2000)), 1))
    tracemalloc.start()
    assert sum(1 for _ in open_archive(path).files()) == 2001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400_000  # it is 110,000, and a million where tarfile keeps them


def test_headers_upon_headers_end_the_archive(tmp_path: Path) -> None:
    long_name = write_header(tarfile.GNUTYPE_LONGNAME, 1) + b"a".ljust(512, b"\0")
    path = tmp_path / "takeout.tgz"
    for chain in (long_name * 3000, write_header(tarfile.XHDTYPE, 0) * 3000):
        path.write_bytes(gzip.compress(write_tar({"a.html": b"aaa"}, end=False) + chain))
        found = read_files(path)
        assert found[0] == ("a.html", b"aaa", True) and str(found[1][1]).startswith(NOT_WHOLE)
    path.write_bytes(gzip.compress(chain))
    with pytest.raises(ArchiveError, match="The tgz is damaged or incomplete"):
        list(open_archive(path).files())


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_whatever_its_headers_say_the_walk_ends_with_records(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(write_tar({"a.html": b"aaa", "b.html": b"b" * 600}, end=False))
    kind = data.draw(
        st.sampled_from([tarfile.XHDTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, b"0"])
    )
    body = data.draw(
        st.sampled_from([b"19 GNU.sparse.map=x\n", b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"])
        | st.sampled_from([b"9 size=-1\n", b"0 path=\n", b"12 mtime=nan\n", b"99999999999999999999 a=b\n"])
        | st.binary(max_size=40)
    )
    content += write_header(kind, len(body)) + body.ljust(512, b"\0")
    content += write_header(b"0", 3, "c.html") + b"ccc".ljust(512, b"\0") + bytes(1024)
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(1500, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("hostile") / "takeout.tar"
    path.write_bytes(content)
    assert read_files(path)[0] == ("a.html", b"aaa", True)


def test_the_stream_does_not_go_back(tmp_path: Path) -> None:
    path = tmp_path / "takeout.tar"
    path.write_bytes(write_tar(MEMBERS))
    source = TarStream(path)
    assert (source.seek(600), source.tell()) == (600, 600)
    with pytest.raises(tarfile.ReadError, match="a file of a negative size"):
        source.seek(599)
    with pytest.raises(tarfile.ReadError, match="a header without end"):
        source.read(-1)
    with pytest.raises(tarfile.ReadError, match="a header without end"):
        source.read(1 << 30)
    with pytest.raises(EOFError, match="the archive breaks off"):
        source.seek(1 << 30)
    source.close()
