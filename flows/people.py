"""Whose archives lie in a teacher's folder: who each person is, and where their archives and tables lie.

A sub-folder is a person, with archives at any reasonable depth; of loose archives those of one export's
stamp are one person, and one without a stamp, such as ``anna.zip``, is a person of that name. A link is
never followed: it could show one person twice, or somebody who is not of this class.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ArchiveError, SettingsError
from pipeline.reading.archive import ARCHIVE_NAME, read_stamp
from pipeline.reading.archive_paths import OUR_NAME, UNPACKED, holds_activity
from pipeline.tables.journal import NAME as RUN

DEPTH = 4  # how far below a person's sub-folder archives are looked for
NOT_PEOPLE = frozenset({"$recycle.bin", "system volume information", "lost+found", "__macosx", "@eadir"})
"""Folders that systems put on disks and sticks, in small letters."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the class; ``folder`` is their own sub-folder, ``loose`` their archives beside those."""

    name: str
    folder: Path | None
    loose: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """Everybody, by name; ``passed_over`` names what was not looked at: links, and Almanac's own folders."""

    persons: tuple[Person, ...]
    passed_over: tuple[str, ...]


def find_people(folder: Path, out: Path) -> People:
    """Look once into ``folder``; ``out`` is the cohort's own place, which is nobody's archive.

    Raises ``SettingsError`` where there is no such folder, or nobody in it.
    """
    if folder.resolve() in (out.resolve(), out.resolve().parent):
        raise SettingsError(
            "This is the output folder",
            where=str(folder),
            remedy="Give the folder of archives, or another --out.",
        )
    try:
        children = sorted(folder.iterdir())
    except OSError as error:
        raise SettingsError(
            f"The folder of archives cannot be read: {error.strerror or type(error).__name__}",
            where=str(folder),
            remedy="Give a folder with a sub-folder for each person.",
        ) from error
    folders, loose, passed_over = dict[str, Path](), dict[str, list[Path]](), list[str]()
    for child in children:
        if child.name.startswith(".") or child.name.casefold() in NOT_PEOPLE:
            continue
        is_folder = child.is_dir()
        if not is_folder and not (child.is_file() and ARCHIVE_NAME.fullmatch(child.name)):
            continue
        if child.is_symlink() or (is_folder and _is_ours(child, out)):
            passed_over.append(child.name)
        elif (stamp := read_stamp(child)) and (not is_folder or UNPACKED.fullmatch(child.name)):
            loose.setdefault(stamp, []).append(child)
        elif is_folder:
            folders[child.name] = child
        else:
            loose.setdefault(_strip_ending(child.name), []).append(child)
    names = sorted(folders.keys() | loose.keys())
    if not names:
        raise SettingsError(
            "Nobody's archive is here",
            where=str(folder),
            remedy="Give a folder with a sub-folder for each person, or with one takeout-….zip of each.",
        )
    persons = (Person(name, folders.get(name), tuple(loose.get(name, ()))) for name in names)
    return People(tuple(persons), tuple(passed_over))


def find_archives_of(person: Person, out: Path) -> tuple[Path, ...]:
    """List a person's archives: those named as Google names them, else those that hold activity.

    Where there is neither, a folder with pages is itself what lies in an unpacked Takeout. Raises
    ``ArchiveError`` where there is nothing at all, ``OSError`` where a folder cannot be read.
    """
    found = list(person.loose)
    if person.folder is not None:
        candidates = list(_walk(person.folder, out, DEPTH))
        named = [path for path in candidates if path.is_dir() or OUR_NAME.match(path.name)]
        packed = [path for path in candidates if path not in named]
        # Of a zip that cannot be opened, taking it in says what is wrong with it.
        found += named or [path for path in packed if holds_activity(path)] or packed
        if not found and any(True for end in ("html", "json") for _ in person.folder.rglob(f"*.{end}")):
            found = [person.folder]
    if not found:
        raise ArchiveError(
            "This folder holds no Takeout archive",
            where=str(person.folder),
            remedy="Put the takeout-….zip there, or the folder that it was unpacked to.",
        )
    return tuple(sorted(path.absolute() for path in found))


def name_outs(names: Sequence[str], existing: Collection[str]) -> dict[str, str]:
    """Give each person a folder name that no system takes for another's, and keep those that exist.

    Anna and anna are one folder on macOS and Windows: the second of them has a digest of the name behind it.
    """
    taken = {_fold(name) for name in existing}
    given = dict[str, str]()
    for name in sorted(names, key=lambda name: (name not in existing, name)):
        other = f"{name}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"
        is_free = name in existing or _fold(name) not in taken
        given[name] = name if is_free and other not in existing else other
        taken.add(_fold(given[name]))
    return given


def show_name(name: str) -> str:
    """Return a folder's name for a terminal: what could steer it is replaced."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _strip_ending(name: str) -> str:
    stem = name.rpartition(".")[0]
    stem = stem.removesuffix(".tar").removesuffix(".TAR").strip(" .")
    return stem or name


def _walk(folder: Path, out: Path, depth: int) -> Iterator[Path]:
    """Yield the archives and unpacked Takeouts in a folder and, ``depth`` levels down, in those in it."""
    for child in _list_plain(folder):
        if not child.is_dir():
            if child.is_file() and ARCHIVE_NAME.fullmatch(child.name):
                yield child
        elif UNPACKED.fullmatch(child.name):
            yield child
        elif depth > 1 and not _is_ours(child, out):
            yield from _walk(child, out, depth - 1)


def _list_plain(folder: Path) -> Iterable[Path]:
    return (
        child
        for child in sorted(folder.iterdir())
        if not child.name.startswith(".")
        and child.name.casefold() not in NOT_PEOPLE
        and not child.is_symlink()
    )


def _is_ours(folder: Path, out: Path) -> bool:
    """Say whether Almanac writes here, or has written: the sample lies in such a folder, and no person."""
    if out.resolve().is_relative_to(folder.resolve()):
        return True
    try:
        return "almanac" in json.loads((folder / RUN).read_bytes())
    except (OSError, ValueError, TypeError):
        return False
