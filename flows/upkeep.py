"""How the output folder is kept, for ``almanac doctor``: leftovers, the lock, the server, modes, the disk.

Counts and names of Almanac's own; no path below the folder is looked into but ``server.json``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from flows.belongings import COHORT, PEOPLE, Belongings, list_belongings
from flows.prefect_record import read_record
from flows.steps.report import PAGE
from pipeline.tables.files import PRIVATE_FOLDER, TEMPORARY, sha256_of
from pipeline.tables.journal import UNFINISHED, Journal
from pipeline.tables.lock import NAME as LOCK

ALL_BUT_OWNER = 0o077


def examine_folder(out: Path, journal: Journal) -> dict[str, Any]:
    """Return what there is to say of a folder that may not be there yet."""
    ours = list_belongings(out) if out.is_dir() else Belongings()
    return {
        "folder": _describe_folder(out, journal),
        **_describe_cohort(out / COHORT),
        "lock": _describe_lock(out),
        "server": _describe_server(out),
        "temporary files": sum(_is_temporary(path.relative_to(out)) for path in ours.files),
        "unfinished steps": _list_unfinished(journal),
        "open to others": _count_open(out, ours, journal),
        "free bytes": shutil.disk_usage(_find_existing(out)).free,
    }


def describe_last(journal: Journal) -> dict[str, Any]:
    """Return what the last run did, as far as ``run.json`` says."""
    last = journal.last
    if last is None:
        return {}
    return {
        "ended": last.ended,
        "new parts": len(last.new_parts),
        "new rows": last.new_rows,
        **{f"{step}": f"{did}, {last.seconds.get(step, 0.0):.1f} s" for step, did in last.steps.items()},
        **{f"model {name}": began for name, began in last.learners.items()},
    }


def check_files(out: Path, journal: Journal) -> dict[str, list[str]]:
    """Compare each file that ``run.json`` names with its SHA-256 there; return the names by what they are.

    An unfinished step's files are not compared: the next run makes them again.
    """
    found: dict[str, list[str]] = {"as written": [], "changed": [], "missing": []}
    for record in journal.steps.values():
        if record.read == UNFINISHED:
            continue
        for name, digest in record.files.items():
            try:
                same = sha256_of(out / name) == digest
            except OSError:
                found["missing"].append(name)
            else:
                found["as written" if same else "changed"].append(name)
    return found


def _describe_folder(out: Path, journal: Journal) -> str:
    if not out.is_dir():
        return "is a file" if out.exists() else "does not exist"
    if journal.steps or journal.inputs:
        return "there"
    return "a cohort's, without tables of its own" if (out / COHORT).is_dir() else "there, without tables"


def _describe_cohort(cohort: Path) -> dict[str, Any]:
    """Say how many people are there, not who; nothing where no cohort is."""
    if not cohort.is_dir():
        return {}
    people = cohort / PEOPLE
    page = cohort / PAGE
    return {
        "people": sum(path.is_dir() for path in people.iterdir()) if people.is_dir() else 0,
        "page": page.relative_to(cohort.parent).as_posix() if page.is_file() else "none",
    }


def _is_temporary(path: Path) -> bool:
    return any(part.startswith(TEMPORARY) for part in path.parts)


def _list_unfinished(journal: Journal) -> str:
    return ", ".join(step for step, record in journal.steps.items() if record.read == UNFINISHED) or "none"


def _describe_lock(out: Path) -> str:
    if not (out / LOCK).is_file():
        return "free"
    from filelock import FileLock, Timeout

    lock = FileLock(out / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return "held: a run is at work"
    except OSError:
        return "cannot be opened"
    lock.release()
    return "free"


def _describe_server(out: Path) -> str:
    record = read_record(out)
    if record is None:
        return "none"
    if record.owner.find() is None:
        is_left = record.server.find() is not None
        return "left by a run that was killed: the next one ends it" if is_left else "none (it has ended)"
    kind = "of a schedule" if record.standing else "of a run"
    return f"{kind}, process {record.server.pid}, port {record.port}"


def _count_open(out: Path, ours: Belongings, journal: Journal) -> int:
    """Count our files and folders that others of this machine may read; in a private folder they may not."""
    if os.name == "nt" or not out.is_dir() or out.stat().st_mode & 0o777 == PRIVATE_FOLDER:
        return 0
    paths = [
        path for path in (*ours.files, *ours.folders) if "prefect" not in path.relative_to(out).parts[:-1]
    ]
    outer = [out] if journal.owns_folder else []
    return sum(bool(path.lstat().st_mode & ALL_BUT_OWNER) for path in (*outer, *paths))


def _find_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())
