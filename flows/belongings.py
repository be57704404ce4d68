"""What in an output folder is Almanac's: by the names of its folders, and by what its files there end with.

A link is never followed: it may lead anywhere. One that stands where Almanac writes is told apart from what
is another's, since Almanac may have written through it.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.prefect_record import NAME as SERVER
from pipeline.tables.files import TEMPORARY
from pipeline.tables.journal import NAME as RUN
from pipeline.tables.lock import NAME as LOCK

ROOMS: Mapping[str, tuple[str, ...] | None] = {
    "tables": (".parquet",),
    "patterns": (".parquet", ".json"),
    "models": (".npz", ".json"),
    "charts": (".png", ".svg"),
    "clouds": (".png",),
    "report": (".html",),
    "sample": (".zip", ".json"),
    "studies": (".png", ".svg", ".gif"),
    "prefect": None,
}
"""The folders that are Almanac's by name, and what its files there end with; ``None``: all is Prefect's."""
COHORT, PEOPLE = "cohort", "people"
OF_COHORT = ("cohort.json", "entered.json")
IGNORE, IGNORE_ALL = ".gitignore", b"*\n"
REPARSE_POINT = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)


@dataclass(slots=True)
class Belongings:
    """What lies below an output folder, in order: ours, and what is somebody else's."""

    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)  # each before those in it
    others: list[Path] = field(default_factory=list)  # of a folder that is not ours, only itself
    people: list[Path] = field(default_factory=list)  # the folders of a cohort's
    links: list[Path] = field(default_factory=list)  # where Almanac would write; neither ours nor others


def is_by_name(name: str) -> bool:
    """Say whether a name in an output folder is Almanac's own."""
    return name in (*ROOMS, COHORT, SERVER, IGNORE, LOCK, RUN) or name.startswith(TEMPORARY)


def list_belongings(out: Path) -> Belongings:
    """Look through an output folder; a name that says so is enough, no file is opened but ``.gitignore``."""
    found = Belongings()
    _sort_out(out, found)
    return found


def is_folder(path: Path) -> bool:
    """Say whether this is a folder, and no link to one (nor what Windows calls a junction)."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and not getattr(status, "st_file_attributes", 0) & REPARSE_POINT


def is_file(path: Path) -> bool:
    """Say whether this is a file, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def is_link(path: Path) -> bool:
    """Say whether this is a link, or what Windows calls a junction."""
    try:
        status = path.lstat()
    except OSError:
        return False
    is_point = getattr(status, "st_file_attributes", 0) & REPARSE_POINT
    return stat.S_ISLNK(status.st_mode) or bool(stat.S_ISDIR(status.st_mode) and is_point)


def _sort_out(out: Path, found: Belongings, *, of_cohort: bool = False) -> None:
    """Sort what lies in an output folder: the owner's, a person's, or that of the cohort itself."""
    own_files = (SERVER, LOCK, *OF_COHORT) if of_cohort else (SERVER, LOCK, RUN)
    for path in sorted(out.iterdir()):
        name = path.name
        if name.startswith(TEMPORARY):
            _take_all(path, found)
        elif is_link(path) and (name in (*ROOMS, *own_files) or name == (PEOPLE if of_cohort else COHORT)):
            found.links.append(path)
        elif name in ROOMS and is_folder(path):
            _sort_room(path, ROOMS[name], found)
        elif name == COHORT and not of_cohort and is_folder(path):
            found.folders.append(path)
            _sort_out(path, found, of_cohort=True)
        elif name == PEOPLE and of_cohort and is_folder(path):
            _sort_people(path, found)
        elif is_file(path) and (name in own_files or (name == IGNORE and path.read_bytes() == IGNORE_ALL)):
            found.files.append(path)
        else:
            found.others.append(path)


def _sort_people(folder: Path, found: Belongings) -> None:
    found.folders.append(folder)
    for path in sorted(folder.iterdir()):
        if path.name.startswith(TEMPORARY):
            _take_all(path, found)
        elif is_folder(path):
            found.folders.append(path)
            found.people.append(path)
            _sort_out(path, found)
        else:
            (found.links if is_link(path) else found.others).append(path)


def _sort_room(room: Path, suffixes: tuple[str, ...] | None, found: Belongings) -> None:
    if suffixes is None:
        _take_all(room, found)
        return
    found.folders.append(room)
    for path in sorted(room.iterdir()):
        if path.name.startswith(TEMPORARY):
            _take_all(path, found)
        elif is_folder(path):
            _sort_room(path, suffixes, found)
        elif is_file(path) and path.suffix in suffixes:
            found.files.append(path)
        else:
            (found.links if is_link(path) else found.others).append(path)


def _take_all(path: Path, found: Belongings) -> None:
    """Take a file or a folder with all in it; of a link, only the link."""
    for one in _walk(path):
        (found.folders if is_folder(one) else found.files).append(one)


def _walk(path: Path) -> Iterator[Path]:
    yield path
    if is_folder(path):
        for child in sorted(path.iterdir()):
            yield from _walk(child)
