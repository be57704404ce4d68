"""The files inside a zip, a tgz or a folder, safely: nothing is unpacked, no link is followed.

A member that must not be opened comes out too, with the reason, so that every one is counted; only
folders and the litter of macOS (``__MACOSX/``, ``._*``), which is none of Google's, do not.
"""

from __future__ import annotations

import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from pipeline.errors import ArchiveError
from pipeline.reading.measure import MeasuredStream
from pipeline.reading.names import clean_name, compose_name, leads_out
from pipeline.records import ArchiveFile

AGAIN = "Download it again from takeout.google.com."
DAMAGE = (zlib.error, zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError)

OUTSIDE = "a path that leads out of the archive"
LINK = "a link, which is not followed"
NO_FILE = "neither a file nor a folder"


def _admit(
    name: str, n_bytes: int, open_member: Callable[[], IO[bytes]], refused: str | None
) -> Iterator[ArchiveFile]:
    """Yield the record of one member, or nothing where it is litter."""
    if leads_out(name):
        yield ArchiveFile(compose_name(name), n_bytes, _open_nothing, OUTSIDE)
    elif clean := clean_name(name):
        yield ArchiveFile(clean, n_bytes, _open_nothing if refused else open_member, refused)


def _open_nothing() -> IO[bytes]:
    raise PermissionError("This member is not to be opened")


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip; raise ``ArchiveError`` where its directory cannot be read."""
    try:
        return zipfile.ZipFile(path)
    except DAMAGE as error:
        raise ArchiveError("The zip is damaged or incomplete", where=str(path), remedy=AGAIN) from error


def walk_zip(path: Path) -> Iterator[ArchiveFile]:
    """Yield the files of a zip, each readable as long as the iteration goes on."""
    with open_zip(path) as archive:
        n_archive = path.stat().st_size
        for member in archive.infolist():
            kind = (member.external_attr >> 16) & 0o170000  # Unix mode; 0 where made elsewhere
            if member.is_dir() or kind == 0o040000:
                continue
            if member.flag_bits & 0x1:
                raise ArchiveError(
                    "The zip is locked by a password",
                    where=str(path),
                    remedy="Unpack it yourself and give the folder.",
                )

            def open_member(member: zipfile.ZipInfo = member) -> IO[bytes]:
                n_compressed = min(member.compress_size, n_archive)  # what the directory says may be a lie
                # zipfile inflates bzip2 and LZMA without bounds from as many bytes as it was asked for.
                bounded = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
                stream = MeasuredStream(
                    archive.open(member), lambda: n_compressed, 1 << 20 if bounded else 4096
                )
                return cast(IO[bytes], stream)

            refused = {0: None, 0o100000: None, 0o120000: LINK}.get(kind, NO_FILE)
            yield from _admit(_mend_name(member), member.file_size, open_member, refused)


def _mend_name(member: zipfile.ZipInfo) -> str:
    """Undo the code page 437 that a zip without the UTF-8 flag is read with, where it hid UTF-8."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def walk_tar(path: Path) -> Iterator[ArchiveFile]:
    """Yield the files of a tar or tgz in its own order; each can be read only before the next."""
    try:
        with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]  # else it keeps every member passed
                if member.isdir():
                    continue

                def open_member(member: tarfile.TarInfo = member) -> IO[bytes]:
                    begin = raw.tell()
                    stream = cast(IO[bytes], archive.extractfile(member))
                    return cast(IO[bytes], MeasuredStream(stream, lambda: raw.tell() - begin))

                refused = LINK if member.issym() or member.islnk() else None if member.isreg() else NO_FILE
                yield from _admit(member.name, member.size, open_member, refused)
            stream = archive.fileobj
            if stream is None or stream.tell() < archive.offset + tarfile.BLOCKSIZE:
                raise EOFError("no block of zeros at the end: tarfile itself passes over that")
    except DAMAGE as error:
        raise ArchiveError("The tgz is damaged or incomplete", where=str(path), remedy=AGAIN) from error


def walk_folder(path: Path) -> Iterator[ArchiveFile]:
    """Yield the files below an unpacked folder, sorted by path; links are not followed."""
    parents = path.absolute().parts
    above = parents[len(parents) - parents[::-1].index("Takeout") :] if "Takeout" in parents else ()
    for folder, folders, names in os.walk(path):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]  # os.walk leaves them alone
        for file_name in sorted([*names, *links]):
            file = Path(folder, file_name)
            name = "/".join(file.relative_to(path).parts)
            if above and clean_name(name) == compose_name(name):
                name = "/".join((*above, name))
            refused = LINK if file.is_symlink() else None if file.is_file() else NO_FILE

            def open_file(file: Path = file) -> IO[bytes]:
                return file.open("rb")

            yield from _admit(name, file.lstat().st_size, open_file, refused)


def walk_page(path: Path) -> Iterator[ArchiveFile]:
    """Yield one HTML page that was given by itself."""
    yield ArchiveFile(path.name, path.stat().st_size, lambda: path.open("rb"))
