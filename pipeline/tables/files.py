"""How a file reaches the disk whole or not at all, and readable by its owner only.

Each file is written under a temporary name in its own folder, flushed, ``fsync``ed and renamed, and
then the folder is ``fsync``ed. A killed process leaves temporary names behind, and nothing else.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pipeline.errors import StoreError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

TEMPORARY = ".almanac-"  # every temporary name of ours begins so
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
READERS_SPILL = re.compile(re.escape(TEMPORARY) + "[0-9a-f]+-spill")
LONGEST_READ = 86_400  # seconds, of somebody who reads the tables meanwhile
COPIED_AT_ONCE = 1 << 20
NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
IN_THE_WAY = (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENOTEMPTY)
CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM, errno.ENOSYS, errno.EBADF)
"""How systems say that a folder is nothing to be flushed: Windows will not open one, some network drives
refuse. All else, a disk that fails among it, is an error."""


def refuse_writing(error: OSError, place: Path, *, place_name: str = "--out") -> StoreError:
    """Return the error that says that a place of ours cannot be written, why, and what can be done."""
    reason, mending = error.strerror or type(error).__name__, ""
    if error.errno in NOT_ALLOWED:
        mending = "Allow writing there"
    elif error.errno in NO_ROOM:
        mending = "Make room for it"
    elif error.errno in IN_THE_WAY:
        place, mending = next(path for path in (place, *place.parents) if path.exists()), "Move it"
        reason = f"a {'folder' if place.is_dir() else 'file'} is in the way"
    elif error.errno == errno.ENOENT:
        reason = "it cannot be made"
    return StoreError(
        f"Nothing can be written here: {reason}",
        where=str(place),
        remedy=f"{mending}, or use another {place_name}." if mending else f"Use another {place_name}.",
    )


def make_private_folder(path: Path) -> Path:
    """Make a folder (and those above it that are missing) that only its owner may enter."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        sync_folder(folder.parent)
    path.chmod(PRIVATE_FOLDER)  # on Windows this changes nothing: a user's folders are private there
    return path


def temporary_name(path: Path) -> Path:
    """Return a fresh temporary name beside ``path``."""
    return path.with_name(f"{TEMPORARY}{secrets.token_hex(6)}-{path.name}")


class _NamedFile(io.FileIO):
    """A file whose errors say which one it is: those of a write alone say no more than that it failed."""

    def __init__(self, descriptor: int, path: Path) -> None:
        super().__init__(descriptor, "wb")
        self._path = path

    def write(self, content: ReadableBuffer) -> int:
        with _naming(self._path):
            return super().write(content)


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


@contextlib.contextmanager
def open_atomically(path: Path) -> Iterator[IO[bytes]]:
    """Open a private file that takes the place of ``path`` when the block ends well, else vanishes."""
    temporary = temporary_name(path)
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE_FILE
    )
    try:
        with io.BufferedWriter(_NamedFile(descriptor, path)) as stream:
            yield stream
            stream.flush()
            with _naming(path):
                os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:  # also when the run is interrupted: no half file is left
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def move(path: Path, target: Path) -> Path:
    """Rename a complete file, or a folder of them, and have its new name reach the disk; return that."""
    path.replace(target)
    sync_folder(target.parent)
    return target


def write_atomically(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``path``: at any moment the old file or the new one is there."""
    with open_atomically(path) as stream:
        stream.write(content)


def write_unless_there(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` unless a file is there, also where another run puts one just now."""
    temporary = temporary_name(path)
    write_atomically(temporary, content)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    except OSError:  # exFAT and some network drives know no hard links
        if not path.exists():
            temporary.replace(path)
    temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def give_copy(path: Path, other: Path, digest: str) -> None:
    """Let ``other`` be a copy of the file at ``path``, whose SHA-256 is ``digest``.

    Not a link: whoever writes into ``other`` must not reach the file itself.
    """
    if other == path or (other.is_file() and not other.samefile(path) and sha256_of(other) == digest):
        return
    with path.open("rb") as source, open_atomically(other) as stream:
        shutil.copyfileobj(source, stream, COPIED_AT_ONCE)


def sync_folder(path: Path) -> None:
    """Have the names in a folder reach the disk, where the system allows it (Windows does not)."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in CANNOT_SYNC:
            raise


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remove(path: Path) -> None:
    """Remove a file or a whole folder; one that is gone already is no error. Links are not followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def sweep_temporary(folder: Path) -> int:
    """Remove what a killed process left under temporary names, at any depth; return how many.

    What a reader spilled stays for a day: readers hold no lock, so this one may be at work.
    """
    found = sorted(folder.rglob(f"{TEMPORARY}*")) if folder.is_dir() else []
    stale = [path for path in found if not _may_be_read(path)]
    for path in stale:
        remove(path)
    return len(stale)


def _may_be_read(path: Path) -> bool:
    try:
        return (
            READERS_SPILL.fullmatch(path.name) is not None
            and time.time() - path.lstat().st_mtime < LONGEST_READ
        )
    except OSError:  # its reader has just removed it
        return False
