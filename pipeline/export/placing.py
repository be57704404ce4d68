"""How an export comes to its place: whole or not at all, private, and over nothing that is not ours."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import LockedError, SettingsError
from pipeline.export.sqlite_file import APPLICATION_ID, read_application_id
from pipeline.tables.files import (
    PRIVATE_FILE,
    TEMPORARY,
    make_private_folder,
    remove,
    sync_folder,
    temporary_name,
)

ABOUT = "about.json"
MADE_BY = "almanac export"
NO_LOCKS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL)
"""How some network drives say that they know no locks."""


def check_place(dest: Path, *, force: bool) -> None:
    """Raise ``SettingsError`` where an export to ``dest`` would take something away that is not ours.

    A file may be replaced by ``force``, and a database that an export wrote; a folder only where it is empty,
    or holds an earlier export and nothing else.
    """
    if dest.is_dir():
        if not holds_only_export(dest) and any(dest.iterdir()):
            raise SettingsError(
                "This folder is not empty, and not an earlier export",
                where=str(dest),
                remedy="Give DEST a name that is not taken yet.",
            )
    elif (dest.exists() or dest.is_symlink()) and not (force or is_export(dest)):
        raise SettingsError(
            "There is a file of that name",
            where=str(dest),
            remedy="Give another name, or --force to replace it.",
        )


def is_export(path: Path) -> bool:
    """Say whether an export wrote this, a folder or a database."""
    if path.is_dir():
        return bool(_list_named(path))
    return path.is_file() and read_application_id(path) == APPLICATION_ID


def holds_only_export(folder: Path) -> bool:
    """Say whether a folder is an earlier export, to which nobody has added anything."""
    named = _list_named(folder)
    return bool(named) and all(path.name in named and path.is_file() for path in folder.iterdir())


def _list_named(folder: Path) -> frozenset[str]:
    """Return the files that an export's own account names; none where it has none."""
    try:
        about = json.loads((folder / ABOUT).read_bytes())
        ours = about["made_by"] == MADE_BY
        return frozenset([ABOUT, *about["files"]]) if ours else frozenset()
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


@contextlib.contextmanager
def open_place(dest: Path, *, as_folder: bool) -> Iterator[Path]:
    """Give a temporary path to write to; at the end all of it takes the place of ``dest``, else it vanishes.

    What killed exports left beside ``dest`` goes, but a whole export that only lacked its name gets it back.
    Raises ``LockedError`` while another export writes to ``dest``.
    """
    if not dest.parent.exists():
        make_private_folder(dest.parent)
    if not dest.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(dest.parent))
    with _hold(dest) as is_held:
        left = _clear(dest, as_folder=as_folder) if is_held else []
        temporary = temporary_name(dest)
        try:
            if as_folder:
                make_private_folder(temporary)
            yield temporary
            for path in sorted(temporary.iterdir()) if as_folder else [temporary]:
                _settle(path)
            _put(temporary, dest)
        except BaseException:  # also when it is interrupted: nothing half written is left
            remove(temporary)
            raise
        sync_folder(dest.parent)
        for path in left:
            remove(path)


@contextlib.contextmanager
def _hold(dest: Path) -> Iterator[bool]:
    """Keep other exports from ``dest`` for the length of a block, and say whether that could be done.

    The system frees what a killed one held.
    """
    from filelock import FileLock, Timeout

    path = dest.with_name(f"{TEMPORARY}{dest.name}.lock")
    lock = FileLock(path, timeout=0, mode=PRIVATE_FILE)
    try:
        lock.acquire()
    except Timeout as error:
        if not path.exists():  # filelock waits for a file that cannot be made (4.2, November 2026)
            _try_to_make(dest)
        raise LockedError(
            "Another export is writing there",
            where=str(dest),
            remedy="Wait until it has ended, or give DEST another name.",
        ) from error
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in NO_LOCKS:
            raise
        yield False
        return
    try:
        yield True
    finally:
        with contextlib.suppress(OSError):  # before it is free, else it could be another's; Windows cannot
            path.unlink()
        lock.release()
        if sys.platform == "win32":
            with contextlib.suppress(OSError):  # another's by now
                path.unlink()


def _try_to_make(dest: Path) -> None:
    """Raise ``OSError`` where no file can be made beside ``dest``."""
    temporary = temporary_name(dest)
    temporary.touch(mode=PRIVATE_FILE)
    temporary.unlink()


def _clear(dest: Path, *, as_folder: bool) -> list[Path]:
    """Remove what is half written beside ``dest``; return what is whole, to be removed when the new one is.

    A kill between the two renamings of ``_put`` leaves no ``dest``: then the newest that is whole becomes it.
    """
    pattern = rf"{re.escape(TEMPORARY)}[0-9a-f]{{12}}-{re.escape(dest.name)}"
    found = [path for path in dest.parent.iterdir() if re.fullmatch(pattern, path.name)]
    whole = [path for path in found if _is_whole(path)]
    for path in found:
        if path not in whole:
            remove(path)
    whole.sort(key=lambda path: (path / ABOUT).stat().st_mtime_ns)
    if whole and as_folder and not (dest.exists() or dest.is_symlink()):
        whole.pop().rename(dest)
        sync_folder(dest.parent)
    return whole if as_folder else []


def _is_whole(folder: Path) -> bool:
    """Say whether this folder holds all that its export's own account names, and nothing else."""
    named = _list_named(folder)
    return bool(named) and named == {path.name for path in folder.iterdir()}


def _settle(path: Path) -> None:
    """Make a file its owner's alone, and have it reach the disk."""
    path.chmod(PRIVATE_FILE)
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def _put(temporary: Path, dest: Path) -> None:
    if not temporary.is_dir():
        temporary.replace(dest)
        return
    sync_folder(temporary)
    former = temporary_name(dest)
    if dest.is_dir():  # no system swaps two folders by one call that Python has
        dest.rename(former)
    try:
        temporary.rename(dest)
    except BaseException:  # Ctrl-C too: the earlier export takes its place again
        if former.is_dir():
            former.rename(dest)
        raise
    remove(former)
