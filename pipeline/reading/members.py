"""The files inside a zip, a tgz or a folder, safely: nothing is unpacked, no link is followed.

Names come out as paths below ``Takeout/``, with forward slashes and composed letters.
"""

from __future__ import annotations

import os
import re
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from pipeline.errors import ArchiveError
from pipeline.records import ArchiveFile

AGAIN = "Download it again from takeout.google.com."
HIGHEST_RATIO = 1_000  # real pages compress 24:1 to 94:1; beyond this a member is a bomb
DAMAGE = (zlib.error, zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError)


def clean_name(name: str) -> str | None:
    """Turn a member's name into its path below ``Takeout/``; ``None`` for what is not to be opened.

    That is what climbs, is absolute, or is the litter of macOS (``__MACOSX/``, ``._*``).
    """
    parts = unicodedata.normalize("NFC", name.replace("\\", "/")).split("/")
    if name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", name) or "\0" in name:
        return None
    parts = [part for part in parts if part not in ("", ".")]
    if not parts or "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1] == ".DS_Store":
        return None
    folders = [part.casefold() for part in parts[:-1]]
    return "/".join(parts[folders.index("takeout") + 1 :] if "takeout" in folders else parts)


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip; raise ``ArchiveError`` where its directory cannot be read."""
    try:
        return zipfile.ZipFile(path)
    except DAMAGE as error:
        raise ArchiveError("The zip is damaged or incomplete", where=str(path), remedy=AGAIN) from error


def walk_zip(path: Path) -> Iterator[ArchiveFile]:
    """Yield the files of a zip, each readable as long as the iteration goes on."""
    with open_zip(path) as archive:
        for member in archive.infolist():
            name = clean_name(_mend_name(member))
            file_type = (member.external_attr >> 16) & 0o170000  # Unix mode; 0 where made elsewhere
            if name is None or member.is_dir() or file_type not in (0, 0o100000):
                continue
            if member.flag_bits & 0x1:
                raise ArchiveError(
                    "The zip is locked by a password",
                    where=str(path),
                    remedy="Unpack it yourself and give the folder.",
                )

            def open_member(member: zipfile.ZipInfo = member) -> IO[bytes]:
                if member.file_size > HIGHEST_RATIO * member.compress_size + (1 << 20):
                    raise zipfile.BadZipFile("a bomb")
                return archive.open(member)

            yield ArchiveFile(name, member.file_size, open_member)


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
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]  # else it keeps every member passed
                name = clean_name(member.name)
                if name is None or not member.isreg():
                    continue

                def open_member(member: tarfile.TarInfo = member) -> IO[bytes]:
                    return cast(IO[bytes], archive.extractfile(member))

                yield ArchiveFile(name, member.size, open_member)
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
        folders.sort()  # links to folders are not followed: os.walk leaves them alone
        for file_name in sorted(names):
            file = Path(folder, file_name)
            below = "/".join(file.relative_to(path).parts)
            name = clean_name(below)
            if name is None or file.is_symlink() or not file.is_file():
                continue
            if above and name == below:
                name = "/".join((*above, name))

            def open_file(file: Path = file) -> IO[bytes]:
                return file.open("rb")

            yield ArchiveFile(name, file.stat().st_size, open_file)


def walk_page(path: Path) -> Iterator[ArchiveFile]:
    """Yield one HTML page that was given by itself."""
    yield ArchiveFile(path.name, path.stat().st_size, lambda: path.open("rb"))
