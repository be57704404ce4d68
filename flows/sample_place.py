"""Where the invented archive lives in an output folder, and how it is kept apart from the owner's own.

The sample's tables may be thrown away at any time, since the sample can be written again; the owner's
never are. So the first archive of the owner's takes the sample's place, in the commit that brings its own
tables, and never the other way round.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from flows.progress import Watcher
from pipeline.errors import SettingsError, StoreError
from pipeline.tables.files import make_private_folder, remove
from pipeline.tables.journal import Journal, read_journal

HOME_ZONE = "Europe/Paris"  # where the sample's invented owner lives


def find_sample(out: Path) -> Path | None:
    """Return the sample archive in ``out``, if there is one: a zip with its truth beside it."""
    return next((path for path in _list_zips(out) if _has_truth(path)), None)


def put_sample(out: Path, watcher: Watcher) -> Path:
    """Return the sample archive in ``out``, written first if it is not there.

    Raises ``StoreError`` where something else has its place.
    """
    if (found := find_sample(out)) is not None:
        return found
    place = out / "sample"
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise _refuse_other(place)
    from pipeline.sample import write_sample

    watcher.begin("sample")
    start = time.perf_counter()
    unfinished = out / ".almanac-sample"
    remove(unfinished)
    written = write_sample(make_private_folder(unfinished))
    if place.exists():
        place.rmdir()  # it is empty
    unfinished.rename(place)
    watcher.end("sample", None, time.perf_counter() - start)
    return place / written.path.name


def keep_apart(out: Path, archives: Sequence[str]) -> None:
    """Raise ``SettingsError`` when the sample is to join the owner's own archives.

    Raises ``StoreError`` for one of the owner's in the sample's place: it would pass for the sample's.
    """
    in_place = any(_is_sample(out, path) for path in archives)
    if in_place and not all(_has_truth(path) for path in _list_zips(out)):
        raise _refuse_other(out / "sample")
    journal = read_journal(out)
    own = [archive for archive in journal.inputs if not _is_sample(out, archive.path)]
    if archives and own and all(_is_sample(out, path) for path in archives):
        raise SettingsError(
            "These tables hold archives of your own",
            where=str(out),
            remedy="Give the sample another folder: --out.",
        )


def makes_way(out: Path, archives: Sequence[str]) -> bool:
    """Say whether the sample's tables go: where all is the sample's, and something can take its place.

    Raises ``ArchiveError`` for an archive that cannot be read.
    """
    return gives_way(out, read_journal(out), archives) and hold_activity(archives)


def gives_way(out: Path, journal: Journal, archives: Sequence[str]) -> bool:
    """Say whether all that was taken in is the sample, and ``archives`` are the owner's."""
    known = [archive.path for archive in journal.inputs]
    return (
        bool(known)
        and all(_is_sample(out, path) for path in known)
        and not all(_is_sample(out, path) for path in archives)
    )


def hold_activity(archives: Sequence[str]) -> bool:
    """Say whether an activity can be read in any of the archives; stops at the first."""
    from pipeline.reading.archive import open_archive
    from pipeline.reading.archive_paths import find_archives
    from pipeline.reading.entries import EntryReader
    from pipeline.records import Activity

    return any(
        isinstance(entry, Activity)
        for path in find_archives(archives)
        for file in open_archive(path).files()
        for entry in EntryReader(file, home_zone=HOME_ZONE)
    )


def _is_sample(out: Path, path: str) -> bool:
    return Path(path).is_relative_to(out / "sample")


def _list_zips(out: Path) -> list[Path]:
    return sorted((out / "sample").glob("*.zip"))


def _has_truth(archive: Path) -> bool:
    """Say whether the answers lie beside an archive, as they do beside every sample."""
    return archive.with_suffix(".truth.json").is_file()


def _refuse_other(place: Path) -> StoreError:
    return StoreError(
        "Something that is not the sample lies in its place",
        where=str(place),
        remedy="Move it to another folder, or use another --out.",
    )
