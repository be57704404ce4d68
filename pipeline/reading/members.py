"""The files inside a zip, a tgz or a folder, safely: nothing is unpacked, no link is followed.

A member that must not be opened comes out too, with the reason, so that every one is counted; only
folders and the litter of macOS (``__MACOSX/``, ``._*``), which is none of Google's, do not. An archive
that is not whole gives what can be read of it, and then a record of its own name that says so.
"""

from __future__ import annotations

import os
import stat
import tarfile
import zipfile
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import IO, cast

from pipeline.errors import ArchiveError
from pipeline.reading.bombs import MeasuredStream
from pipeline.reading.dispatch import needs_head
from pipeline.reading.names import clean_name, compose_name, leads_out
from pipeline.reading.tar_stream import TarFileStream, TarStream, iter_headers
from pipeline.reading.torn_zip import iter_torn
from pipeline.reading.zip_directory import Directory, ZipMember, find_directory, iter_directory
from pipeline.reading.zip_member import DEFLATED, LOCAL, LOCKED, STORED, open_zip_member
from pipeline.records import ArchiveFile

AGAIN = "Download it again from takeout.google.com."
DAMAGE = (zlib.error, zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError)

OUTSIDE = "a path that leads out of the archive"
LINK = "a link, which is not followed"
NO_FILE = "neither a file nor a folder"
UNPACK = "unpack the archive yourself and give the folder"
PASSWORD = f"locked by a password: {UNPACK}"
PACKING = f"packed in a way that is not read: {UNPACK}"
TWICE = f"a second file of this name: {UNPACK}"
SPARSE = "a file with holes"
NOWHERE = "bytes that lie outside the archive"
SHARED = "bytes that are another member's too"
NO_ACCESS = "a folder that may not be read"
NOT_WHOLE = "the archive is not whole"  # begins the reason in the last record of one that is not


class _Gate:
    """Makes the records of one archive's members, none where a member is litter."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()  # of the names that may be opened

    def admit(
        self, name: str, n_bytes: int, open_member: Callable[[], IO[bytes]], refused: str | None
    ) -> Iterator[ArchiveFile]:
        if leads_out(name):
            yield ArchiveFile(compose_name(name), n_bytes, _open_nothing, OUTSIDE)
        elif clean := clean_name(name):
            if refused is None and needs_head(clean):
                digest = blake2b(clean.encode(), digest_size=16).digest()
                refused = TWICE if digest in self._known else None
                self._known.add(digest)
            yield ArchiveFile(clean, n_bytes, _open_nothing if refused else open_member, refused)


def _open_nothing() -> IO[bytes]:
    raise PermissionError("This member is not to be opened")


def _tell_end(path: Path, what: str, n_whole: int) -> ArchiveFile:
    """Make the record with which an archive that is not whole ends."""
    refused = f"{NOT_WHOLE}: {what}; whole files before that: {n_whole:,}"
    return ArchiveFile(path.name, path.stat().st_size, _open_nothing, refused)


def walk_zip(path: Path) -> Iterator[ArchiveFile]:
    """Yield the files of a zip; without its directory, what a download that broke off left of it."""
    gate = _Gate()
    n_whole = n_files = 0
    with path.open("rb", buffering=1 << 16) as stream:
        directory = find_directory(stream)
        starts = array("q", sorted(directory.starts) if directory else ())
        for member in iter_directory(stream, directory) if directory else iter_torn(stream):
            kind = stat.S_IFMT(member.mode)
            if member.name.endswith("/") or kind == stat.S_IFDIR:
                continue
            n_files += 1
            n_whole += member.crc is not None

            def open_member(member: ZipMember = member) -> IO[bytes]:
                return cast(IO[bytes], MeasuredStream(open_zip_member(path, member)))

            refused = {0: None, stat.S_IFREG: None, stat.S_IFLNK: LINK}.get(kind, NO_FILE)
            refused = refused or _find_fault(member) or (directory and _find_lie(member, directory, starts))
            yield from gate.admit(member.name, member.n_bytes, open_member, refused)
    if directory is None:
        if n_files == 0:
            raise ArchiveError("The zip is damaged or incomplete", where=str(path), remedy=AGAIN)
        yield _tell_end(path, f"it ends at byte {path.stat().st_size:,}, without a directory", n_whole)


def _find_fault(member: ZipMember) -> str | None:
    if member.flags & LOCKED:
        return PASSWORD
    return None if member.method in (STORED, DEFLATED) else PACKING


def _find_lie(member: ZipMember, directory: Directory, starts: array[int]) -> str | None:
    """Tell whether a member's bytes lie outside the archive, or among those of another one."""
    end = member.offset + LOCAL.size + len(member.raw_name) + member.n_compressed
    if member.offset < 0 or end > directory.begin:
        return NOWHERE
    at = bisect_left(starts, member.offset) + 1
    return SHARED if at < len(starts) and starts[at] < end else None


def walk_tar(path: Path) -> Iterator[ArchiveFile]:
    """Yield the files of a tar or tgz in its own order; best read in that order, too."""
    gate = _Gate()
    n_files = data_end = 0
    with closing(TarStream(path)) as source:
        for member in iter_headers(source):
            if member.isdir():
                continue
            n_files, data_end = n_files + 1, member.offset_data + member.size

            def open_member(begin: int = member.offset_data, size: int = member.size) -> IO[bytes]:
                return cast(IO[bytes], MeasuredStream(TarFileStream(path, source, begin, size)))

            refused = LINK if member.issym() or member.islnk() else None if member.isreg() else NO_FILE
            refused = SPARSE if member.issparse() else refused
            yield from gate.admit(member.name, member.size, open_member, refused)
        if source.fault and n_files == 0:
            raise ArchiveError("The tgz is damaged or incomplete", where=str(path), remedy=AGAIN)
        if source.fault:
            yield _tell_end(path, source.fault, n_files - (source.tell() < data_end))


def walk_folder(path: Path) -> Iterator[ArchiveFile]:
    """Yield the files below an unpacked folder, sorted by path; links are not followed."""
    gate = _Gate()
    closed: list[OSError] = []
    parents = path.absolute().parts
    above = parents[len(parents) - parents[::-1].index("Takeout") :] if "Takeout" in parents else ()

    def name_below(file: Path) -> str:
        name = "/".join(file.relative_to(path).parts)
        return "/".join((*above, name)) if above and clean_name(name) == compose_name(name) else name

    for folder, folders, names in os.walk(path, onerror=closed.append):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]  # os.walk leaves them alone
        for file_name in sorted([*names, *links]):
            file = Path(folder, file_name)
            refused = LINK if file.is_symlink() else None if file.is_file() else NO_FILE

            def open_file(file: Path = file) -> IO[bytes]:
                return file.open("rb")

            yield from gate.admit(name_below(file), file.lstat().st_size, open_file, refused)
    for error in closed:
        yield from gate.admit(name_below(Path(error.filename)), 0, _open_nothing, NO_ACCESS)


def walk_page(path: Path) -> Iterator[ArchiveFile]:
    """Yield one page, HTML or JSON, that was given by itself."""
    yield ArchiveFile(path.name, path.stat().st_size, lambda: path.open("rb"))
