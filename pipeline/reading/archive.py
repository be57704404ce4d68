"""Opens a Takeout as Google delivers it and as people keep it: a zip, a tgz, a folder, a single page.

What an archive is, its first bytes say, not its name; several parts of one export share the stamp that
their names print.
"""

from __future__ import annotations

import glob
import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from pipeline.errors import ArchiveError
from pipeline.reading.members import AGAIN, open_zip, walk_folder, walk_page, walk_tar, walk_zip
from pipeline.records import ArchiveFile

Form = Literal["zip", "tar", "folder", "page"]

STAMP = re.compile(r"takeout-(\d{8}T\d{6}Z)", re.IGNORECASE)
PAGE = re.compile(rb'(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|div class="outer-cell)', re.IGNORECASE)
ARCHIVE_NAME = re.compile(r"takeout.*\.(?:zip|tgz|tar\.gz|tar)", re.IGNORECASE)


def find_archives(patterns: Sequence[str]) -> list[Path]:
    """List the archives that paths, patterns (``~/Downloads/takeout-*.zip``) and folders stand for.

    A folder of takeout zips gives those, and with them an unpacked ``Takeout/`` beside them; a folder
    that is an unpacked Takeout gives itself. Sorted, each once. Raises ``ArchiveError``.
    """
    found: dict[Path, Path] = {}
    for pattern in patterns:
        whole = Path(pattern).expanduser()
        paths = [whole] if whole.exists() else _match(whole)
        if not paths:
            raise ArchiveError(
                "No archive was found",
                where=pattern,
                remedy="Check the path; a pattern such as '~/Downloads/takeout-*.zip' wants quotes.",
            )
        for path in paths:
            for archive in _look_into(path) if path.is_dir() else [path]:
                found.setdefault(archive.resolve(), archive.absolute())
    return sorted(found.values())


def _match(pattern: Path) -> list[Path]:
    """List what a pattern names; folders that are there as they are written may hold brackets."""
    folder = next((folder for folder in pattern.parents if folder.is_dir()), Path())
    # pathlib has no root_dir: brackets in the folder's own name would be read as a pattern
    names = glob.glob(str(pattern.relative_to(folder)), root_dir=folder, recursive=True)  # noqa: PTH207
    return sorted(folder / name for name in names)


def _look_into(folder: Path) -> list[Path]:
    children = sorted(folder.iterdir())
    zips = [child for child in children if child.is_file() and ARCHIVE_NAME.fullmatch(child.name)]
    unpacked = [child for child in children if child.is_dir() and child.name.casefold() == "takeout"]
    if zips:
        return zips + unpacked
    if unpacked or any(True for end in ("html", "json") for _ in folder.rglob(f"*.{end}")):
        return [folder]
    raise ArchiveError(
        "This folder holds no Takeout archive",
        where=str(folder),
        remedy="Give the takeout-….zip itself, or the folder that it was unpacked to.",
    )


@dataclass(frozen=True, slots=True)
class Archive:
    """One zip, tgz, folder or page; ``stamp`` is the export's time as its name prints it."""

    path: Path
    stamp: str | None
    form: Form

    def files(self) -> Iterator[ArchiveFile]:
        """Walk over the files, each to be opened before the next is asked for.

        Raises ``ArchiveError`` where the archive is damaged, incomplete or locked by a password.
        """
        walk = {"zip": walk_zip, "tar": walk_tar, "folder": walk_folder, "page": walk_page}[self.form]
        return walk(self.path)

    def digest(self) -> str:
        """Hash what the archive holds: a zip's directory, else all the bytes; hexadecimal SHA-256."""
        total = hashlib.sha256()
        if self.form == "zip":
            with open_zip(self.path) as archive:
                for line in sorted(f"{m.filename}\0{m.file_size}\0{m.CRC}\n" for m in archive.infolist()):
                    total.update(line.encode("utf-8", "surrogatepass"))
        elif self.form == "folder":
            for file in walk_folder(self.path):
                total.update(f"{file.name}\0{file.n_bytes}\n".encode("utf-8", "surrogateescape"))
                if file.refused is None:
                    _hash_stream(file.open, total.update)
        else:
            _hash_stream(lambda: self.path.open("rb"), total.update)
        return total.hexdigest()


def open_archive(path: Path) -> Archive:
    """Tell what ``path`` is by its first bytes; raises ``ArchiveError`` where it is no archive."""
    if path.is_dir():
        return Archive(path, read_stamp(path), "folder")
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
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
    if head.startswith(b"PK") or zipfile.is_zipfile(path):
        form: Form = "zip"
    elif head.startswith(b"\x1f\x8b") or head[257:262] == b"ustar":
        form = "tar"
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
    """Read the time of the export, such as ``20251120T081500Z``, from the name; a folder's parent counts."""
    names = [path.name] if path.name.casefold() != "takeout" else [path.name, path.absolute().parent.name]
    match = next((match for name in names if (match := STAMP.search(name))), None)
    return match[1].upper() if match else None


def _hash_stream(open_stream: Callable[[], IO[bytes]], update: Callable[[bytes], None]) -> None:
    with open_stream() as stream:
        while chunk := stream.read(1 << 20):
            update(chunk)
