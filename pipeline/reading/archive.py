"""Opens a Takeout as Google delivers it and as people keep it: a zip, a tgz, a folder, a single page.

What an archive is, its first bytes say, not its name; several parts of one export share the stamp that
their names print.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import IO, Literal

from pipeline.errors import ArchiveError
from pipeline.reading.members import AGAIN, walk_folder, walk_page, walk_tar, walk_zip
from pipeline.reading.zip_directory import ZipMember, find_directory
from pipeline.records import ArchiveFile

Form = Literal["zip", "tar", "folder", "page"]

STAMP = re.compile(r"takeout-(\d{8}T\d{6}Z)", re.IGNORECASE)
PAGE = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*(?:<(?:!doctype html|html|div class="outer-cell)|[\[{])', re.IGNORECASE
)
ARCHIVE_NAME = re.compile(r".*\.(?:zip|tgz|tar\.gz|tar)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Archive:
    """One zip, tgz, folder or page; ``stamp`` is the export's time as its name prints it."""

    path: Path
    stamp: str | None
    form: Form

    def files(self) -> Iterator[ArchiveFile]:
        """Walk over the files; those of a tgz are best read each before the next is asked for.

        An archive that is not whole gives what can be read of it, and a last record that says so
        (``members.NOT_WHOLE``). Raises ``ArchiveError`` where that is nothing at all.
        """
        walk = {"zip": walk_zip, "tar": walk_tar, "folder": walk_folder, "page": walk_page}[self.form]
        return walk(self.path)

    def digest(self) -> str:
        """Hash what the archive holds: a zip's directory, else all the bytes; hexadecimal SHA-256."""
        if self.form == "zip" and (digest := _digest_directory(self.path)):
            return digest
        total = hashlib.sha256()
        if self.form == "folder":
            for file in walk_folder(self.path):
                total.update(f"{file.name}\0{file.n_bytes}\n".encode())
                if file.refused is None:
                    _hash_stream(file.open, total.update)
        else:
            _hash_stream(lambda: self.path.open("rb"), total.update)
        return total.hexdigest()


def _digest_directory(path: Path) -> str | None:
    """Hash names, sizes and checksums, in whatever order and without holding them: by their hashes' sum."""
    total = 0

    def add(member: ZipMember) -> None:
        nonlocal total
        line = f"{member.name}\0{member.n_bytes}\0{member.crc}"
        total += int.from_bytes(hashlib.sha256(line.encode()).digest())

    with path.open("rb", buffering=1 << 16) as stream:
        if find_directory(stream, add) is None:
            return None
    return hashlib.sha256(str(total).encode()).hexdigest()


def open_archive(path: Path) -> Archive:
    """Tell what ``path`` is by its first bytes; raises ``ArchiveError`` where it is no archive."""
    if path.is_dir():
        return Archive(path, read_stamp(path), "folder")
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
            is_zip = head.startswith(b"PK") or find_directory(stream) is not None
    except FileNotFoundError as error:
        raise ArchiveError(
            "There is no such archive", where=str(path), remedy="Check the path; quote it if it holds spaces."
        ) from error
    except OSError as error:
        raise ArchiveError(
            "The archive cannot be opened", where=str(path), remedy=f"{error.strerror or 'Unreadable'}."
        ) from error
    if not head:
        raise ArchiveError("The archive is empty, 0 bytes", where=str(path), remedy=AGAIN)
    if is_zip:
        form: Form = "zip"
    elif head.startswith(b"\x1f\x8b") or head[257:262] == b"ustar":
        form = "tar"
    elif PAGE.match(head) and ARCHIVE_NAME.fullmatch(path.name):
        raise ArchiveError(
            "This is no archive but a web page under its name, as a download that failed leaves it",
            where=str(path),
            remedy=f"Sign in to Google. {AGAIN}",
        )
    elif PAGE.match(head):
        form = "page"
    else:
        raise ArchiveError(
            "This is not a Takeout archive: neither a zip, a tgz, a folder nor a My Activity page",
            where=str(path),
            remedy="Give the takeout-….zip as Google sent it, or the folder it was unpacked to.",
        )
    return Archive(path, read_stamp(path), form)


def read_stamp(path: Path) -> str | None:
    """Read the time of the export, such as ``20251120T081500Z``, from the name.

    Of an unpacked folder, and of one in it, the folder counts that it was unpacked into.
    """
    names = [path.name]
    parts = path.absolute().parts
    names += [above for above, part in pairwise(parts) if part.casefold() == "takeout"]
    for name in names:
        if match := STAMP.search(name):
            stamp = match[1].upper()
            try:
                datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
            except ValueError:
                continue
            return stamp
    return None


def _hash_stream(open_stream: Callable[[], IO[bytes]], update: Callable[[bytes], None]) -> None:
    with open_stream() as stream:
        while chunk := stream.read(1 << 20):
            update(chunk)
