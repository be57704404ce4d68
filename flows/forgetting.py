"""What ``almanac forget`` does: all that is Almanac's in a folder goes, and nothing else.

``run.json`` goes last: killed in mid-way, the same command finishes. It stays where a link leads to what was
written elsewhere, until the link has gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flows.belongings import COHORT, ROOMS, Belongings, is_file, is_folder, list_belongings
from flows.prefect_home import find_prefect_home
from flows.prefect_record import end_stale_server, read_record
from flows.schedule_keeper import LOCK as SCHEDULE
from pipeline.errors import LockedError, StoreError
from pipeline.tables.files import PRIVATE_FILE, refuse_writing
from pipeline.tables.journal import NAME as RUN
from pipeline.tables.journal import read_journal
from pipeline.tables.lock import NAME as LOCK
from pipeline.tables.lock import hold_lock

ELSE = "else"
END_IT = "End it first: Ctrl-C in its terminal, or stop the service that keeps it."


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What goes: files and bytes by room, people of a cohort; what is kept; whether the folder goes too.

    ``links`` stand where Almanac writes: what they lead to holds what was written there.
    """

    rooms: dict[str, tuple[int, int]]
    n_people: int
    kept: tuple[str, ...]  # below the folder; of a folder that is not ours, only itself
    links: tuple[str, ...] = ()  # below the folder
    folder_removed: bool = False


def survey(out: Path) -> Forgotten:
    """Return what ``forget`` would remove; raises what it would, except for a lock."""
    _require_ours(out)
    ours = list_belongings(out)
    _refuse_at_work(out, ours)
    kept = (path for path in _list_schedules(out, ours) if is_file(path))
    with _hold_schedules(out, kept):
        return _describe(out, ours)


def forget(out: Path) -> Forgotten:
    """Remove what is Almanac's in a folder, and the folder where it was made by Almanac and is empty then.

    Raises ``StoreError`` for a folder without a ``run.json`` of ours and where a file cannot be removed,
    ``LockedError`` while a run, a schedule or a server of ours is at work in it.
    """
    _require_ours(out)
    owns_folder = read_journal(out).owns_folder
    ours = list_belongings(out)
    _refuse_at_work(out, ours)
    with ExitStack() as locks:
        cohort = [out / COHORT] if is_folder(out / COHORT) else []
        for folder in (out, *cohort, *ours.people):
            locks.enter_context(hold_lock(folder))
        schedules = _list_schedules(out, ours)
        locks.enter_context(_hold_schedules(out, schedules))
        ours = list_belongings(out)
        done = _describe(out, ours)
        last = [out / LOCK, *([] if ours.links else [out / RUN])]
        held = [*(folder / LOCK for folder in (*cohort, *ours.people)), *schedules]
        _remove(out, [path for path in ours.files if path not in (*held, out / LOCK, out / RUN)], [])
    # What is open cannot be removed on Windows, as a lock is while it is held.
    _remove(out, [*held, *last], ours.folders)
    if owns_folder and not out.is_symlink():
        with suppress(OSError):  # something else lies in it
            out.rmdir()
    return replace(done, folder_removed=not out.exists())


def _require_ours(out: Path) -> None:
    if not (out / RUN).is_file():
        raise StoreError(
            "Nothing was removed: there is no run.json of Almanac's",
            where=str(out),
            remedy="Give the folder that Almanac wrote to: --out.",
        )
    try:
        read_journal(out)
    except StoreError as error:
        raise StoreError(
            f"Nothing was removed: {error.what}",
            where=error.where,
            remedy="If all in this folder is Almanac's, remove it by hand.",
        ) from error


def _refuse_at_work(out: Path, ours: Belongings) -> None:
    """Raise ``LockedError`` while a server of ours is at work; end one whose command is gone."""
    for folder in (out, out / COHORT, *ours.people):
        record = read_record(folder)
        if record is not None and (owner := record.owner.find()) is not None:
            what = "almanac schedule" if record.standing else "a run"
            raise LockedError(
                f"Nothing was removed: {what} is at work here, as process {owner.pid}",
                where=str(out),
                remedy=END_IT,
            )
        end_stale_server(folder)


def _list_schedules(out: Path, ours: Belongings) -> list[Path]:
    """Return what a schedule holds, one on another's server too: in each folder of Prefect's."""
    homes = (find_prefect_home(folder) for folder in (out, out / COHORT, *ours.people))
    return [home / SCHEDULE for home in homes if is_folder(home) and not (home / SCHEDULE).is_symlink()]


@contextmanager
def _hold_schedules(out: Path, paths: Iterable[Path]) -> Iterator[None]:
    """Keep schedules from beginning for the length of a block; raise ``LockedError`` where one is kept."""
    from filelock import FileLock, Timeout

    with ExitStack() as locks:
        for path in paths:
            try:
                locks.enter_context(FileLock(path, timeout=0, mode=PRIVATE_FILE))
            except Timeout as error:
                what = "Nothing was removed: a schedule for these tables is at work"
                raise LockedError(what, where=str(out), remedy=END_IT) from error
            except OSError as error:
                raise refuse_writing(error, path) from error
        yield


def _describe(out: Path, ours: Belongings) -> Forgotten:
    rooms: dict[str, tuple[int, int]] = {}
    seen: set[tuple[int, int]] = set()
    for path in ours.files:
        if ours.links and path == out / RUN:  # stays
            continue
        name = path.relative_to(out).parts[0]
        room = name if name in (*ROOMS, COHORT) else ELSE
        status = path.lstat()
        identity = (status.st_dev, status.st_ino)
        second_name = status.st_nlink > 1 and identity in seen
        seen.add(identity)
        n_files, n_bytes = rooms.get(room, (0, 0))
        rooms[room] = (n_files + 1, n_bytes + (0 if second_name else status.st_size))
    kept, links = (
        tuple(sorted(path.relative_to(out).as_posix() for path in paths))
        for paths in (ours.others, ours.links)
    )
    return Forgotten(rooms, len(ours.people), kept, links)


def _remove(out: Path, files: Sequence[Path], folders: Sequence[Path]) -> None:
    """Remove files, then those of the folders that are empty. Raises ``StoreError`` where a file stays."""
    n_stay = 0
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            n_stay += 1
    if n_stay:
        raise StoreError(
            f"{n_stay} of Almanac's files could not be removed",
            where=str(out),
            remedy="Close what has them open, and run almanac forget again.",
        )
    for folder in reversed(folders):
        with suppress(OSError):  # something else lies in it
            folder.rmdir()
