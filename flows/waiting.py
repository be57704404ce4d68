"""Which archives of a watched folder wait to be taken in: new ones, whole, of which none is still growing.

Browsers write under another name, or beside an empty file of the right one; others copy in place. Nothing
here changes a file or remembers one: what was taken in, ``run.json`` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import ArchiveError, SettingsError
from pipeline.reading.archive import ARCHIVE_NAME, open_archive
from pipeline.reading.archive_paths import OUR_NAME, UNFINISHED, UNPACKED, match_pattern
from pipeline.reading.members import DAMAGE
from pipeline.reading.zip_directory import find_directory
from pipeline.tables.journal import Journal
from pipeline.tables.known import find_at_a_glance, find_known, measure_archive

STILL_SECONDS = 60  # an archive that has not changed for so long may be whole
GIVEN_UP_SECONDS = 86_400  # a download that has not gone on for so long will not go on
WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What lies in a watched folder and is not known yet; paths are sorted, each once."""

    ready: tuple[Path, ...]
    growing: int  # archives, and downloads of them, that may still become whole
    unreadable: tuple[Path, ...]  # no archive, whatever its name says, or one that may not be read


def find_waiting(watch: str | Path, journal: Journal, *, now: float) -> Waiting:
    """Look once into a folder, or at what a pattern such as ``~/Downloads/takeout-*.zip`` names.

    ``now``: seconds since 1970. A folder gives what is named like a Takeout, packed or unpacked; a pattern
    gives every archive that it names. Raises ``SettingsError`` where the folder is missing or closed.
    """
    found = {path: _judge(path, journal, now) for path in _list_candidates(Path(watch).expanduser())}
    return Waiting(
        ready=tuple(path for path, state in found.items() if state == "ready"),
        growing=sum(state == "growing" for state in found.values()),
        unreadable=tuple(path for path, state in found.items() if state == "unreadable"),
    )


def _list_candidates(watch: Path) -> list[Path]:
    try:
        if watch.is_dir():
            found = list(_look_into(watch))
        elif watch.exists():
            found = [watch]
        else:
            fixed = next(folder for folder in watch.parents if not WILD.search(str(folder)))
            if not WILD.search(str(watch)) or not fixed.is_dir():
                raise FileNotFoundError
            found = []
            for path in match_pattern(watch):
                found += _look_into(path) if _is_plain_folder(path) else [path]
            found = [path for path in found if path.is_dir() or ARCHIVE_NAME.fullmatch(path.name)]
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise SettingsError(
            "There is no such folder to watch" if missing else "The folder to watch may not be read",
            where=str(watch),
            remedy="Give the folder into which the archives come, such as ~/Downloads.",
        ) from error
    return sorted({path.resolve(): path.absolute() for path in found}.values())


def _is_plain_folder(path: Path) -> bool:
    return path.is_dir() and not UNPACKED.fullmatch(path.name)


def _look_into(folder: Path) -> Iterator[Path]:
    """Yield what is named like a Takeout, and downloads of one that have no archive beside them yet."""
    children = [child for child in folder.iterdir() if not child.name.startswith(".")]
    packed = [child for child in children if ARCHIVE_NAME.fullmatch(child.name)]
    ours = [child for child in packed if OUR_NAME.match(child.name) and not child.is_dir()]
    yield from ours
    for child in children:
        if child.name.lower().endswith(UNFINISHED):
            if OUR_NAME.match(child.name) and not any(_is_download_of(child, path) for path in ours):
                yield child
        elif UNPACKED.fullmatch(child.name) and child.is_dir():
            yield child


def _is_download_of(partial: Path, archive: Path) -> bool:
    """Say whether a name belongs to ``archive``: takeout-1.zip.part, takeout-1.zIx4.zip.part (Firefox)."""
    stem = re.sub(r"\.(?:zip|tgz|tar\.gz|tar)$", "", archive.name, flags=re.IGNORECASE)
    name = partial.name.lower()
    return name.endswith(UNFINISHED) and name.startswith(f"{stem.lower()}.")


def _judge(path: Path, journal: Journal, now: float) -> Literal["ready", "growing", "unreadable", "left"]:
    try:
        if find_at_a_glance(journal, path):
            return "left"
        before = measure_archive(path)
        unchanged = _seconds_apart(before, now)
        if path.name.lower().endswith(UNFINISHED):
            return "growing" if unchanged < GIVEN_UP_SECONDS else "left"
        partials = [other for other in path.parent.iterdir() if _is_download_of(other, path)]
        if unchanged < STILL_SECONDS or any(
            _seconds_apart(measure_archive(partial), now) < GIVEN_UP_SECONDS for partial in partials
        ):
            return "growing"
        archive = open_archive(path)
        if archive.form == "zip" and unchanged < GIVEN_UP_SECONDS and not _has_directory(path):
            return "growing"
        if find_known(journal, path):
            return "left"
        next(archive.files(), None)  # what holds nothing to read says so here
        return "ready" if measure_archive(path) == before else "growing"
    except (ArchiveError, *DAMAGE) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        if isinstance(cause, FileNotFoundError):  # taken away meanwhile
            return "left"
        if isinstance(cause, OSError):
            return "unreadable"
        return "growing" if _seconds_apart(measure_archive(path), now) < GIVEN_UP_SECONDS else "unreadable"


def _seconds_apart(measured: tuple[int, int], now: float) -> float:
    """Return how long ago it changed; or how far ahead that lies, where a clock was set back since."""
    return abs(now - measured[1] / 1e9)


def _has_directory(path: Path) -> bool:
    with path.open("rb", buffering=1 << 16) as stream:
        return find_directory(stream) is not None
